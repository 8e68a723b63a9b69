/** At the limits of calls, scripts get the errors that they get in V8. */

import { beforeAll, describe, expect, test } from '@jest/globals';
import type { QuickJSContext } from 'quickjs-emscripten-core';
import { instantiateQuickJs, newQuickJsMemory } from '../../../support/guest/quickjs.ts';

let context: QuickJSContext;

beforeAll(async () => {
  const { quickjs } = await instantiateQuickJs(newQuickJsMemory());
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(256 * 1024);
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
