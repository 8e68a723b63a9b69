/** Functions of QuickJS that quickjs-emscripten does not export: found by who calls them. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import { eachInstruction } from '../../wasm-binary/instructions.ts';
import { Reader } from '../../wasm-binary/reader.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import type { Signature } from '../../wasm-binary/types.ts';

const call = 0x10;

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

/** Indices of the functions that a function calls by name. */
function calledBy(bytes: Uint8Array, shape: ModuleShape, caller: number): ReadonlySet<number> {
  const section = shape.sections.find(({ id }) => id === sectionId.code);
  const called = new Set<number>();
  if (!section) return called;
  const reader = new Reader(bytes, section.content.start, section.content.end);
  const imported = shape.imports.filter(({ kind }) => kind === 'function').length;
  const count = reader.count();
  for (let index = imported; index < imported + count; index += 1) {
    const size = reader.u32();
    const start = reader.skip(size);
    if (index !== caller) continue;
    const body = new Reader(bytes, start, start + size);
    for (let groups = body.u32(); groups > 0; groups -= 1) {
      body.u32();
      body.s33();
    }
    eachInstruction(body, (opcode, at) => {
      if (opcode === call) called.add(new Reader(bytes, at + 1).u32());
    });
  }
  return called;
}
