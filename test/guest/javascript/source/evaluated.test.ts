/** What `eval` and `Function` are given is mended as the source of a script is: values are those of Node.js 24. */

import { describe, expect, test } from '@jest/globals';
import { runCode } from '../../../support/guest/module-graph.ts';

type Program = readonly [what: string, code: string, result: unknown];

async function resultOf(code: string): Promise<unknown> {
  const { result, error } = await runCode(code, {});
  return error === null ? result : `${error.name}: ${error.message}`;
}

describe('syntax that QuickJS gets wrong', () => {
  test.each<Program>([
    ['in a direct eval', `eval('0x10.toString()')`, '16'],
    ['in an indirect one', `(0, eval)('0b11.toFixed(1)')`, '3.0'],
    ['in a function', `new Function('n', 'return 0x1f.toString() + n')('!')`, '31!'],
    ['in its parameters', `Function('x', 'f = () => x', 'x = 2; return f()')(1)`, 2],
    [
      'in a generator',
      `const G = Object.getPrototypeOf(function* () {}).constructor;
       const it = new G('for (const x of yield 1) yield x')(); it.next(); it.next([7]).value`,
      7,
    ],
    [
      'in an asynchronous function',
      `const F = Object.getPrototypeOf(async function () {}).constructor;
       const log = [];
       const source = { [Symbol.asyncIterator]() { return this }, async next() { return {} },
         async return() { await null; log.push('closed'); return {} } };
       await new F('source', 'for await (const x of source) break')(source); log.push('after'); log`,
      ['closed', 'after'],
    ],
    ['in a class', `new (eval('(class { get\\n size() { return 3 } })'))().size`, 3],
    [
      'with using',
      `const log = []; eval('{ using r = { [Symbol.dispose]() { log.push(1) } }; log.push(0) }'); log`,
      [0, 1],
    ],
    ['in what is evaluated in turn', `eval("eval('0x10.toString()')")`, '16'],
    ['with characters of any kind', `eval('"\u00e9\u{1f600}" + 0x10.toString()')`, 'é😀16'],
    ['in the scope of its place', `const f = (y) => eval('y + 0x10.toString()'); f('y')`, 'y16'],
    [
      'by a name that is made of parts',
      `[].map['con' + 'structor']('return 0x10.toString()')()`,
      '16',
    ],
    ['in a module', `export default new Function('return 0x10.toString()')()`, '16'],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });

  test('what does not parse is a SyntaxError, as ever', async () => {
    const code = `['0x10.toString(', 'yield 0x1.a b', '\ud800 0x1.a'].map((text) => { try { return eval(text) } catch (e) { return e.name } })`;
    expect(await resultOf(code)).toEqual(['SyntaxError', 'SyntaxError', 'SyntaxError']);
  });
});

describe('an eval in a default', () => {
  test.each<Program>([
    ['sees the parameters before it', `function f(x, y = eval('x + 1')) { return y } f(1)`, 2],
    [
      'sees no name of the body',
      `const z = 'outer'; function f(g = eval('() => z')) { const z = 'inner'; return g() + z } f()`,
      'outerinner',
    ],
    [
      'may not declare a name of the parameters anew',
      `function f(x, y = eval('var x = 2')) {} try { f(1) } catch (e) { e.name }`,
      'SyntaxError',
    ],
    [
      'may not declare arguments',
      `const f = (y = eval('var arguments = 2'), arguments) => y; try { f() } catch (e) { e.name }`,
      'SyntaxError',
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
});

test.each(['using x = null', 'const a = 1; using x = null; a'])(
  '%s stands in a block or a function only, in what is evaluated',
  async (text) => {
    const code = `[eval, (text) => eval(text)].map((run) => { try { return run(${JSON.stringify(text)}) } catch (e) { return e.name } })`;
    expect(await resultOf(code)).toEqual(['SyntaxError', 'SyntaxError']);
  },
);

test('texts of a function that end it and go on behind it are a SyntaxError', async () => {
  const code = `const Generator = Object.getPrototypeOf(function* () {}).constructor;
    const made = (Class, ...texts) => { try { return String(Class(...texts)) } catch (e) { return e.name } };
    [
      made(Function, '}, function () {'), made(Function, 'return 1 }) (function () {'),
      made(Function, '/*', '*/){'), made(Function, 'a){ return 1 }, function x(b', ''),
      made(Generator, '}, function* () {'),
    ]`;
  expect(await resultOf(code)).toEqual(Array(5).fill('SyntaxError'));
  const fine = `[
    Function('return "}" + "{" + \`}\${1}\` + /[}]/.source')(), Function('{ a } = { a: 2 }', '/* } */ return a')(),
    Function('a = () => { return 3 }', '// }\\nreturn a()')(), Function('')(),
  ]`;
  expect(await resultOf(fine)).toEqual(['}{}1[}]', 2, 3, null]);
});

test('a class is a result, and is not called', async () => {
  expect(await resultOf('export default class A { constructor() { throw 1 } }')).toBeNull();
  expect(await resultOf('(class {})')).toBeNull();
  expect(await resultOf('module.exports = class {}')).toBeNull();
  for (const name of ['Map', 'Promise', 'Uint8Array', 'URL', 'Headers']) {
    expect(await resultOf(name)).toBeNull();
  }
  expect(await resultOf('String')).toBe('undefined');
  expect(await resultOf('export default { class() { return 1 } }.class')).toBe(1);
});
