/** At the limits of calls, scripts get the errors that they get in V8. */

import { beforeAll, describe, expect, test } from '@jest/globals';
import type { QuickJSContext } from 'quickjs-emscripten-core';
import { instantiateQuickJs, newQuickJsMemory } from '../../../support/guest/quickjs.ts';

let context: QuickJSContext;

beforeAll(async () => {
  const { quickjs } = await instantiateQuickJs(newQuickJsMemory());
  const runtime = quickjs.newRuntime();
  // V8 has 984 KiB here, of which the test itself takes some.
  runtime.setMaxStackSize(240 * 1024);
  context = runtime.newContext();
});

function evaluated(code: string): unknown {
  const result = context.unwrapResult(context.evalCode(code));
  return context.dump(result);
}

const thrown = (action: string): unknown =>
  evaluated(`try { ${action}; 'nothing' } catch (error) {
    [error instanceof RangeError, error.constructor === RangeError, String(error)] }`);

const overflow = [true, true, 'RangeError: Maximum call stack size exceeded'];

describe('Runaway recursion is a RangeError', () => {
  test.each([
    ['of a function', '(function f() { f(); })()'],
    ['of a constructor', 'new (class A { constructor() { new A(); } })()'],
    ['through a built-in', '(function f() { [1].map(f); })()'],
    ['of a getter', '({ get x() { return this.x; } }).x'],
    ['of toJSON', 'const o = { toJSON: () => JSON.stringify(o) }; JSON.stringify(o)'],
  ])('%s', (_name, code) => {
    expect(thrown(code)).toEqual(overflow);
  });
});

describe('So is what is nested too deeply, or goes round too often', () => {
  const nested = (open: string, inner: string, close: string): string =>
    `eval(${JSON.stringify(open)}.repeat(1e5) + ${JSON.stringify(inner)} + ${JSON.stringify(close)}.repeat(1e5))`;
  const chain = (first: string, next: string, use: string): string =>
    `let at = ${first}; for (let i = 0; i < 20_000; i++) at = ${next}; ${use}`;
  const proxies = (use: string): string => chain('{}', 'new Proxy(at, {})', use);
  test.each([
    ['a JSON array', `JSON.parse('['.repeat(1e5))`],
    ['a JSON object', `JSON.parse('{"a":'.repeat(1e5))`],
    ['an array to JSON', 'JSON.stringify(1, (_, value) => [value])'],
    ['an object to JSON', 'const o = { toJSON() { return { o } } }; JSON.stringify(o)'],
    ['parentheses', nested('(', '1', ')')],
    ['arrays', nested('[', '1', ']')],
    ['objects', nested('({a:', '1', '})')],
    ['calls', nested('f(', '1', ')')],
    ['templates', nested('`${', '1', '}`')],
    ['members', nested('a[', '1', ']')],
    ['conditions', nested('1?', '1', ':1')],
    ['operators', nested('!', '1', '')],
    ['assignments', nested('a=', '1', '')],
    ['arrow functions', nested('a=>', '1', '')],
    ['classes', nested('(class extends ', 'Object', '{})')],
    ['blocks', nested('{', '1', '}')],
    ['code', '(function f() { eval("f()") }).call(globalThis); var f = () => eval("f()"); f()'],
    ['iterators', chain('[1].values()', 'at.map((x) => x)', 'at.next()')],
    ['joined iterators', chain('[1].values()', 'Iterator.concat(at)', 'at.next()')],
    ['generators', chain('[1]', '((of) => (function* () { yield* of })())(at)', 'at.next()')],
    ['a flattened array', 'const a = []; a[0] = a; a.flat(Infinity)'],
    ['get of proxies', proxies('at.x')],
    ['set', proxies('at.x = 1')],
    ['has', proxies('"x" in at')],
    ['delete', proxies('delete at.x')],
    ['ownKeys', proxies('Object.keys(at)')],
    ['getPrototypeOf', proxies('Object.getPrototypeOf(at)')],
    ['setPrototypeOf', proxies('Object.setPrototypeOf(at, null)')],
    ['preventExtensions', proxies('Object.freeze(at)')],
    ['isExtensible', proxies('Object.isExtensible(at)')],
    ['defineProperty', proxies('Object.defineProperty(at, "x", { value: 1 })')],
    ['getOwnPropertyDescriptor', proxies('Object.getOwnPropertyDescriptor(at, "x")')],
    ['apply', chain('() => 1', 'new Proxy(at, {})', 'at()')],
    [
      'bound functions',
      chain('() => 1', 'Object.defineProperty(at.bind(), "name", { value: "" })', 'at()'),
    ],
    ['construct', chain('class {}', 'new Proxy(at, {})', 'new at()')],
  ])('%s', (_name, code) => {
    expect(thrown(code)).toEqual(overflow);
  });

  test.each([
    ['an async function', 'async function f() { await f() }'],
    ['an async generator', 'async function* g() { yield* g() } const f = () => g().next()'],
    ['an executor', 'function f() { return new Promise(f) }'],
  ])('as a rejection: %s', (_name, code) => {
    expect(thrown(`{ ${code}; f() }`)).toBe('nothing');
    context.runtime.executePendingJobs();
  });

  test('groups of a regular expression are a SyntaxError', () => {
    const code = 'new RegExp("(?:".repeat(1e5) + ")".repeat(1e5))';
    expect(thrown(code)).toEqual([false, false, 'SyntaxError: stack overflow']);
  });
});

test('The text of a built-in function is on one line', () => {
  expect(evaluated('[Math.max, class { get #a() {} }.constructor].map(String)')).toEqual([
    'function max() { [native code] }',
    'function Function() { [native code] }',
  ]);
});

describe('A call takes as many arguments as in V8', () => {
  test.each([
    ['spread', '((...all) => [all.length, all.at(-1)])(...list)', [120_000, 119_999]],
    ['applied', '(function () { return arguments.length; }).apply(null, list)', 120_000],
    ['to a function that names two', '((a, b) => [a, b])(...list)', [0, 1]],
    ['to a built-in', 'Math.max(...list)', 119_999],
    ['to push', '[].push(...list)', 120_000],
    ['to a constructor', 'new Array(...list).length', 120_000],
    ['to Reflect.construct', 'Reflect.construct(Array, list).length', 120_000],
    ['to fromCharCode', 'String.fromCharCode(...list).length', 120_000],
    ['to a generator', '(function* (...all) { yield all.length; })(...list).next().value', 120_000],
  ])('%s', (_name, code, expected) => {
    expect(evaluated(`{ const list = [...Array(120_000).keys()]; ${code} }`)).toEqual(expected);
  });

  test.each([
    ['over the limit', '(() => {})(...Array(131_072))'],
    ['far over the limit', 'Math.max.apply(null, { length: 2 ** 31 })'],
    [
      'bound and passed, more than the stack holds',
      '(() => {}).bind(null, ...Array(131_000))(...Array(131_000))',
    ],
    [
      'bound over and over',
      'let f = () => {}; for (let i = 0; i < 9; i++) f = f.bind(null, ...Array(131_000)); f()',
    ],
  ])('and no more: %s', (_name, code) => {
    expect(thrown(code)).toEqual([true, true, expect.stringMatching(/^RangeError: /)]);
  });
});
