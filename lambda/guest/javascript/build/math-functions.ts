/**
 * Finds the functions of `Math` in QuickJS's binary, whose C library rounds worse than V8's does: an
 * engine of its own would have `10 ** -5` be 0.000009999999999999999.
 */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import type { Signature } from '../../wasm-binary/types.ts';
import { type MathName, mathNames } from '../machine/host-math.ts';
import { calledBy } from './function-bodies.ts';
import { addressesOf, functionTable, staticData } from './static-data.ts';

/** QuickJS's `JSCFunctionListEntry`: name, flags, kind, magic; parameters, prototype, function. */
const ENTRY = { bytes: 16, length: 8, cFunction: 12 };

/**
 * @returns names by index of the function; `pow` has two: QuickJS's `Math.pow` and the C library's,
 * which `**` calls
 * @throws {Error} where the binary is not as expected
 */
export function findMathFunctions(
  bytes: Uint8Array,
  shape: ModuleShape,
): ReadonlyMap<number, MathName> {
  const memory = staticData(bytes, shape);
  const table = functionTable(bytes, shape);
  const found = new Map(mathNames.map((name) => [findFunction(name, memory, table, shape), name]));
  for (const [index, name] of [...found]) {
    if (name !== 'pow') continue;
    for (const called of calledBy(bytes, shape, index)) {
      if (isOfNumbers(shape.functions[called], 2)) found.set(called, name);
    }
  }
  if (found.size !== mathNames.length + 1) throw new Error('QuickJS has no pow as expected.');
  return found;
}

function findFunction(
  name: MathName,
  memory: Buffer,
  table: readonly number[],
  shape: ModuleShape,
): number {
  const parameters = name === 'pow' || name === 'atan2' ? 2 : 1;
  const found = new Set<number>();
  for (const address of addressesOf(name, memory)) {
    for (let entry = 0; entry + ENTRY.bytes <= memory.length; entry += 4) {
      if (memory.readUInt32LE(entry) !== address) continue;
      if (memory[entry + ENTRY.length] !== parameters) continue;
      const index = table[memory.readUInt32LE(entry + ENTRY.cFunction)];
      if (index !== undefined && isOfNumbers(shape.functions[index], parameters)) found.add(index);
    }
  }
  const [index, other] = found;
  if (index === undefined || other !== undefined) {
    throw new Error(`Math.${name} was not found in the QuickJS binary.`);
  }
  return index;
}

function isOfNumbers(signature: Signature | undefined, parameters: number): boolean {
  if (!signature) return false;
  const { params, results } = signature;
  return params.length === parameters && [...params, ...results].every((type) => type === 'f64');
}
