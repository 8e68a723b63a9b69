/** Modules are loaded through the engine's own egress, over HTTP from start to end. */

import { describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const {
  execute,
  fixtures,
  runScript: run,
} = await startServedEngine({
  ENGINE_DOWNLOAD_TIMEOUT_MS: '4000',
});

function serve(source: string): string {
  return fixtures.serve(source, { extension: '.js' });
}

function redirect(location: string): string {
  return fixtures.answer((_, response) => response.writeHead(302, { location }).end());
}

describe('an import', () => {
  test('is relative to where redirects have led', async () => {
    const inner = serve('export default import.meta.url');
    const outer = serve(`export { default } from '.${new URL(inner).pathname}'`);
    const moved = redirect(outer);
    expect(await run(`export { default } from '${moved}'`)).toMatchObject({ result: inner });
  });

  test('of a bare specifier needs the field imports, which the error names', async () => {
    const lib = serve('export const twice = (n) => n * 2');
    const program = `import { twice } from 'lib'; export default twice(21)`;
    expect(await run(program, { imports: { lib } })).toMatchObject({ error: null, result: 42 });
    expect((await run(program)).error).toMatchObject({
      code: 'IMPORT_FAILED',
      message: expect.stringContaining('`imports`'),
    });
  });

  test('may be computed, and be JSON', async () => {
    const data = fixtures.serve('{"n":42}', { headers: { 'content-type': 'application/json' } });
    const script = `const url = [args[0]].join(''); (await import(url, { with: { type: 'json' } })).default.n`;
    expect(await run(script, { args: [data] })).toMatchObject({ error: null, result: 42 });
    expect((await run(`import data from '${data}'`)).error).toMatchObject({
      message: expect.stringContaining(`with { type: 'json' }`),
    });
  });

  test('is no fetch of the guest: it is counted against no quota', async () => {
    const lib = serve('export default 1');
    const limits = { fetch: { maxRequests: 0, allowedHosts: [] } };
    expect(await run(`export { default } from '${lib}'`, { limits })).toMatchObject({
      result: 1,
      metadata: { fetch: { requests: 0 } },
    });
  });

  test('keeps to the policy, as the code itself does', async () => {
    for (const url of [
      'http://169.254.169.254/latest/meta-data',
      'http://127.0.0.1:1/',
      'http://[::1]/x.js',
    ]) {
      const forbidden = { code: 'IMPORT_FAILED', details: { causeCode: 'URL_NOT_ALLOWED' } };
      expect((await run(`import '${url}'`)).error).toMatchObject(forbidden);
      expect((await run(`await import('${url}')`)).error).toMatchObject(forbidden);
      const moved = redirect(url);
      expect((await run(`await import('${moved}')`)).error).toMatchObject(forbidden);
    }
  });

  test('that hangs fails in the time that a download may take', async () => {
    const hangs = fixtures.answer(() => {});
    expect((await run(`const a = 1;\nimport '${hangs}'`)).error).toMatchObject({
      code: 'IMPORT_FAILED',
      details: { line: 2, causeCode: 'DOWNLOAD_TIMEOUT' },
    });
  });

  test('is made once for all programs of the same code where HTTP allows it', async () => {
    const lib = fixtures.serve('export default 1', {
      extension: '.js',
      headers: { 'cache-control': 'max-age=60' },
    });
    const url = serve(`export { default } from '${lib}'`);
    for (let i = 0; i < 3; i++) {
      expect(await execute({ url })).toMatchObject({ result: 1 });
    }
    expect(fixtures.hits(lib)).toBe(1);
  });
});

describe('the field imports', () => {
  test.each([
    [{ lib: '/relative.js' }, 'imports.lib'],
    [{ lib: 'file:///etc/passwd' }, 'imports.lib'],
    [{ 'lib/': 'https://example.com/lib' }, 'imports.lib/'],
    [['https://example.com/'], 'imports'],
  ])('%j is refused', async (imports, path) => {
    const url = serve('1');
    expect(await execute({ url, imports })).toMatchObject({
      http: 400,
      error: { code: 'INVALID_REQUEST', details: [{ path }] },
    });
  });
});
