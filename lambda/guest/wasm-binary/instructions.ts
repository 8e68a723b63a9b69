/**
 * Walks over the instructions of a function body, and finds where each begins and ends: core
 * specification 5.4, with SIMD, exceptions (both versions), tail calls, function references, garbage
 * collection and atomics.
 */

import { Reader } from './reader.ts';

/** A `memory.grow` in the code: where it stands, and of which memory. */
export interface GrowSite {
  readonly start: number;
  readonly end: number;
  readonly memory: number;
}

/**
 * Finds every `memory.grow` of a function body.
 * @param body reads the body behind its size
 * @throws {MalformedModule} at an instruction that is not known
 */
export function findGrowSites(body: Reader): GrowSite[] {
  for (let groups = body.u32(); groups > 0; groups -= 1) {
    body.u32();
    skipValueType(body);
  }
  const sites: GrowSite[] = [];
  eachInstruction(body, (opcode, start) => {
    if (opcode !== memoryGrow) return;
    sites.push({ start, memory: new Reader(body.bytes, start + 1).u32(), end: body.offset });
  });
  return sites;
}

/**
 * @param body reads a function body behind its locals
 * @param visit called for each instruction, with the reader behind it
 * @throws {MalformedModule} at an instruction that is not known
 */
export function eachInstruction(
  body: Reader,
  visit: (opcode: number, start: number) => void,
): void {
  while (!body.done) {
    const start = body.offset;
    const opcode = body.byte();
    skipImmediates(body, opcode);
    visit(opcode, start);
  }
}

export const memoryGrow = 0x40;

type Immediates = (reader: Reader) => void;

const none: Immediates = () => {};
const index: Immediates = (reader) => void reader.u32();
const twoIndices: Immediates = (reader) => {
  reader.u32();
  reader.u32();
};
const oneByte: Immediates = (reader) => void reader.skip(1);
const sixteenBytes: Immediates = (reader) => void reader.skip(16);

const memoryArgument: Immediates = (reader) => {
  if ((reader.u32() & 0x40) !== 0) reader.u32();
  reader.skipLeb(10);
};

const memoryArgumentAndLane: Immediates = (reader) => {
  memoryArgument(reader);
  reader.skip(1);
};

const blockType: Immediates = (reader) => skipValueType(reader);

const labels: Immediates = (reader) => {
  for (let left = reader.count() + 1; left > 0; left -= 1) reader.u32();
};

const types: Immediates = (reader) => {
  for (let left = reader.count(); left > 0; left -= 1) skipValueType(reader);
};

const tryTable: Immediates = (reader) => {
  blockType(reader);
  for (let left = reader.count(); left > 0; left -= 1) {
    if (reader.byte() < 2) reader.u32();
    reader.u32();
  }
};

/** A type, or in its place the index of one (or nothing, 0x40) as block types have it. */
function skipValueType(reader: Reader): void {
  const first = reader.bytes[reader.offset];
  if (first === 0x63 || first === 0x64) reader.skip(1);
  reader.s33();
}

function ranges(rows: readonly (readonly [number, number, Immediates])[]): Map<number, Immediates> {
  const table = new Map<number, Immediates>();
  for (const [from, to, immediates] of rows) {
    for (let opcode = from; opcode <= to; opcode += 1) table.set(opcode, immediates);
  }
  return table;
}

const plain = ranges([
  [0x00, 0x01, none],
  [0x02, 0x04, blockType],
  [0x05, 0x05, none],
  [0x06, 0x06, blockType],
  [0x07, 0x09, index],
  [0x0a, 0x0b, none],
  [0x0c, 0x0d, index],
  [0x0e, 0x0e, labels],
  [0x0f, 0x0f, none],
  [0x10, 0x10, index],
  [0x11, 0x11, twoIndices],
  [0x12, 0x12, index],
  [0x13, 0x13, twoIndices],
  [0x14, 0x15, index],
  [0x18, 0x18, index],
  [0x19, 0x1b, none],
  [0x1c, 0x1c, types],
  [0x1f, 0x1f, tryTable],
  [0x20, 0x26, index],
  [0x28, 0x3e, memoryArgument],
  [0x3f, 0x40, index],
  [0x41, 0x41, (reader) => reader.skipLeb(5)],
  [0x42, 0x42, (reader) => reader.skipLeb(10)],
  [0x43, 0x43, (reader) => void reader.skip(4)],
  [0x44, 0x44, (reader) => void reader.skip(8)],
  [0x45, 0xc4, none],
  [0xd0, 0xd0, (reader) => void reader.s33()],
  [0xd1, 0xd1, none],
  [0xd2, 0xd2, index],
  [0xd3, 0xd4, none],
  [0xd5, 0xd6, index],
]);

const castBranch: Immediates = (reader) => {
  reader.skip(1);
  reader.u32();
  reader.s33();
  reader.s33();
};

const prefixed = new Map([
  [
    0xfb, // garbage collection
    ranges([
      [0, 1, index],
      [2, 5, twoIndices],
      [6, 7, index],
      [8, 10, twoIndices],
      [11, 14, index],
      [15, 15, none],
      [16, 16, index],
      [17, 17, twoIndices],
      [18, 19, twoIndices],
      [20, 23, (reader) => void reader.s33()],
      [24, 25, castBranch],
      [26, 30, none],
    ]),
  ],
  [
    0xfc, // saturating conversion, bulk memory, tables
    ranges([
      [0, 7, none],
      [8, 8, twoIndices],
      [9, 9, index],
      [10, 10, twoIndices],
      [11, 11, index],
      [12, 12, twoIndices],
      [13, 13, index],
      [14, 14, twoIndices],
      [15, 17, index],
    ]),
  ],
  [
    0xfd, // vectors
    ranges([
      [0x00, 0x0b, memoryArgument],
      [0x0c, 0x0d, sixteenBytes],
      [0x0e, 0x14, none],
      [0x15, 0x22, oneByte],
      [0x23, 0x53, none],
      [0x54, 0x5b, memoryArgumentAndLane],
      [0x5c, 0x5d, memoryArgument],
      [0x5e, 0x113, none],
    ]),
  ],
  [
    0xfe, // atomics
    ranges([
      [0x00, 0x02, memoryArgument],
      [0x03, 0x03, oneByte],
      [0x10, 0x4e, memoryArgument],
    ]),
  ],
]);

function skipImmediates(reader: Reader, opcode: number): void {
  const table = prefixed.get(opcode);
  const immediates = table ? table.get(reader.u32()) : plain.get(opcode);
  if (!immediates) throw reader.malformed(`unknown instruction 0x${opcode.toString(16)}`);
  immediates(reader);
}
