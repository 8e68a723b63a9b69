/** Dynamic imports: what `import()` loads, and when. */

import { describe, expect, test } from '@jest/globals';
import { type ModuleFiles, plainLimits, runCode } from '../../../support/guest/module-graph.ts';

describe('a dynamic import', () => {
  test.each<readonly [what: string, code: string, files: ModuleFiles, result: unknown]>([
    [
      'of a literal, from a script',
      `(await import('./a.js')).default`,
      { '/app/a.js': 'export default 1' },
      1,
    ],
    [
      'of a computed specifier, from a script',
      `const names = ['a', 'b']; (await Promise.all(names.map((n) => import('./' + n + '.js')))).map((m) => m.default)`,
      { '/app/a.js': 'export default 1', '/app/b.js': 'export default 2' },
      [1, 2],
    ],
    [
      'of a computed specifier, from a module, relative to that module',
      `import { load } from './lib/load.js'; export default await load('a')`,
      {
        '/app/lib/load.js': `export const load = async (n) => (await import('./' + n + '.js')).default`,
        '/app/lib/a.js': 'export default import.meta.url',
      },
      'https://code.example/app/lib/a.js',
    ],
    [
      'of an object that becomes a text, once',
      `let n = 0; const m = await import({ toString: () => { n += 1; return './a.js' } }); [m.default, n]`,
      { '/app/a.js': 'export default 1' },
      [1, 1],
    ],
    [
      'from evaluated text',
      `[(await eval('import("./a.js")')).default, (await new Function('u', 'return import(u)')('./a.js')).default]`,
      { '/app/a.js': 'export default 1' },
      [1, 1],
    ],
    [
      'from a callback, after the script has ended',
      `new Promise((resolve) => setTimeout(async () => resolve((await import('./a.js')).default), 5))`,
      { '/app/a.js': 'export default 1' },
      1,
    ],
    [
      'gives the namespace that others have',
      `import * as a from './a.js'; export default [await import('./a.js') === a, await import('./a.js') === a, Object.prototype.toString.call(a)]`,
      { '/app/a.js': 'export default 1' },
      [true, true, '[object Module]'],
    ],
    [
      'of JSON',
      `(await import('./a.json', { with: { type: 'json' } })).default.x`,
      { '/app/a.json': '{"x":1}' },
      1,
    ],
    [
      'evaluates a module, and all that it imports, once',
      `await import('./a.js'); await Promise.all([import('./a.js'), import('./b.js')]); count`,
      {
        '/app/a.js': `import './c.js'; count.push('a')`,
        '/app/b.js': `import './c.js'; import './a.js'; count.push('b')`,
        '/app/c.js': `globalThis.count = ['c']`,
      },
      ['c', 'a', 'b'],
    ],
    [
      'lets timers and other promises go on while it waits',
      `let ticks = 0; const timer = setInterval(() => ticks++, 2); await import('./a.js'); clearInterval(timer); ticks > 3`,
      { '/app/a.js': { source: '', delayMs: 500 } },
      true,
    ],
    [
      'of what throws rejects with the same error each time, and evaluates it once',
      `const errors = []; for (let i = 0; i < 2; i++) await import('./a.js').catch((e) => errors.push(e));
       [errors[0] === errors[1], errors[0].message, count]`,
      { '/app/a.js': `globalThis.count = (globalThis.count ?? 0) + 1; throw new RangeError('r')` },
      [true, 'r', 1],
    ],
    [
      'of what throws behind an asynchronous module rejects, and nothing else does',
      `await import('./a.js').then(() => 'no', (e) => e.message)`,
      { '/app/a.js': `import './b.js'; throw new RangeError('behind')`, '/app/b.js': `await 1` },
      'behind',
    ],
    [
      'of what throws later',
      `await import('./a.js').then(() => 'no', (e) => e.message)`,
      { '/app/a.js': `import './b.js'`, '/app/b.js': `await 1; throw new Error('later')` },
      'later',
    ],
    [
      'of what does not parse rejects with its SyntaxError, and goes on to fail',
      `const errors = []; for (const name of ['a', 'b', 'a']) await import('./' + name + '.js').catch((e) => errors.push(e.name));
       [errors.length, errors[0], (await import('./fine.js')).default]`,
      {
        '/app/a.js': `import './b.js'`,
        '/app/b.js': `import './a.js'; import './broken.js'`,
        '/app/broken.js': 'let = ;',
        '/app/fine.js': 'export default 1',
      },
      [3, 'SyntaxError', 1],
    ],
    [
      'of a thenable module is what the module says',
      `await import('./a.js')`,
      { '/app/a.js': 'export const then = (resolve) => resolve("settled")' },
      'settled',
    ],
    [
      'that cannot be loaded rejects with a TypeError that has the importing line',
      `const e = await import('./none.js').catch((e) => e); [e instanceof TypeError, /main\\.js:1:17/.test(e.stack)]`,
      {},
      [true, true],
    ],
    [
      'may fail as often as a script likes',
      `let failed = 0; await Promise.all(Array.from({ length: 2000 }, (_, i) => import('./' + i).catch(() => failed++))); failed`,
      {},
      2000,
    ],
  ])('%s', async (_, code, files, result) => {
    expect(await runCode(code, files)).toMatchObject({ error: null, result });
  });

  test('downloads nothing that is not executed', async () => {
    const { downloads } = await runCode(`if (false) await import('./a.js'); 1`);
    expect(downloads).toEqual([]);
  });

  test('that is under way when the time is over is a timeout', async () => {
    const limits = { ...plainLimits, timeoutMs: 200 };
    const files = { '/app/a.js': { source: '', delayMs: 2000 } };
    for (const code of [`await import('./a.js')`, `import './a.js'`]) {
      expect(await runCode(code, files, { limits })).toMatchObject({ error: { code: 'TIMEOUT' } });
    }
    expect(await runCode('1 + 1')).toMatchObject({ result: 2 });
  });
});
