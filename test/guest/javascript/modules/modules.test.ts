/** ES modules from URLs: what they import, and from where. */

import { describe, expect, test } from '@jest/globals';
import {
  codeUrl,
  type ModuleFiles,
  plainLimits,
  runCode,
} from '../../../support/guest/module-graph.ts';

describe('a module', () => {
  test.each<readonly [what: string, code: string, files: ModuleFiles, result: unknown]>([
    [
      'imports by relative and absolute path and by full URL',
      `import a from './lib/a.js'; import b from '../b.js'; import c from '/c.js';
       import d from 'https://cdn.example/d.js'; export default [a, b, c, d]`,
      {
        '/app/lib/a.js': 'export default import.meta.url',
        '/b.js': 'export default import.meta.url',
        '/c.js': 'export default import.meta.url',
        'https://cdn.example/d.js': 'export default import.meta.url',
      },
      [
        'https://code.example/app/lib/a.js',
        'https://code.example/b.js',
        'https://code.example/c.js',
        'https://cdn.example/d.js',
      ],
    ],
    [
      'exports what others export',
      `import * as all from './all.js'; export default all`,
      {
        '/app/all.js': `export * from './a.js'; export { default, default as one } from './b.js';
          export * as b from './b.js'`,
        '/app/a.js': 'export const x = 1; export default "not re-exported"',
        '/app/b.js': 'export default 2',
      },
      { b: { default: 2 }, default: 2, one: 2, x: 1 },
    ],
    [
      'is evaluated once, after what it imports, in order',
      `import './a.js'; import './b.js'; import './a.js?again'; export default order`,
      {
        '/app/a.js': `import './common.js'; order.push('a')`,
        '/app/a.js?again': `order.push('a?again')`,
        '/app/b.js': `import './common.js'; order.push('b')`,
        '/app/common.js': `globalThis.order = ['common']`,
      },
      ['common', 'a', 'b', 'a?again'],
    ],
    [
      'may be part of a cycle that leads through the code itself',
      `import { even } from './even.js'; export const name = 'main'; export default [even(4), even(5)]`,
      {
        '/app/even.js': `import { odd } from './odd.js'; import { name } from './main.js';
          export const even = (n) => n === 0 ? name : odd(n - 1)`,
        '/app/odd.js': `import { even } from './even.js'; export const odd = (n) => n === 0 ? 'odd' : even(n - 1)`,
      },
      ['main', 'odd'],
    ],
    [
      'waits for those that await at top level',
      `import { a } from './a.js'; export default a`,
      { '/app/a.js': 'export const a = await new Promise((r) => setTimeout(r, 5, 42))' },
      42,
    ],
    [
      'shares live bindings',
      `import { n, inc } from './a.js'; inc(); inc(); export default n`,
      { '/app/a.js': 'export let n = 0; export const inc = () => { n += 1 }' },
      2,
    ],
    [
      'knows its URL',
      `export default [import.meta.url, Object.keys(import.meta), Object.getPrototypeOf(import.meta), import.meta === import.meta]`,
      {},
      [codeUrl, ['url', 'resolve'], null, true],
    ],
    [
      'resolves specifiers by import.meta.resolve',
      `const bad = (() => { try { import.meta.resolve('lodash') } catch (e) { return e.name } })();
       export default [import.meta.resolve('../x.js'), import.meta.resolve('https://a.example'), bad]`,
      {},
      ['https://code.example/x.js', 'https://a.example/', 'TypeError'],
    ],
    [
      'imports JSON, each URL once',
      `import a from './data.json' with { type: 'json' };
       import { same } from './b.js'; export default [a, same(a), Object.keys(a)]`,
      {
        '/app/b.js': `import a from './data.json' with { type: 'json' }; export const same = (b) => a === b`,
        '/app/data.json': {
          source: ' {"a": [1, null, "\\u0000"], "__proto__": {"x": 1}}\n',
          contentType: 'application/json; charset=utf-8',
        },
      },
      [JSON.parse('{"a": [1, null, "\\u0000"], "__proto__": {"x": 1}}'), true, ['a', '__proto__']],
    ],
    [
      'imports JSON although the global JSON is broken',
      `import './a.js'; import b from './b.json' with { type: 'json' }; export default b`,
      { '/app/a.js': 'JSON.parse = () => "broken"', '/app/b.json': '7' },
      7,
    ],
    [
      'may have an export that is called then',
      'export function then(resolve) { resolve("called") } export default 1',
      {},
      1,
    ],
    [
      'from a CDN imports by paths of the final URL, after redirects',
      `import lib, { x } from 'https://esm.example/lib'; export default [lib, x]`,
      {
        'https://esm.example/lib': {
          source: `/* esm.example - lib@1.2.3 */
            export * from "/v135/lib@1.2.3/es2022/lib.mjs";
            export { default } from "/v135/lib@1.2.3/es2022/lib.mjs";`,
          contentType: 'application/javascript; charset=utf-8',
          finalUrl: 'https://cdn.esm.example/lib@1.2.3',
        },
        'https://cdn.esm.example/v135/lib@1.2.3/es2022/lib.mjs': `
          import { y } from './chunk.mjs'; export const x = y; export default import.meta.url`,
        'https://cdn.esm.example/v135/lib@1.2.3/es2022/chunk.mjs': 'export const y = "chunk"',
      },
      ['https://cdn.esm.example/v135/lib@1.2.3/es2022/lib.mjs', 'chunk'],
    ],
    [
      'and one that a redirect leads to are the same',
      `import { counter as a } from './old.js'; import { counter as b } from './new.js'; export default a === b`,
      {
        '/app/old.js': { source: 'export const counter = {}', finalUrl: '/app/new.js' },
        '/app/new.js': 'export const counter = {}',
      },
      true,
    ],
  ])('%s', async (_, code, files, result) => {
    expect(await runCode(code, files)).toMatchObject({ error: null, result });
  });

  test('is downloaded once, at the same time as its siblings', async () => {
    const slow = (source: string) => ({ source, delayMs: 100 });
    const { downloads, result } = await runCode(
      `import './a.js'; import './b.js'; import './c.js'; export default await import('./a.js') !== null`,
      {
        '/app/a.js': slow(`import './shared.js'`),
        '/app/b.js': slow(`import './shared.js'`),
        '/app/c.js': slow(`import './shared.js'`),
        '/app/shared.js': slow(''),
      },
    );
    expect(result).toBe(true);
    expect(downloads.map((url) => new URL(url).pathname)).toEqual([
      '/app/a.js',
      '/app/b.js',
      '/app/c.js',
      '/app/shared.js',
    ]);
  });

  test('leaves lines and columns of stacks as they are in its text', async () => {
    const { error } = await runCode(`import.meta.url; import './a.js'; throw new Error('here')`, {
      '/app/a.js': '',
    });
    expect(error?.stack).toMatch(/main\.js:1:\d+/);
    const column = Number(/main\.js:1:(\d+)/.exec(error?.stack ?? '')?.[1]);
    expect(column).toBeGreaterThan(30);
    expect(column).toBeLessThan(60);
  });

  test('leaves nothing behind for the next run', async () => {
    const files = { '/app/a.js': 'export default (globalThis.n ??= 0, globalThis.n += 1)' };
    const code = `import n from './a.js'; export default n`;
    for (let run = 0; run < 3; run++) {
      expect(await runCode(code, files)).toMatchObject({ result: 1 });
    }
    expect(await runCode(code)).toMatchObject({ error: { code: 'IMPORT_FAILED' } });
  });
});

describe('memory that runs out', () => {
  const limits = { ...plainLimits, memoryBytes: 20 * 2 ** 20 };
  const hog = 'const hog = []; try { for (;;) hog.push(new Array(1000).fill(0)) } catch {}';

  test.each<readonly [what: string, code: string, files: ModuleFiles]>([
    ['because a module is large', `import './a.js'`, { '/app/a.js': `'${'x'.repeat(15e6)}'` }],
    [
      'because JSON is large',
      `import './a.json' with { type: 'json' }`,
      { '/app/a.json': JSON.stringify(Array(500_000).fill({ a: 1 })) },
    ],
    [
      'before modules are imported',
      `${hog} for (let i = 0; ; i++) await import('./a.js?' + i)`,
      {},
    ],
    [
      'while many modules are imported',
      `${hog} hog.length -= 10; await Promise.all(Array.from({ length: 5000 }, (_, i) => import('./a.js?' + i % 500)))`,
      Object.fromEntries(
        Array.from({ length: 500 }, (_, i) => [
          `/app/a.js?${i}`,
          `export default import.meta.url + ${JSON.stringify('x'.repeat(5000))}`,
        ]),
      ),
    ],
  ])('%s is told as such, and leaves the next run alone', async (_, code, files) => {
    expect(await runCode(code, files, { limits })).toMatchObject({ status: 'error' });
    expect(
      await runCode(`export { default } from './a.js'`, { '/app/a.js': 'export default 1' }),
    ).toMatchObject({ result: 1 });
  });
});
