/** Functions of QuickJS that are mended in its binary: values are those of Node.js 24. */

import { describe, expect, test } from '@jest/globals';
import { mendFunctions } from '../../../../lambda/guest/javascript/build/function-mends.ts';
import { runCode } from '../../../support/guest/module-graph.ts';
import { instantiateQuickJs, newQuickJsMemory } from '../../../support/guest/quickjs.ts';
import { evaluate } from '../../../support/guest/realm.ts';

/** QuickJS's flags for a module, and for only compiling it. */
const COMPILED_MODULE = 1 | 32;

type Program = readonly [what: string, code: string, result: unknown];

describe('requests to an asynchronous generator settle, however many there are', () => {
  const settled = (requests: string): string =>
    `(await Promise.allSettled(((it) => ${requests})(numbers())))
      .map(({ value, reason }) => value === undefined ? reason : [value.value, value.done])`;
  const [one, failing] = ['yield 1', 'yield 1; throw 7'].map(
    (body) => `async function* numbers() { ${body} }\n`,
  );
  test.each<Program>([
    [
      'return before it has begun, and next',
      `${one}${settled('[it.return(5), it.next()]')}`,
      [
        [5, true],
        [null, true],
      ],
    ],
    [
      'next beyond the end',
      `${one}${settled('[it.next(), it.next(), it.next(), it.next()]')}`,
      [
        [1, false],
        [null, true],
        [null, true],
        [null, true],
      ],
    ],
    [
      'throw beyond the end',
      `${one}${settled('[it.next(), it.next(), it.throw(6), it.next()]')}`,
      [[1, false], [null, true], 6, [null, true]],
    ],
    [
      'return of what is rejected',
      `${one}${settled('[it.return(Promise.reject(8)), it.return(9), it.next()]')}`,
      [8, [9, true], [null, true]],
    ],
    [
      'after it has failed',
      `${failing}${settled('[it.next(), it.next(), it.next(), it.return(3), it.next()]')}`,
      [[1, false], 7, [null, true], [3, true], [null, true]],
    ],
    [
      'in their order',
      `${one}const log = []; const it = numbers();
       await Promise.all(['next', 'return', 'next', 'return'].map((m, i) => it[m]().then(() => log.push(i)))); log`,
      [0, 1, 2, 3],
    ],
    [
      'ten thousand',
      `${one}const it = numbers(); const all = []; for (let i = 0; i < 10000; i++) all.push(it.next());
       (await Promise.all(all)).filter(({ done }) => done).length`,
      9999,
    ],
  ])('%s', async (_, code, result) => {
    expect((await evaluate(code)).value).toEqual(result);
  });
});

describe('a return in a loop of an asynchronous generator closes what the loop runs over', () => {
  const returning = (iterable: string): string =>
    `const log = [];
     const tick = async (n) => { for (let i = 0; i < n; i++) { await null; log.push(i); } };
     async function* g() { try { for (const x of ${iterable}) return 5 } finally { log.push('last') } }
     g().next().then(({ value, done }) => log.push([value, done]));
     await tick(4); log`;
  test.each<Program>([
    [
      'without waiting',
      returning(`(function* () { try { yield 1 } finally { log.push('closed') } })()`),
      ['closed', 'last', 0, [5, true], 1, 2, 3],
    ],
    [
      'nor for a promise',
      returning(
        `{ [Symbol.iterator]: () => ({ next: () => ({}), return: () => (log.push('closed'), Promise.resolve()) }) }`,
      ),
      ['closed', 'last', 0, [5, true], 1, 2, 3],
    ],
  ])('%s', async (_, code, result) => {
    expect((await evaluate(code)).value).toEqual(result);
  });
});

describe('a text spreads into an object', () => {
  test.each<Program>([
    ['as its characters', `({ ...'ab', c: 1 })`, { 0: 'a', 1: 'b', c: 1 }],
    [
      'whatever it is made of',
      `const a = 'x'.repeat(900); Object.keys({ ...(a + a) }).length`,
      1800,
    ],
    [
      'beside what has no properties',
      `({ ...1, ...true, ...null, ...undefined, ...2n, ...Symbol('s'), ...'' })`,
      {},
    ],
    [
      'over and over',
      `let n = 0; for (let i = 0; i < 200000; i++) n += Object.keys({ ...'ab' }).length; n`,
      400000,
    ],
  ])('%s', async (_, code, result) => {
    expect((await evaluate(code)).value).toEqual(result);
  });
});

describe('a trap that answers false makes an assignment fail', () => {
  const frozen = `const refusing = new Proxy({ old: 1 }, { defineProperty: () => false });\n`;
  const outcome = (statement: string): string =>
    `${frozen}const f = () => { ${statement}; return 'done' }\ntry { f() } catch (e) { e.name }`;
  test.each<Program>([
    ['of a new property', outcome(`'use strict'; refusing.a = 1`), 'TypeError'],
    ['by an index', outcome(`'use strict'; refusing[0] = 1`), 'TypeError'],
    ['with an operator', outcome(`'use strict'; refusing.a ??= 1`), 'TypeError'],
    ['of a property that is there', outcome(`'use strict'; refusing.old = 2`), 'TypeError'],
    ['but not in sloppy code', outcome('refusing.a = 1'), 'done'],
    [
      'nor by Reflect',
      `${frozen}[Reflect.set(refusing, 'a', 1), refusing.a === undefined]`,
      [false, true],
    ],
  ])('%s', async (_, code, result) => {
    expect((await evaluate(code)).value).toEqual(result);
  });
});

test('a field of a class may be named by any word that is a modifier elsewhere', async () => {
  const code = `class A { async; get; set; static; accessor; static async; static static = 1 }
    [Object.keys(new A()), Object.keys(A)]`;
  expect((await evaluate(code)).value).toEqual([
    ['async', 'get', 'set', 'static', 'accessor'],
    ['async', 'static'],
  ]);
});

describe('a module that is only compiled', () => {
  test('gives no value that its text is read as', async () => {
    const { quickjs } = await instantiateQuickJs(newQuickJsMemory());
    const context = quickjs.newContext();
    const code = `export default 1 // ${'x'.repeat(200)}`;
    const compiled = context.evalCode(code, 'module.js', COMPILED_MODULE);
    expect(compiled.error).toBeUndefined();
    expect(context.typeof(compiled.unwrap())).not.toBe('number');
  });

  test('may have a URL of any length', async () => {
    for (let length = 1; length < 150; length++) {
      const url = `https://a.example/${'x'.repeat(length)}`;
      expect(await runCode('export default import.meta.url', {}, { url })).toMatchObject({
        result: url,
      });
    }
  });
});

test('another binary is not mended by guess', () => {
  expect(() => mendFunctions(new Uint8Array(8))).toThrow('not the one whose functions are known');
});
