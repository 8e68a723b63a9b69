/** The build exports what QuickJS has inside, and it is what its name says. */

import { describe, expect, test } from '@jest/globals';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import { evalFunctionExport } from '../../../../lambda/guest/javascript/machine/native-function.ts';
import { compileQuickJs } from '../../../support/guest/quickjs.ts';

const COMPILE_ONLY = 32;

describe('JS_EvalFunction', () => {
  test('runs what was only compiled', async () => {
    const wasm = await compileQuickJs();
    const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: 32_768 });
    let exports: WebAssembly.Instance['exports'] = {};
    const quickjs = await newQuickJSWASMModuleFromVariant(
      newVariant(variant as unknown as QuickJSSyncVariant, {
        wasmMemory,
        emscriptenModule: {
          instantiateWasm(imports, onSuccess) {
            ({ exports } = new WebAssembly.Instance(wasm, imports));
            onSuccess({ exports });
            return exports;
          },
        },
      }),
    );
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
