/** Source maps that code names by URL: loaded as code is, only for a stack, and never the run's fault. */

import { expect, test } from '@jest/globals';
import { importBench } from '../support/import-bench.ts';

const { home, library, engineWith, serve, named } = await importBench();
const run = await engineWith();

/** Of a code whose first line is line 3 of the original. */
const map = JSON.stringify({
  version: 3,
  sources: ['app.ts'],
  sourcesContent: ['// One.\n// Two.\nnull!.name as string;\n'],
  names: [],
  mappings: 'AAEA,IAAM',
});
const serveMap = (text = map): string => library.serve(text, { extension: '.map' });
const failing = (url: string): string => `null.name;\n//# sourceMappingURL=${url}`;

test('errors show places in the original files', async () => {
  const url = serveMap();
  const { error } = await run(failing(url));
  const file = new URL('app.ts', url).href;
  expect(error.stack).toContain(`${file}:3:`);
  expect(error.details).toMatchObject({
    url: file,
    line: 3,
    frame: expect.stringContaining('> 3 | null!.name as string;'),
  });
});

test('the URL is relative to the code, and maps of modules are loaded, too', async () => {
  const path = new URL(home.serve(map, { extension: '.map' })).pathname;
  expect((await run(failing(path))).error.details).toMatchObject({ line: 3 });
  const module = serve(`export default () => { ${failing(serveMap())}\n}`);
  const { error } = await run(`import fail from '${module}';\nfail();`);
  expect(error.stack).toMatch(/app\.ts:3:/);
});

test('a map is asked for where a run has failed, is cached as code is, and counts for nothing', async () => {
  const headers = { 'cache-control': 'max-age=60' };
  const url = library.serve(map, { extension: '.map', headers });
  const good = `try { ${failing(url)}\n} catch (error) { console.log(error.stack); }`;
  expect(await run(good)).toMatchObject({ status: 'success' });
  expect(library.hits(url)).toBe(0);
  await run(failing(url));
  const { error, metadata } = await run(failing(url));
  expect(error.details).toMatchObject({ line: 3 });
  expect(library.hits(url)).toBe(1);
  expect(metadata.imports).toMatchObject({ requests: 0, bytesReceived: 0 });
  expect(metadata.fetch).toMatchObject({ requests: 0 });
});

test('a pin of the code needs none for its map', async () => {
  const url = serveMap();
  const pinned = { integrity: {} };
  expect((await run(failing(url), pinned)).error.details).toMatchObject({ line: 3 });
});

test.each([
  ['that is not there', () => `${library.origin}/none.map`],
  ['that is no JSON', () => serveMap('none')],
  ['that is no map', () => serveMap('{}')],
  ['that is too large', () => serveMap(`${map.slice(0, -1)},"x":"${'x'.repeat(9 * 2 ** 20)}"}`)],
  ['at a URL that nobody may reach', () => 'http://169.254.169.254/latest/meta-data'],
  ['at a URL that is none', () => 'http://[/'],
  ['at a file', () => 'file:///etc/passwd'],
])('a map %s leaves the places of the code', async (_, urlOf) => {
  const { error, url } = await run(failing(urlOf()));
  expect(error).toMatchObject({ code: 'RUNTIME_ERROR', details: { url, line: 1 } });
});

test('a host that imports may not come from is not asked for a map', async () => {
  const url = serveMap();
  const limits = { imports: { allowedHosts: ['127.0.0.1'] } };
  const { error } = await run(failing(named(url)), { limits });
  expect(error.details).toMatchObject({ line: 1 });
  expect(library.hits(url)).toBe(0);
});

test('a module that the run has chosen gets no map', async () => {
  const url = serveMap();
  const module = serve(`export default () => { ${failing(url)}\n}`);
  const code = '(await import(input)).default()';
  expect((await run(code, { input: module })).error.details).toMatchObject({ line: 1 });
  expect(library.hits(url)).toBe(0);
});

test('a server that does not answer costs the run no time', async () => {
  const url = library.answer(() => {});
  const { error, metadata } = await run(failing(url), { limits: { timeoutMs: 3000 } });
  expect(error).toMatchObject({ code: 'RUNTIME_ERROR', details: { line: 1 } });
  expect(metadata.executionTimeMs).toBeLessThan(3000);
});

test('many inputs that fail ask once for a map, and wait once for one that does not come', async () => {
  const inputs = [1, 2, 3, 4, 5, 6];
  const detailsOf = ({ results = [] }: Awaited<ReturnType<typeof run>>): unknown[] =>
    results.map(({ error }) => error?.details);
  const url = serveMap();
  expect(detailsOf(await run(failing(url), { inputs }))).toEqual(
    inputs.map(() => expect.objectContaining({ line: 3 })),
  );
  expect(library.hits(url)).toBe(1);
  let asked = 0;
  const silent = library.answer(() => {
    asked += 1;
  });
  expect(detailsOf(await run(failing(silent), { inputs }))).toEqual(
    inputs.map(() => expect.objectContaining({ line: 1 })),
  );
  expect(asked).toBe(1);
});
