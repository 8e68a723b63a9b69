/** The build exports what QuickJS has inside, and it is what its name says. */

import { describe, expect, test } from '@jest/globals';
import { evalFunctionExport } from '../../../../lambda/guest/javascript/machine/native-function.ts';
import { instantiateQuickJs, newQuickJsMemory } from '../../../support/guest/quickjs.ts';

const COMPILE_ONLY = 32;

describe('JS_EvalFunction', () => {
  test('runs what was only compiled', async () => {
    const wasmMemory = newQuickJsMemory();
    const { quickjs, exports } = await instantiateQuickJs(wasmMemory);
    const context = quickjs.newContext();
    const source = 'globalThis.ran = (globalThis.ran ?? 0) + 1; 6 * 7';
    const compiled = context.unwrapResult(context.evalCode(source, 'compiled.js', COMPILE_ONLY));
    expect(context.dump(context.getProp(context.global, 'ran'))).toBeUndefined();

    const view = new DataView(wasmMemory.buffer);
    const cell = compiled.value;
    const { ctx } = context as unknown as { readonly ctx: { readonly value: number } };
    const evaluate = exports[evalFunctionExport] as (context: number, value: bigint) => bigint;
    const result = evaluate(ctx.value, view.getBigInt64(cell, true));
    expect(Number(BigInt.asIntN(32, result))).toBe(42);
    expect(context.dump(context.getProp(context.global, 'ran'))).toBe(1);
  });
});
