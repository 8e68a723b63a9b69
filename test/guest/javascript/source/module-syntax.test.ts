/** Syntax of modules, and names that are syntax elsewhere: QuickJS compiles it wrongly, the engine rightly. */

import { describe, expect, test } from '@jest/globals';
import { type ModuleFiles, runCode } from '../../../support/guest/module-graph.ts';

type Program = readonly [what: string, code: string, result: unknown];
type Modules = readonly [what: string, code: string, files: ModuleFiles, result: unknown];

async function resultOf(code: string, files: ModuleFiles = {}): Promise<unknown> {
  const { result, error } = await runCode(code, files);
  return error === null ? result : `${error.name}: ${error.message}`;
}

describe('a module', () => {
  const d = `export const x = 1; export { x as 'a b' }; export default 9`;
  test.each<Modules>([
    [
      'exports what array patterns declare',
      `import * as all from './a.js'; export default all`,
      {
        '/app/a.js': `export const [first, ...rest] = [1, 2, 3];
          export const [{ deep }, second = 5] = [{ deep: 4 }]; export let { a: [b], ...c } = { a: [6], d: 7 }, e = 8`,
      },
      { b: 6, c: { d: 7 }, deep: 4, e: 8, first: 1, rest: [2, 3], second: 5 },
    ],
    [
      'exports them as they change',
      `import { n, up } from './a.js'; up(); export default n`,
      { '/app/a.js': 'export let [n] = [1]; export const up = () => { n += 1 } // end' },
      2,
    ],
    [
      'exports a namespace by a text',
      `import * as all from './a.js'; export default all['c d'].x`,
      { '/app/a.js': `export * as 'c d' from './d.js'`, '/app/d.js': d },
      1,
    ],
    [
      'exports by texts what others export by texts',
      `import { 'c d' as y, z, 'a b' as b, x } from './a.js'; export default [y, z, b, x]`,
      {
        '/app/a.js': `export { x, 'a b' as z, 'a b', 'a b' as 'c d' } from './d.js'`,
        '/app/d.js': d,
      },
      [1, 1, 1, 1],
    ],
    [
      'gets one binding on two ways',
      `import { x } from './all.js'; export default x`,
      {
        '/app/all.js': `export * from './a.js'; export * from './b.js'`,
        '/app/a.js': `import { x } from './d.js'; export { x }`,
        '/app/b.js': `import { y as x } from './c.js'; export { x, }`,
        '/app/c.js': `export { x as y } from './d.js'`,
        '/app/d.js': d,
      },
      1,
    ],
    [
      'has it in a namespace too',
      `import * as all from './all.js'; export default Object.keys(all)`,
      {
        '/app/all.js': `export * from './a.js'; export * from './b.js'`,
        '/app/a.js': `import v, { x } from './d.js'; export { x, v }`,
        '/app/b.js': `import { default as v, x } from './d.js'; const own = 1; export { own, x, v as v }`,
        '/app/d.js': d,
      },
      ['own', 'v', 'x'],
    ],
    [
      'still rejects two bindings of one name',
      `import { x } from './all.js'; export default x`,
      {
        '/app/all.js': `export * from './a.js'; export * from './b.js'`,
        '/app/a.js': `export const x = 1`,
        '/app/b.js': `export const x = 2`,
      },
      expect.stringContaining('"x" is exported by several'),
    ],
    [
      'exports again what it uses itself',
      `import { x, n } from './a.js'; export default [x, n]`,
      {
        '/app/a.js': `import { x } from './d.js'; export const n = x + 1; export { x }`,
        '/app/d.js': d,
      },
      [1, 2],
    ],
    [
      'and names another import in a text',
      `import { x, hint } from './all.js'; export default [x, hint]`,
      {
        '/app/all.js': `export * from './a.js'; export * from './b.js'`,
        '/app/a.js': `export const hint = "import { hint, y } from 'a'"; import { x } from './d.js'; export { x }`,
        '/app/b.js': `import { x } from './d.js'; export { x }`,
        '/app/d.js': d,
      },
      [1, "import { hint, y } from 'a'"],
    ],
    [
      'or in a text only',
      `import { x, hint } from './a.js'; export default [x, hint]`,
      { '/app/a.js': `const hint = "import { hint, x } from 'a'", x = 3; export { hint, x }` },
      [3, "import { hint, x } from 'a'"],
    ],
  ])('%s', async (_, code, files, result) => {
    expect(await resultOf(code, files)).toEqual(result);
  });
});

describe('a script may have a name that is await', () => {
  test.each<Program>([
    ['as a variable', `var await = 3; await + 1`, 4],
    [
      'as a label and a function',
      `function await(x) { return x + 1 } await: for (;;) break await; await(2)`,
      3,
    ],
    ['spelled with an escape', 'var \\u0061wait = 5; \\u0061wait', 5],
    ['unless it awaits', `const f = async () => 6; await f()`, 6],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
  test('and what is wrong as both is told as of the one that awaits', async () => {
    expect(await resultOf('await 1;\nconst a = = 1')).toMatch(/^SyntaxError: /);
  });
});
