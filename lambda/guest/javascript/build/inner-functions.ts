/** Functions of QuickJS that quickjs-emscripten does not export: found by who calls them. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import type { Signature } from '../../wasm-binary/types.ts';
import { calledBy } from './function-bodies.ts';

/** The name that quickjs-emscripten exports `QTS_Eval` under, and its type. */
const qtsEval = 'pa';
const qtsEvalType: Signature = {
  params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  results: ['i32'],
};
/** `JSValue JS_EvalFunction(JSContext *, JSValue)` */
const evalFunctionType: Signature = { params: ['i32', 'i64'], results: ['i64'] };

/**
 * Finds `JS_EvalFunction`, which evaluates what was only compiled: of the functions that `QTS_Eval`
 * calls, the one of its type.
 * @returns its index
 * @throws {Error} where the binary is not as expected
 */
export function findEvalFunction(bytes: Uint8Array, shape: ModuleShape): number {
  const caller = shape.exports.find(({ name }) => name === qtsEval)?.index ?? -1;
  const isCaller = sameSignature(shape.functions[caller], qtsEvalType);
  const [found, other] = [...calledBy(bytes, shape, caller)].filter((index) =>
    sameSignature(shape.functions[index], evalFunctionType),
  );
  if (!isCaller || found === undefined || other !== undefined) {
    throw new Error('JS_EvalFunction was not found in the QuickJS binary.');
  }
  return found;
}

function sameSignature(one: Signature | undefined, other: Signature): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
