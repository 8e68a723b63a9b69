/**
 * Finds the functions of `Math` in QuickJS's binary, whose C library rounds worse than V8's does: an
 * engine of its own would have `10 ** -5` be 0.000009999999999999999.
 */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import { Reader, readVector } from '../../wasm-binary/reader.ts';
import type { Signature } from '../../wasm-binary/types.ts';
import { type MathName, mathNames } from '../machine/host-math.ts';
import { calledBy } from './function-bodies.ts';

const [elementSection, dataSection] = [9, 11];
const i32Const = 0x41;
const end = 0x0b;

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

/** Where a C string lies, be it the end of a longer one: the linker shares those. */
function addressesOf(name: string, memory: Buffer): number[] {
  const text = `${name}\0`;
  const found: number[] = [];
  for (let at = memory.indexOf(text); at !== -1; at = memory.indexOf(text, at + 1)) found.push(at);
  return found;
}

/** The start of the memory as a new instance has it. */
function staticData(bytes: Uint8Array, shape: ModuleShape): Buffer {
  const parts: { readonly at: number; readonly data: Uint8Array }[] = [];
  readVector(contentOf(bytes, shape, dataSection), (reader) => {
    const at = activeOffset(reader);
    const size = reader.u32();
    const start = reader.skip(size);
    parts.push({ at, data: bytes.subarray(start, start + size) });
  });
  const memory = Buffer.alloc(Math.max(0, ...parts.map(({ at, data }) => at + data.length)));
  for (const { at, data } of parts) memory.set(data, at);
  return memory;
}

/** Indices of functions, by the number that is the function pointer. */
function functionTable(bytes: Uint8Array, shape: ModuleShape): number[] {
  const table: number[] = [];
  readVector(contentOf(bytes, shape, elementSection), (reader) => {
    const offset = activeOffset(reader);
    for (let index = offset, left = reader.count(); left > 0; left -= 1, index += 1) {
      table[index] = reader.u32();
    }
  });
  return table;
}

/** Reads the head of a segment that is put in its place when the module is instantiated. */
function activeOffset(reader: Reader): number {
  const isPlain = reader.u32() === 0 && reader.byte() === i32Const;
  const offset = isPlain ? reader.s33() : -1;
  if (offset < 0 || reader.byte() !== end) {
    throw new Error('The QuickJS binary has other segments than expected.');
  }
  return offset;
}

function contentOf(bytes: Uint8Array, shape: ModuleShape, id: number): Reader {
  const section = shape.sections.find((candidate) => candidate.id === id);
  if (!section) throw new Error(`The QuickJS binary has no section ${id}.`);
  return new Reader(bytes, section.content.start, section.content.end);
}
