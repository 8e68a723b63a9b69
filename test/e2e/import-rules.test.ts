/** What requests and operators say of imports: hosts, numbers, import maps, pins; and what they may cost. */

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { importBench, importFailed } from '../support/import-bench.ts';

const { home, library, engineWith, serve, redirect, named } = await importBench();
const run = await engineWith();
const runMapped = await engineWith({ ENGINE_IMPORTS: 'map' });

const one = 'export default 1;';

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

describe('limits.imports', () => {
  test('allowedHosts narrows both kinds, at each redirect', async () => {
    const url = serve(one);
    const limits = { imports: { allowedHosts: ['127.0.0.1'] } };
    for (const specifier of [named(url), redirect(named(url))]) {
      for (const code of [
        `import '${specifier}'`,
        `await import('${specifier}')`,
        'await import(input)',
      ]) {
        const answer = await run(code, { input: specifier, limits });
        expect(answer).toEqual(importFailed({ specifier, line: 1, rule: 'host' }));
        expect(answer.error.message).toContain('(limits.imports.allowedHosts)');
      }
    }
    expect(library.hits(url)).toBe(0);
    expect(await run(`export { default } from '${url}'`, { limits })).toMatchObject({ result: 1 });
  });

  test('maxModules limits their number', async () => {
    const code = `import '${serve(one)}'; import '${serve(one)}';`;
    const limited = (maxModules: number) => run(code, { limits: { imports: { maxModules } } });
    expect(await limited(2)).toMatchObject({ error: null });
    expect((await limited(1)).error.message).toContain('more than 1 modules');
    expect((await limited(0)).error.message).toContain('more than 0 modules');
  });

  test('dynamic: false leaves what stands in the code', async () => {
    const url = serve(one);
    const limits = { imports: { dynamic: false } };
    const answer = await run(`1;\nawait import(input)`, { input: `${url}?secret`, limits });
    expect(answer).toEqual(importFailed({ line: 2, rule: 'dynamic' }));
    expect(library.hits(url)).toBe(0);
    expect(await run(`(await import('${url}')).default`, { limits })).toMatchObject({ result: 1 });
  });
});

describe('ENGINE_IMPORTS=map', () => {
  test('allows what the import map names, and the origin of the code', async () => {
    const lib = serve(one);
    const own = home.serve('export default 2', { extension: '.mjs' });
    const code = `import a from 'lib'; import b from '${own}'; import c from 'all${new URL(lib).pathname}';
      export default [a, b, c, (await import(input)).default]`;
    const imports = { lib, 'all/': `${library.origin}/` };
    expect(await runMapped(code, { input: own, imports })).toMatchObject({ result: [1, 2, 1, 2] });
    const whole = `export { default } from '${lib}'`;
    expect(await runMapped(whole, { imports: { lib } })).toMatchObject({ result: 1 });
  });

  test.each([
    ['a URL', (url: string) => `import '${url}'`],
    ['a computed URL', (url: string) => `await import(['${url}'].join())`],
    ['a redirect', (url: string) => `await import('${redirect(url)}')`],
  ])('refuses %s that it does not name', async (_, program) => {
    const url = serve(one);
    const imports = { lib: `${url}?version=1` };
    expect(await runMapped(program(url), { imports })).toEqual(
      importFailed({ rule: 'import-map' }),
    );
    expect(library.hits(url)).toBe(0);
  });

  test('holds for what an imported module imports', async () => {
    const inner = serve(one);
    const lib = serve(`import '${inner}'`);
    const answer = await runMapped(`import 'lib'`, { imports: { lib } });
    expect(answer).toEqual(importFailed({ importer: lib, line: 1, rule: 'import-map' }));
  });
});

describe('integrity', () => {
  const total = 'export default (prices) => 42;';
  const tampered = 'export default (prices) => 0;';
  const program = (url: string) => `import total from '${url}'; export default total([42])`;

  test('as an object pins the code and what it imports', async () => {
    const lib = serve(total);
    const url = home.serve(program(lib), { extension: '.mjs' });
    const integrity = { [url]: hashOf(program(lib)), [lib]: hashOf(total) };
    expect(await run('', { url, integrity })).toMatchObject({ error: null, result: 42 });
    const wrongCode = { ...integrity, [url]: hashOf(tampered) };
    expect((await run('', { url, integrity: wrongCode })).error.code).toBe('INTEGRITY_MISMATCH');
  });

  test('ends the run where a library was tampered with', async () => {
    const lib = serve(tampered);
    for (const code of [program(lib), `await import('${lib}')`, 'await import(input)']) {
      const integrity = { [`${lib}#there`]: hashOf(total) };
      const answer = await run(code, { input: lib, integrity, unpinned: true });
      expect(answer).toEqual(
        importFailed({ specifier: lib, line: 1, causeCode: 'INTEGRITY_MISMATCH' }),
      );
      expect(answer.error.message).toContain(hashOf(tampered));
    }
  });

  test('is looked up by the URL that was asked for, after the import map, and by that of a redirect', async () => {
    const lib = serve(tampered);
    const moved = redirect(lib);
    const pin = { causeCode: 'INTEGRITY_MISMATCH' };
    for (const pinned of [moved, lib]) {
      const request = { imports: { lib: moved }, integrity: { [pinned]: hashOf(total) } };
      expect(await run(program('lib'), request)).toEqual(importFailed(pin));
      const right = { ...request, integrity: { [pinned]: hashOf(tampered) } };
      expect(await run(program('lib'), right)).toMatchObject({ result: 0 });
    }
  });

  test.each([
    ['static', (url: string) => program(url)],
    ['dynamic', (url: string) => `await import('${url}')`],
    ['computed', (url: string) => `await import(['${url}'].join())`],
    ['behind a redirect', (url: string) => `await import('${redirect(url)}')`],
  ])('lets nothing else in from other origins, unless the request says so: %s', async (_, code) => {
    const lib = serve(tampered);
    const text = code(lib);
    const url = home.serve(text, { extension: '.mjs' });
    for (const integrity of [hashOf(text), { [url]: hashOf(text) }]) {
      const answer = await run('', { url, integrity });
      expect(answer).toEqual(importFailed({ importer: url, line: 1, rule: 'integrity' }));
      expect(answer.error.message).toContain('unpinned');
    }
    expect(library.hits(lib)).toBe(0);
    expect(await run('', { url, integrity: hashOf(text), unpinned: true })).toMatchObject({
      error: null,
    });
  });

  test('lets in what comes from the origin of the code', async () => {
    const own = home.serve(total, { extension: '.mjs' });
    const text = program(own);
    const url = home.serve(text, { extension: '.mjs' });
    expect(await run('', { url, integrity: hashOf(text) })).toMatchObject({ result: 42 });
  });
});

describe('imports cost no more than their limits', () => {
  const zeros = gzipSync(Buffer.concat([Buffer.from('\0asm'), Buffer.alloc(63 * 2 ** 20)]));

  test('sixteen that inflate hugely end at the limit of one and of all', async () => {
    const bomb = serve(zeros, { 'content-encoding': 'gzip' });
    const code = Array.from(
      { length: 16 },
      (_, n) => `import('${bomb}?${n}').catch((e) => e.message)`,
    );
    const answer = await run(`await Promise.all([${code}])`, {
      limits: { fetch: { maxRequests: 0 } },
    });
    const messages = answer.result as string[];
    expect(messages).toHaveLength(16);
    for (const message of messages)
      expect(message).toMatch(/over \d+ bytes together|over the limit of 5242880/);
    // One piece more of each that is under way.
    expect(answer.metadata.imports.bytesReceived).toBeLessThan(22 * 2 ** 20);
    expect(answer.metadata.imports.bytesReceived).toBeGreaterThan(5 * 2 ** 20);
    // What comes when all is used up is not asked for.
    const inTurn = code.map((line) => `await ${line}`).join();
    const before = library.hits(bomb);
    expect((await run(inTurn)).result).toContain('bytes together');
    expect(library.hits(bomb) - before).toBeLessThan(6);
  });

  test('bytes count that are refused, or of an answer that is no module', async () => {
    const missing = library.answer((_, response) => {
      response.writeHead(404).end('x'.repeat(1000));
    });
    const code = `await import('${missing}').catch(() => {})`;
    expect((await run(code)).metadata.imports).toMatchObject({ requests: 1, bytesReceived: 1000 });
  });

  test('bytes count that decode to nothing', async () => {
    const nothing = Buffer.concat(Array.from({ length: 5000 }, () => gzipSync('')));
    const url = serve(nothing, { 'content-encoding': 'gzip' });
    expect((await run(`import '${url}'`)).metadata.imports.bytesReceived).toBe(nothing.length);
  });
});

describe('require', () => {
  const common = 'exports.one = 1';
  const serveCommon = (text: string): string => library.serve(text, { extension: '.cjs' });
  /** The code, as a file that is CommonJS by its name. */
  const at = (code: string): { url: string } => ({ url: home.serve(code, { extension: '.cjs' }) });

  test('keeps to the hosts and the number of imports', async () => {
    const url = serveCommon(common);
    const code = `module.exports = require('${url}').one`;
    expect(await run(code, at(code))).toMatchObject({ result: 1 });
    for (const imports of [{ allowedHosts: ['127.0.0.1'] }, { maxModules: 0 }]) {
      const other = serveCommon(common);
      const specifier = 'maxModules' in imports ? other : named(other);
      const limited = `module.exports = require('${specifier}').one`;
      const answer = await run(limited, { ...at(limited), limits: { imports } });
      expect(answer).toMatchObject({ status: 'error', error: { code: 'IMPORT_FAILED' } });
      expect(library.hits(other)).toBe(0);
    }
  });

  test('keeps to the import map where the operator says so', async () => {
    const url = serveCommon(common);
    const imports = { lib: url };
    const code = `module.exports = require('lib').one`;
    expect(await runMapped(code, { ...at(code), imports })).toMatchObject({ result: 1 });
    const other = serveCommon(common);
    const unnamed = `module.exports = require('${other}').one`;
    const answer = await runMapped(unnamed, { ...at(unnamed), imports });
    expect(answer.error.code).toBe('IMPORT_FAILED');
    expect(library.hits(other)).toBe(0);
  });

  test('keeps to pins', async () => {
    const url = serveCommon(common);
    const code = `module.exports = require('${url}').one`;
    expect(await run(code, { ...at(code), integrity: { [url]: hashOf(common) } })).toMatchObject({
      result: 1,
    });
    for (const integrity of [{ [url]: hashOf('exports.one = 2') }, hashOf(code)]) {
      const answer = await run(code, { ...at(code), integrity });
      expect(answer.error.code).toBe('IMPORT_FAILED');
    }
  });
});
