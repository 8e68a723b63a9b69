/**
 * Adds write tracking to QuickJS's code at build time, so that after a run only what was written is
 * restored. Each store is followed by another one, of a 1 for the stretch written to, into a map in
 * the same memory: at the bottom of the C stack, in the part that QuickJS's stack limit keeps unused.
 * A guest that makes QuickJS write out of bounds may write to the map too, but cannot hide that: the
 * store to the map is itself marked in the map.
 */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import { eachInstruction } from '../../wasm-binary/instructions.ts';
import { Reader } from '../../wasm-binary/reader.ts';
import type { Change } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, vector } from '../../wasm-binary/writer.ts';
import { MAP_ADDRESS, NEAR_BYTES, STRETCH_SHIFT } from '../machine/memory/written-map.ts';
import { bulkExports } from './bulk-memory.ts';
import { type FunctionBody, readBodies, sized } from './function-bodies.ts';
import { Operands } from './operands.ts';
import { type Step, settleMarks } from './pending-marks.ts';

const i32 = 0x7f;
/** The type of the value, by the opcode of the store. */
const stores: ReadonlyMap<number, number> = new Map([
  [0x36, i32],
  [0x37, 0x7e],
  [0x38, 0x7d],
  [0x39, 0x7c],
  [0x3a, i32],
  [0x3b, i32],
  [0x3c, 0x7e],
  [0x3d, 0x7e],
  [0x3e, 0x7e],
]);
const [localGet, localSet, localTee] = [0x20, 0x21, 0x22];
const [i32Const, i32Add, i32ShiftRight, i32Store8] = [0x41, 0x6a, 0x76, 0x3a];
const [branch, branchIf, branchTable] = [0x0c, 0x0d, 0x0e];
const structure: ReadonlyMap<
  number,
  Exclude<Step['kind'], 'write' | 'assign' | 'branch'>
> = new Map([
  [0x00, 'trap'],
  [0x02, 'block'],
  [0x03, 'loop'],
  [0x04, 'if'],
  [0x05, 'else'],
  [0x0b, 'end'],
  [0x0f, 'return'],
]);

/**
 * @param bytes a module with one memory, which it imports; `trackBulkMemory` goes before
 * @returns what to change of it; see `rewrite`
 * @throws {Error} where it writes in a way that is not known here
 */
export function trackWrites(bytes: Uint8Array, shape: ModuleShape): ReadonlyMap<number, Change> {
  const names = new Set(bulkExports.values());
  const marking = new Set(
    shape.exports.filter(({ name }) => names.has(name)).map(({ index }) => index),
  );
  const bodies = readBodies(bytes, shape).map((body) =>
    sized(
      marking.has(body.index)
        ? bytes.subarray(body.start, body.reader.end)
        : tracked(bytes, body, shape),
    ),
  );
  return new Map([[sectionId.code, { content: vector(bodies.map((body) => [body])) }]]);
}

/** A body that marks what it writes to. */
function tracked(
  bytes: Uint8Array,
  { localGroups, groupsStart, locals, reader: body }: FunctionBody,
  shape: ModuleShape,
): Uint8Array {
  const codeStart = body.offset;
  const operands = new Operands(shape);
  /** Types of the locals that are added. */
  const added: number[] = [];
  const steps: Step[] = [];
  const insertions: Insertion[] = [];

  eachInstruction(body, (opcode, start) => {
    const end = body.offset;
    const immediates = new Reader(bytes, start + 1, end);
    const value = stores.get(opcode);
    if (value !== undefined) {
      const [, address] = operands.taken(2);
      if ((immediates.u32() & 0x40) !== 0) throw new Error('A store to another memory.');
      const offset = immediates.u32();
      if (address !== undefined && address !== null) {
        const bucket = Math.floor(offset / NEAR_BYTES);
        steps.push({ kind: 'write', at: start, mark: { local: address, bucket } });
        return;
      }
      const slots = slotsOf([value, i32]);
      insertions.push({ at: start, code: saving(slots) });
      insertions.push({ at: end, code: marking([...get(slots[1] ?? 0), ...plus(offset)]) });
      return;
    }
    const step = stepOf(opcode, start, new Reader(bytes, start + 1, end));
    if (step) steps.push(step);
    operands.follow(opcode, new Reader(bytes, start + 1, end));
  });
  settleMarks(steps, (at, { local, bucket }) => {
    insertions.push({ at, code: marking([...get(local), ...plus(bucket * NEAR_BYTES)]) });
  });
  return concatenate([
    leb(BigInt(localGroups + added.length)),
    bytes.subarray(groupsStart, codeStart),
    ...added.map((type) => Uint8Array.of(1, type)),
    ...inserted(bytes.subarray(0, body.end), codeStart, insertions),
  ]);

  /** A local for each operand, shared by all writes. */
  function slotsOf(types: readonly number[]): number[] {
    const taken = new Set<number>();
    return types.map((type) => {
      let slot = added.findIndex((other, index) => other === type && !taken.has(index));
      if (slot === -1) slot = added.push(type) - 1;
      taken.add(slot);
      return locals + slot;
    });
  }
}

interface Insertion {
  readonly at: number;
  readonly code: readonly number[];
}

function inserted(bytes: Uint8Array, from: number, insertions: Insertion[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let copied = from;
  for (const { at, code } of insertions.sort((one, other) => one.at - other.at)) {
    parts.push(bytes.subarray(copied, at), Uint8Array.from(code));
    copied = at;
  }
  parts.push(bytes.subarray(copied));
  return parts;
}

function stepOf(opcode: number, at: number, immediates: Reader): Step | null {
  const kind = structure.get(opcode);
  if (kind !== undefined) return { kind, at };
  switch (opcode) {
    case localSet:
    case localTee:
      return { kind: 'assign', at, local: immediates.u32() };
    case branch:
    case branchIf:
      return { kind: 'branch', at, labels: [immediates.u32()], conditional: opcode === branchIf };
    case branchTable: {
      const labels = new Set<number>();
      for (let left = immediates.count() + 1; left > 0; left -= 1) labels.add(immediates.u32());
      return { kind: 'branch', at, labels: [...labels], conditional: false };
    }
    default:
      return null;
  }
}

function marking(address: readonly number[]): number[] {
  return [
    ...address,
    ...[i32Const, STRETCH_SHIFT, i32ShiftRight, i32Const, 1],
    ...[i32Store8, 0, ...unsigned(MAP_ADDRESS)],
  ];
}

/** Takes operands off the stack, the last one first, and puts them there again. */
function saving(slots: readonly number[]): number[] {
  const [first = 0, ...others] = [...slots].reverse();
  return [
    ...others.toReversed().flatMap((slot) => [localSet, ...unsigned(slot)]),
    ...[localTee, ...unsigned(first)],
    ...others.flatMap(get),
  ];
}

function get(slot: number): number[] {
  return [localGet, ...unsigned(slot)];
}

function plus(offset: number): number[] {
  return offset === 0 ? [] : [i32Const, ...signed(offset), i32Add];
}

function unsigned(value: number): number[] {
  return [...leb(BigInt(value))];
}

/** Signed LEB128 of a `u32`, as `i32.const` has it. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    const done = (rest >> 7 === 0 && low < 0x40) || (rest >> 7 === -1 && low >= 0x40);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}
