/** Modules that export all of many others. */

import { expect, test } from '@jest/globals';
import { type ModuleFiles, plainLimits, runCode } from '../../../support/guest/module-graph.ts';

const limits = { ...plainLimits, timeoutMs: 20_000, cpuMs: 20_000 };

/** So many modules with ten names each, and one that exports all of them. */
function graph(modules: number, extra: string = ''): ModuleFiles {
  const files: Record<string, string> = {};
  for (let i = 0; i < modules; i++) {
    const names = Array.from(
      { length: 10 },
      (_, n) => `export const name${i * 10 + n} = ${i * 10 + n};`,
    );
    files[`/app/m${i}.js`] = names.join('\n');
  }
  const stars = Array.from({ length: modules }, (_, i) => `export /* all */ * from './m${i}.js';`);
  files['/app/all.js'] = `${stars.join('\n')}\n${extra}`;
  return files;
}

/** @returns the result, and the CPU time that it has taken, which other work of the machine leaves alone */
async function timed(code: string, files: ModuleFiles): Promise<readonly [unknown, number]> {
  const before = process.cpuUsage();
  const { result, error } = await runCode(code, files, { limits });
  return [error?.message ?? result, process.cpuUsage(before).user / 1000];
}

test('give all names, and those that they declare themselves', async () => {
  const files = graph(40, `export const own = 1, name5 = 'own'; export default 2;`);
  const code = `import * as all from './all.js'; import { name399, name5 } from './all.js';
    export default [Object.keys(all).length, name399, name5, all.default, all.name12]`;
  expect((await runCode(code, files)).result).toEqual([402, 399, 'own', 2, 12]);
});

test('reach through others, and give one binding on two ways', async () => {
  const files = {
    ...graph(40, `export * from './more.js';`),
    '/app/more.js': `export * from './m0.js'; export const more = 1`,
  };
  const code = `import * as all from './all.js'; export default [Object.keys(all).length, all.name0, all.more]`;
  expect((await runCode(code, files)).result).toEqual([401, 0, 1]);
});

test('still lead back to themselves, and reject two bindings of one name', async () => {
  const circle = {
    ...graph(40, `export * from './more.js'; export const own = 1`),
    '/app/more.js': `export * from './all.js'; export const more = 1`,
  };
  expect(
    (
      await runCode(
        `import { own, more, name7 } from './more.js'; export default [own, more, name7]`,
        circle,
      )
    ).result,
  ).toEqual([1, 1, 7]);
  const twice = {
    ...graph(40, `export * from './more.js';`),
    '/app/more.js': `export const name7 = 'other'`,
  };
  expect((await runCode(`import { name7 } from './all.js'`, twice)).error?.message).toMatch(
    /"name7" is exported by several/,
  );
  expect(
    (
      await runCode(
        `import * as all from './all.js'; export default ['name7' in all, all.name8]`,
        twice,
      )
    ).result,
  ).toEqual([false, 8]);
});

test('take no time for each name in each module', async () => {
  const code = `import * as all from './all.js'; export default Object.keys(all).length`;
  const [first, smallMs] = await timed(code, graph(100));
  const [second, largeMs] = await timed(code, graph(800));
  expect([first, second]).toEqual([1000, 8000]);
  // Eight times the names: without the list of names it takes far more than a hundred times as long.
  expect(largeMs / smallMs).toBeLessThan(40);
});

test('a barrel in TypeScript exports what its modules do, without their types', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `m${index}`);
  const modules = names.map((name) => [`/app/${name}.js`, `export const ${name} = '${name}'`]);
  const stars = names.map((name) => `export * from './${name}.js';`).join('\n');
  const { result, error } = await runCode(
    `import { m0, m39, own } from './barrel.ts'; export default [m0, m39, own]`,
    {
      ...Object.fromEntries(modules),
      '/app/barrel.ts': `${stars}\nexport const own: number = 1;`,
    },
  );
  expect([error, result]).toEqual([null, ['m0', 'm39', 1]]);
});
