/** `Math` and `**` give what they give in V8, to the last bit. */

import { runInThisContext } from 'node:vm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { QuickJSContext } from 'quickjs-emscripten-core';
import { mathNames } from '../../../../lambda/guest/javascript/machine/host-math.ts';
import {
  createInstance,
  INITIAL_MEMORY_BYTES,
} from '../../../../lambda/guest/javascript/machine/instance.ts';
import { compileQuickJs } from '../../../support/guest/quickjs.ts';

let context: QuickJSContext;

beforeAll(async () => {
  ({ context } = await createInstance(await compileQuickJs(), INITIAL_MEMORY_BYTES, {
    call: () => undefined,
    interrupt: () => false,
    onClock: () => {},
  }));
});

/** Evaluates an expression that gives an array of numbers, here and in the guest. */
function inBoth(expression: string): { readonly guest: unknown; readonly host: unknown } {
  const source = `JSON.stringify((${expression}).map((number) => String(number)))`;
  const guest: unknown = context.dump(context.unwrapResult(context.evalCode(source)));
  const host: unknown = runInThisContext(source);
  return { guest, host };
}

const inputs = `[0, -0, 1, -1, 0.5, -0.5, 2, 10, 1e-5, 1e-300, 1e300, NaN, Infinity, -Infinity,
  ...Array.from({ length: 2000 }, (_, i) => Math.floor(i * 7919.7) % 2003 / 50 - 20)]`;

describe('Math', () => {
  test.each(mathNames)('%s', (name) => {
    const { guest, host } = inBoth(
      Math[name].length === 2
        ? `${inputs}.flatMap((a, i) => [Math.${name}(a, 0.3), Math.${name}(a, i % 40 - 20), Math.${name}(i / 3, a)])`
        : `${inputs}.map((x) => Math.${name}(x))`,
    );
    expect(guest).toEqual(host);
  });
});

describe('The power operator', () => {
  test.each([
    ['of ten', 'Array.from({ length: 660 }, (_, i) => 10 ** (i - 330))'],
    ['of numbers', `${inputs}.flatMap((a, i) => [a ** (i % 9 - 4), Math.abs(a) ** 0.7])`],
    ['of one and infinity', '[1 ** Infinity, (-1) ** Infinity, 1 ** NaN, 2 ** Infinity, 0 ** 0]'],
    ['in assignments', '[5, 10, 0.1].map((x) => { let y = x; y **= -5; return y; })'],
  ])('%s', (_name, expression) => {
    const { guest, host } = inBoth(expression);
    expect(guest).toEqual(host);
  });
});
