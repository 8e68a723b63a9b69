/** What a module puts into its memory and its table when it is instantiated. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import { Reader, readVector } from '../../wasm-binary/reader.ts';

const [elementSection, dataSection] = [9, 11];
const i32Const = 0x41;
const end = 0x0b;

/** Where a C string lies, be it the end of a longer one: the linker shares those. */
export function addressesOf(name: string, memory: Buffer): number[] {
  const text = `${name}\0`;
  const found: number[] = [];
  for (let at = memory.indexOf(text); at !== -1; at = memory.indexOf(text, at + 1)) found.push(at);
  return found;
}

/** The start of the memory as a new instance has it. */
export function staticData(bytes: Uint8Array, shape: ModuleShape): Buffer {
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
export function functionTable(bytes: Uint8Array, shape: ModuleShape): number[] {
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
