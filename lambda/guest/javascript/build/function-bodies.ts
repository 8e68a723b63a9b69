/** The functions that a module defines, one by one. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import { eachInstruction } from '../../wasm-binary/instructions.ts';
import { Reader } from '../../wasm-binary/reader.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, text } from '../../wasm-binary/writer.ts';

const call = 0x10;

export interface FunctionBody {
  /** Among all functions of the module, imported ones first. */
  readonly index: number;
  /** Where its declarations of locals begin. */
  readonly start: number;
  readonly localGroups: number;
  readonly groupsStart: number;
  /** How many locals it has, parameters included. */
  readonly locals: number;
  /** Reads its instructions. */
  readonly reader: Reader;
}

/** A change of a few instructions of a function. */
export interface FunctionMend {
  /** Index of the function. */
  readonly index: number;
  /** Instructions that it has once. */
  readonly was: readonly number[];
  readonly becomes: readonly number[];
}

/** @throws {Error} where the module defines no functions */
export function readBodies(bytes: Uint8Array, shape: ModuleShape): FunctionBody[] {
  const section = shape.sections.find(({ id }) => id === sectionId.code);
  if (!section) throw new Error('The module has no code.');
  const code = new Reader(bytes, section.content.start, section.content.end);
  const imported = shape.imports.filter(({ kind }) => kind === 'function').length;
  return Array.from({ length: code.count() }, (_, defined) => {
    const size = code.u32();
    const start = code.skip(size);
    const index = imported + defined;
    const reader = new Reader(bytes, start, start + size);
    let locals = shape.functions[index]?.params.length ?? 0;
    const localGroups = reader.u32();
    const groupsStart = reader.offset;
    for (let left = localGroups; left > 0; left -= 1) {
      locals += reader.u32();
      reader.s33();
    }
    return { index, start, localGroups, groupsStart, locals, reader };
  });
}

/** A body as the code section has it: behind its size. */
export function sized(body: Uint8Array): Uint8Array {
  return concatenate([leb(BigInt(body.length)), body]);
}

/** An instruction with a number of at most 20 bits, which signed LEB128 has in three bytes. */
export function constant(opcode: number, value: number): number[] {
  const bytes = [...leb(BigInt(value))];
  const last = bytes.at(-1) ?? 0;
  // The highest bit would be the sign.
  if (last < 0x40) return [opcode, ...bytes];
  return [opcode, ...bytes.slice(0, -1), last | 0x80, 0];
}

/** Indices of the functions that a function calls by name. */
export function calledBy(
  bytes: Uint8Array,
  shape: ModuleShape,
  caller: number,
): ReadonlySet<number> {
  const called = new Set<number>();
  const body = readBodies(bytes, shape).find(({ index }) => index === caller);
  if (!body) return called;
  eachInstruction(body.reader, (opcode, at) => {
    if (opcode === call) called.add(new Reader(bytes, at + 1).u32());
  });
  return called;
}

/** An entry of the export section. */
export function functionExport(name: string, index: number): Uint8Array {
  return concatenate([text(name), Uint8Array.of(0), leb(BigInt(index))]);
}
