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
import { MAP_ADDRESS, NEAR_BYTES, STRETCH_SHIFT } from '../machine/written-map.ts';
import { Operands } from './operands.ts';

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
const [localGet, localSet, localTee, call] = [0x20, 0x21, 0x22, 0x10];
const [i32Const, i32Add, i32Sub, i32ShiftRight, i32Store8] = [0x41, 0x6a, 0x6b, 0x76, 0x3a];
const [bulk, memoryCopy, memoryFill] = [0xfc, 10, 11];

/**
 * @param bytes a module with one memory, which it imports
 * @returns what to change of it; see `rewrite`
 * @throws {Error} where it writes in a way that is not known here
 */
export function trackWrites(bytes: Uint8Array, shape: ModuleShape): ReadonlyMap<number, Change> {
  const section = shape.sections.find(({ id }) => id === sectionId.code);
  if (!section) throw new Error('The QuickJS binary has no code.');
  const imported = shape.imports.filter(({ kind }) => kind === 'function').length;
  const reader = new Reader(bytes, section.content.start, section.content.end);
  const bodies: Uint8Array[] = [];
  for (let left = reader.count(), index = imported; left > 0; left -= 1, index += 1) {
    const size = reader.u32();
    const start = reader.skip(size);
    const params = shape.functions[index]?.params.length ?? 0;
    bodies.push(sized(tracked(new Reader(bytes, start, start + size), params, shape)));
  }
  bodies.push(sized(rangeMarkerBody()));
  return new Map<number, Change>([
    [sectionId.type, { append: [Uint8Array.of(0x60, 2, i32, i32, 0)] }],
    [sectionId.function, { append: [leb(BigInt(shape.types.length))] }],
    [sectionId.code, { content: vector(bodies.map((body) => [body])) }],
  ]);
}

/** A body that marks what it writes to. */
function tracked(body: Reader, params: number, shape: ModuleShape): Uint8Array {
  const { bytes } = body;
  const rangeMarker = shape.functions.length;
  let locals = params;
  const groups = body.u32();
  const groupsStart = body.offset;
  for (let left = groups; left > 0; left -= 1) {
    locals += body.u32();
    body.s33();
  }
  const codeStart = body.offset;

  const operands = new Operands(shape);
  /** Types of the locals that are added. */
  const added: number[] = [];
  const parts: Uint8Array[] = [];
  let copied = codeStart;
  /** Locals that hold an address which has been written to since the last jump, call or label. */
  const unmarked = new Set<number>();

  eachInstruction(body, (opcode, start) => {
    const end = body.offset;
    const immediates = new Reader(bytes, start + 1, end);
    const value = stores.get(opcode);
    if (value !== undefined) {
      const [, address] = operands.taken(2);
      if ((immediates.u32() & 0x40) !== 0) throw new Error('A store to another memory.');
      const offset = immediates.u32();
      if (address !== undefined && address !== null && offset < NEAR_BYTES) {
        unmarked.add(address);
        return;
      }
      const slots = slotsOf([value, i32]);
      insert(start, saving(slots));
      insert(end, marking([...get(slots[1] ?? 0), ...plus(offset)]));
      return;
    }
    if (opcode === bulk) {
      const operation = immediates.u32();
      if (operation === memoryCopy || operation === memoryFill) {
        operands.taken(3);
        const slots = slotsOf([i32, i32, i32]);
        insert(start, saving(slots));
        insert(end, [...get(slots[2] ?? 0), ...get(slots[0] ?? 0), call, ...unsigned(rangeMarker)]);
        return;
      }
    }
    const assigned = opcode === localSet || opcode === localTee ? immediates.u32() : null;
    if (assigned !== null && unmarked.delete(assigned)) insert(start, marking(get(assigned)));
    if (operands.follow(opcode, new Reader(bytes, start + 1, end))) return;
    for (const local of unmarked) insert(start, marking(get(local)));
    unmarked.clear();
  });
  parts.push(bytes.subarray(copied, body.end));
  return concatenate([
    leb(BigInt(groups + added.length)),
    bytes.subarray(groupsStart, codeStart),
    ...added.map((type) => Uint8Array.of(1, type)),
    ...parts,
  ]);

  function insert(at: number, code: readonly number[]): void {
    parts.push(bytes.subarray(copied, at), Uint8Array.from(code));
    copied = at;
  }

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

  function marking(address: readonly number[]): number[] {
    return [
      ...address,
      ...[i32Const, STRETCH_SHIFT, i32ShiftRight, i32Const, 1],
      ...[i32Store8, 0, ...unsigned(MAP_ADDRESS)],
    ];
  }
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

/** `(func (param address length))`: marks all stretches of a range. */
function rangeMarkerBody(): Uint8Array {
  const stretch = [i32Const, STRETCH_SHIFT, i32ShiftRight];
  const first = [...get(0), ...stretch];
  const last = [...get(0), ...get(1), i32Add, i32Const, 1, i32Sub, ...stretch];
  return Uint8Array.from([
    0, // no locals
    ...[...get(1), 0x04, 0x40], // if there is a byte
    ...[...first, ...plus(MAP_ADDRESS), i32Const, 1],
    ...[...last, ...first, i32Sub, i32Const, 1, i32Add],
    ...[bulk, memoryFill, 0],
    ...[0x0b, 0x0b],
  ]);
}

function sized(body: Uint8Array): Uint8Array {
  return concatenate([leb(BigInt(body.length)), body]);
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
