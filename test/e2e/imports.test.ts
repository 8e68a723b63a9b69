/**
 * Imports are network too: what stands in the code as a literal is held to the hosts of code, any other
 * `import()` is a request of the run.
 */

import { describe, expect, test } from '@jest/globals';
import { importBench, importFailed } from '../support/import-bench.ts';

const { library, engineWith, serve, redirect, named } = await importBench();
const run = await engineWith();
const runWithoutFetch = await engineWith({ ENGINE_FETCH_ALLOWED_HOSTS: '' });

const noFetch = { fetch: { maxRequests: 0, allowedHosts: [] } };
const one = 'export default 1;';

describe('a computed import leaves only where a fetch may', () => {
  /** Programs that try to send `input` to a URL by an import. */
  const programs: readonly (readonly [what: string, program: (url: string) => string])[] = [
    ['a sum', (url) => `export default await import('${url}?' + input)`],
    ['a template', (url) => `export default await import(\`${url}?\${input}\`)`],
    ['a variable', (url) => `const u = '${url}?' + input; export default await import(u)`],
    ['from a script', (url) => `await import('${url}?' + input)`],
    ['an object', (url) => `await import({ toString: () => '${url}?' + input })`],
    ['evaluated text', (url) => `await eval(\`import("${url}?\${input}")\`)`],
    ['indirectly evaluated text', (url) => `await (0, eval)(\`import("${url}?\${input}")\`)`],
    [
      'a function made of text',
      (url) => `await new Function('u', 'return import(u)')('${url}?' + input)`,
    ],
    ['text with a literal', (url) => `await new Function('return import("${url}?secret")')()`],
    [
      'a literal in a comment',
      (url) => `/* import('${url}?secret') */ await import('${url}?' + input)`,
    ],
    [
      'a literal in a text',
      (url) => `const t = "import('${url}?secret')"; await import('${url}?' + input)`,
    ],
    ['a literal in a pattern', (url) => `/import('x')/; await import('${url}?' + input)`],
    [
      'a method named import',
      (url) => `({ import(u) {} }).import('${url}?secret'); await import('${url}?' + input)`,
    ],
    ['a literal and an operator', (url) => `await import('${url}?'.concat(input))`],
    ['a choice', (url) => `await import(input === 'x' ? '${url}?x' : '${url}?secret')`],
    ['JSON', (url) => `await import('${url}?' + input, { with: { type: 'json' } })`],
    [
      'a timer',
      (url) =>
        `await new Promise((r, e) => setTimeout(() => import('${url}?' + input).then(r, e)))`,
    ],
  ];

  test.each(programs)('%s', async (_, program) => {
    const url = serve(one);
    for (const execute of [run, runWithoutFetch]) {
      const limits = execute === run ? noFetch : {};
      const answer = await execute(program(url), { input: 'secret', limits });
      expect(answer).toEqual(importFailed({ importer: answer.url, specifier: `${url}?secret` }));
      expect(answer.error.details.rule).toMatch(/^(?:quota|host)$/);
      expect(answer.error.message).toMatch(/maxRequests|ENGINE_FETCH_ALLOWED_HOSTS/);
    }
    expect(library.hits(url)).toBe(0);
  });

  test('from a module, which is then what the error names, with its line and the rule', async () => {
    const url = serve(one);
    const lib = serve(`export const load = (name) => {\n  return import('${url}?' + name);\n};`);
    const answer = await run(`import { load } from '${lib}'; await load(input)`, {
      input: 'secret',
      limits: { fetch: { allowedHosts: ['example.com'] } },
    });
    expect(answer).toEqual(importFailed({ importer: lib, line: 2, rule: 'host' }));
    expect(answer.error.message).toContain('(limits.fetch.allowedHosts)');
    expect(library.hits(url)).toBe(0);
  });

  test('by a name that only the import map knows', async () => {
    const url = serve(one);
    const request = { input: 'lib', imports: { lib: url }, limits: noFetch };
    expect(await run('await import(input)', request)).toEqual(importFailed({ rule: 'quota' }));
    expect(await run(`(await import('lib')).default`, request)).toMatchObject({ result: 1 });
  });

  test('and so does each redirect of it', async () => {
    const url = named(serve(one));
    const moved = redirect(url);
    const limits = { fetch: { allowedHosts: ['127.0.0.1'] } };
    const answer = await run('await import(input)', { input: moved, limits });
    expect(answer).toEqual(importFailed({ rule: 'host' }));
    expect(answer.metadata.fetch.requests).toBe(2);
    expect(library.hits(url)).toBe(0);
  });

  test('and so does what it imports in its turn: a server may send the text that it is asked for', async () => {
    const url = serve(one);
    const echo = serve(`import '${url}?secret'; export default import('${url}?more')`);
    const limits = { fetch: { maxRequests: 1 } };
    const answer = await run('await import(input)', { input: echo, limits });
    expect(answer).toEqual(importFailed({ importer: echo, line: 1, rule: 'quota' }));
    expect(library.hits(url)).toBe(0);
    expect(await run(`await import('${echo}')`, { limits: noFetch })).toMatchObject({
      error: null,
    });
    expect(library.hits(url)).toBe(2);
  });
});

describe('a computed import counts as a fetch', () => {
  test('in requests and bytes, with its redirects', async () => {
    const moved = redirect(serve(one));
    expect(await run('(await import(input)).default', { input: moved })).toMatchObject({
      result: 1,
      metadata: {
        fetch: { requests: 2, bytesSent: 0, bytesReceived: one.length },
        imports: { requests: 2, bytesReceived: one.length, timeMs: expect.any(Number) },
      },
    });
  });

  test('and shares the quotas with fetches', async () => {
    const url = serve(one);
    const code = `await fetch(input); await import(input + '?1'); await import(input + '?2')`;
    const limits = { fetch: { maxRequests: 2 } };
    const answer = await run(code, { input: url, limits });
    expect(answer).toEqual(importFailed({ specifier: `${url}?2`, rule: 'quota' }));
    expect(library.hits(url)).toBe(2);
    const large = serve(`export default '${'x'.repeat(2000)}'`);
    const small = { fetch: { maxResponseBytes: 1000 } };
    const cut = await run('await import(input)', { input: large, limits: small });
    expect(cut.error.message).toContain('(maxResponseBytes)');
  });

  test('but asks for nothing where the module is there', async () => {
    const url = serve(one);
    const code = `import '${url}'; export default (await import(['${url}'].join())).default`;
    expect(await run(code, { limits: noFetch })).toMatchObject({
      result: 1,
      metadata: { fetch: { requests: 0 }, imports: { requests: 1 } },
    });
  });

  test('and its failure is not that of a literal', async () => {
    const url = serve(one);
    const code = `await import(input).catch(() => {}); export default (await import('${url}')).default`;
    expect(await run(code, { input: url, limits: noFetch })).toMatchObject({ result: 1 });
  });
});

describe('a literal import is no fetch', () => {
  test.each([
    ['static', (url: string) => `export { default } from '${url}'`],
    ['dynamic', (url: string) => `(await import('${url}')).default`],
    [
      'dynamic, in a template without values',
      (url: string) => `(await import(\`${url}\`)).default`,
    ],
  ])('%s', async (_, program) => {
    const inner = serve(one);
    const url = serve(`export { default } from '${inner}'; await import('${inner}?more')`);
    for (const execute of [run, runWithoutFetch]) {
      const limits = execute === run ? noFetch : {};
      expect(await execute(program(url), { limits })).toMatchObject({
        result: 1,
        metadata: { fetch: { requests: 0, bytesReceived: 0 }, imports: { requests: 3 } },
      });
    }
  });

  test('counts with its redirects and refusals', async () => {
    const code = `await import('${redirect('http://10.0.0.1/x')}').catch((error) => error.message)`;
    expect(await run(code)).toMatchObject({
      metadata: { fetch: { requests: 0 }, imports: { requests: 2, bytesReceived: 0 } },
    });
    expect(await run('1')).toMatchObject({
      metadata: { imports: { requests: 0, bytesReceived: 0, timeMs: 0 } },
    });
  });
});
