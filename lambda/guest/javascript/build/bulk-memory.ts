/**
 * Copies and fills that mark what they write to. V8 calls out of WebAssembly for `memory.copy` and
 * `memory.fill`; most of QuickJS's are of a few bytes, which loads and stores do many times as fast.
 */

import binaryen from 'binaryen';
import { inspect, type ModuleShape } from '../../wasm-binary/inspect.ts';
import { eachInstruction } from '../../wasm-binary/instructions.ts';
import { Reader } from '../../wasm-binary/reader.ts';
import type { Change } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, vector } from '../../wasm-binary/writer.ts';
import { MAP_ADDRESS, STRETCH_SHIFT } from '../machine/memory/written-map.ts';
import { functionExport, readBodies, sized } from './function-bodies.ts';

const markFirst = `
  (i32.store8 offset=${MAP_ADDRESS}
    (i32.shr_u (local.get $to) (i32.const ${STRETCH_SHIFT}))
    (i32.const 1))`;

/** All loads go before the stores: the ranges may overlap. */
const smallCopy = `
  (local.set $toEnd (i32.add (local.get $to) (local.get $bytes)))
  (local.set $fromEnd (i32.add (local.get $from) (local.get $bytes)))
  (if (i32.ge_u (local.get $bytes) (i32.const 8)) (then
    (local.set $a (i64.load align=1 (local.get $from)))
    (local.set $d (i64.load align=1 (i32.sub (local.get $fromEnd) (i32.const 8))))
    (if (i32.gt_u (local.get $bytes) (i32.const 16)) (then
      (local.set $b (i64.load offset=8 align=1 (local.get $from)))
      (local.set $c (i64.load align=1 (i32.sub (local.get $fromEnd) (i32.const 16))))
      (i64.store offset=8 align=1 (local.get $to) (local.get $b))
      (i64.store align=1 (i32.sub (local.get $toEnd) (i32.const 16)) (local.get $c))))
    (i64.store align=1 (local.get $to) (local.get $a))
    (i64.store align=1 (i32.sub (local.get $toEnd) (i32.const 8)) (local.get $d))
    ${markFirst}
    (return)))
  (if (i32.ge_u (local.get $bytes) (i32.const 4)) (then
    (local.set $a (i64.load32_u align=1 (local.get $from)))
    (local.set $d (i64.load32_u align=1 (i32.sub (local.get $fromEnd) (i32.const 4))))
    (i64.store32 align=1 (local.get $to) (local.get $a))
    (i64.store32 align=1 (i32.sub (local.get $toEnd) (i32.const 4)) (local.get $d))
    ${markFirst}
    (return)))
  (if (local.get $bytes) (then
    (local.set $half (i32.shr_u (local.get $bytes) (i32.const 1)))
    (local.set $a (i64.load8_u (local.get $from)))
    (local.set $b (i64.load8_u (i32.add (local.get $from) (local.get $half))))
    (local.set $d (i64.load8_u (i32.sub (local.get $fromEnd) (i32.const 1))))
    (i64.store8 (local.get $to) (local.get $a))
    (i64.store8 (i32.add (local.get $to) (local.get $half)) (local.get $b))
    (i64.store8 (i32.sub (local.get $toEnd) (i32.const 1)) (local.get $d))
    ${markFirst}))`;

const smallFill = `
  (local.set $toEnd (i32.add (local.get $to) (local.get $bytes)))
  (local.set $eight
    (i64.mul
      (i64.extend_i32_u (i32.and (local.get $byte) (i32.const 255)))
      (i64.const 0x0101010101010101)))
  (i64.store align=1 (local.get $to) (local.get $eight))
  (i64.store align=1 (i32.sub (local.get $toEnd) (i32.const 8)) (local.get $eight))
  (if (i32.gt_u (local.get $bytes) (i32.const 16)) (then
    (i64.store offset=8 align=1 (local.get $to) (local.get $eight))
    (i64.store align=1 (i32.sub (local.get $toEnd) (i32.const 16)) (local.get $eight))))
  ${markFirst}
  (return)`;

const markAll = `
  (if (local.get $bytes) (then
    (local.set $first (i32.shr_u (local.get $to) (i32.const ${STRETCH_SHIFT})))
    (memory.fill
      (i32.add (local.get $first) (i32.const ${MAP_ADDRESS}))
      (i32.const 1)
      (i32.add
        (i32.sub
          (i32.shr_u
            (i32.sub (i32.add (local.get $to) (local.get $bytes)) (i32.const 1))
            (i32.const ${STRETCH_SHIFT}))
          (local.get $first))
        (i32.const 1)))))`;

const functions = `(module
  (memory 1)
  (func (param $to i32) (param $from i32) (param $bytes i32)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (local $toEnd i32) (local $fromEnd i32) (local $half i32) (local $first i32)
    (if (i32.le_u (local.get $bytes) (i32.const 32)) (then ${smallCopy} (return)))
    (memory.copy (local.get $to) (local.get $from) (local.get $bytes))
    ${markAll})
  (func (param $to i32) (param $byte i32) (param $bytes i32)
    (local $eight i64) (local $toEnd i32) (local $first i32)
    (if (i32.le_u (i32.sub (local.get $bytes) (i32.const 8)) (i32.const 24)) (then ${smallFill}))
    (memory.fill (local.get $to) (local.get $byte) (local.get $bytes))
    ${markAll})
  (export "copy" (func 0))
  (export "fill" (func 1)))`;

/** What the functions are exported as, by the instruction (behind its prefix) that they replace. */
export const bulkExports: ReadonlyMap<number, string> = new Map([
  [10, 'trackedCopy'],
  [11, 'trackedFill'],
]);

const [bulk, call] = [0xfc, 0x10];
const i32 = 0x7f;

/**
 * Calls functions that mark what they write to, in the place of each `memory.copy` and `memory.fill`.
 * @returns what to change of the module; see `rewrite`
 */
export function trackBulkMemory(
  bytes: Uint8Array,
  shape: ModuleShape,
): ReadonlyMap<number, Change> {
  const type = leb(BigInt(shape.types.length));
  const indices = new Map(
    [...bulkExports.keys()].map((operation, added) => [operation, shape.functions.length + added]),
  );
  const bodies = readBodies(bytes, shape).map(({ reader, start }) => {
    const parts: Uint8Array[] = [];
    let copied = start;
    eachInstruction(reader, (opcode, at) => {
      if (opcode !== bulk) return;
      const index = indices.get(new Reader(bytes, at + 1).u32());
      if (index === undefined) return;
      parts.push(bytes.subarray(copied, at), Uint8Array.of(call), leb(BigInt(index)));
      copied = reader.offset;
    });
    return sized(concatenate([...parts, bytes.subarray(copied, reader.end)]));
  });
  bodies.push(...bulkBodies());
  const exports = [...bulkExports].map(([operation, name]) =>
    functionExport(name, indices.get(operation) ?? 0),
  );
  return new Map<number, Change>([
    [sectionId.type, { append: [Uint8Array.of(0x60, 3, i32, i32, i32, 0)] }],
    [sectionId.function, { append: [...indices.keys()].map(() => type) }],
    [sectionId.export, { append: exports }],
    [sectionId.code, { content: vector(bodies.map((body) => [body])) }],
  ]);
}

/** The functions, as the code section has them: they refer to nothing but the memory. */
function bulkBodies(): Uint8Array[] {
  const module = binaryen.parseText(functions);
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.BulkMemoryOpt);
  const bytes = module.emitBinary();
  module.dispose();
  return readBodies(bytes, inspect(bytes)).map(({ start, reader }) =>
    sized(bytes.subarray(start, reader.end)),
  );
}
