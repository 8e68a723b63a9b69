/** The map of writes knows of every byte that a module has written, whatever it wrote and how. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  MAP_ADDRESS,
  MAP_END,
  STRETCH_SHIFT,
} from '../../../../lambda/guest/javascript/machine/memory/written-map.ts';
import { MEMORY_PAGES, tracked, unknownWrites } from '../../../support/guest/tracked-module.ts';

const stores = [
  ['i32.store', 'i32'],
  ['i32.store8', 'i32'],
  ['i32.store16', 'i32'],
  ['i64.store', 'i64'],
  ['i64.store8', 'i64'],
  ['i64.store16', 'i64'],
  ['i64.store32', 'i64'],
  ['f32.store', 'f32'],
  ['f64.store', 'f64'],
] as const;
const values = { i32: -1, i64: -1n, f32: 1.1, f64: 1.1 };
const offsets = [0, 1, 120, 127, 128, 1016, 1023, 1024, 5000, 70_000];

/** Anywhere but in the map, often about the end of a stretch. */
const address = fc
  .oneof(
    fc.integer({ min: MAP_END, max: MEMORY_PAGES * 65536 - 150_000 }),
    fc.tuple(fc.integer({ min: 2400, max: 3900 }), fc.integer({ min: -9, max: 9 })),
    fc.integer({ min: 0, max: 100_000 }),
  )
  .map((drawn) => (typeof drawn === 'number' ? drawn : drawn[0] * 1024 + drawn[1]));

describe('Every write is known', () => {
  const single = tracked(
    stores
      .flatMap(([name, type]) =>
        offsets.map(
          (offset) =>
            `(func (export "${name} ${offset}") (param i32 ${type}) (${name} offset=${offset} (local.get 0) (local.get 1)))
             (func (export "computed ${name} ${offset}") (param i32 ${type}) (${name} offset=${offset} (i32.add (local.get 0) (i32.const 3)) (local.get 1)))`,
        ),
      )
      .join('\n'),
  );

  test.each(stores)('of %s, at any address and offset', (name, type) => {
    fc.assert(
      fc.property(address, fc.constantFrom(...offsets), (at, offset) => {
        for (const kind of ['', 'computed ']) {
          const write = (): unknown => single.call(`${kind}${name} ${offset}`, at, values[type]);
          expect(unknownWrites(single, write)).toEqual([]);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('of copies and fills', () => {
    const bulk = tracked(`
      (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
      (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))`);
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 20_000 }), (at, length) => {
        expect(unknownWrites(bulk, () => bulk.call('fill', at, length))).toEqual([]);
        expect(unknownWrites(bulk, () => bulk.call('copy', at + 30_000, at, length))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    [
      'through a local that is assigned to in between',
      `(i32.store (local.get 0) (i32.const 1))
       (local.set 0 (local.get 1))
       (i32.store (local.get 0) (i32.const 2))`,
    ],
    [
      'through a local that is assigned to while its old value is on the stack',
      `(local.get 0) (local.set 0 (local.get 1)) (i32.const 3) (i32.store)
       (i32.store (local.tee 0 (local.get 1)) (i32.const 4))`,
    ],
    [
      'before a branch',
      `(block (i32.store (local.get 0) (i32.const 1)) (br 0))
       (i32.store offset=16 (local.get 1) (i32.const 1))`,
    ],
    [
      'in one arm and not in the other',
      `(if (local.get 0) (then (i32.store (local.get 0) (i32.const 1))) (else (i32.store (local.get 1) (i32.const 1))))
       (i32.store offset=8 (local.get 1) (i32.const 1))`,
    ],
    [
      'of a loop that moves on',
      `(loop
         (i32.store (local.get 0) (i32.const 9))
         (local.set 0 (i32.add (local.get 0) (i32.const 700)))
         (br_if 0 (i32.lt_u (local.get 0) (i32.add (local.get 1) (i32.const 1)))))`,
    ],
    [
      'before a return',
      `(i64.store (local.get 0) (i64.const 1)) (i64.store offset=8 (local.get 0) (i64.const 2)) (return)`,
    ],
    [
      'before a call, and behind it',
      `(i32.store (local.get 0) (i32.const 1)) (call $other (local.get 1)) (i32.store offset=4 (local.get 0) (i32.const 1))`,
    ],
    [
      'to an address that a block gives, or a selection',
      `(i32.store (block (result i32) (local.get 0)) (i32.const 5))
       (i32.store (select (local.get 0) (local.get 1) (local.get 0)) (i32.const 5))`,
    ],
  ])('%s', (_name, body) => {
    const module = tracked(`
      (func $other (param i32) (f64.store offset=100 (local.get 0) (f64.const 1.5)))
      (func (export "run") (param i32 i32) ${body})`);
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 40_000 }), (at, further) => {
        expect(unknownWrites(module, () => module.call('run', at, at + further))).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  test('once: what has been taken is forgotten', () => {
    single.call('i32.store 0', 3_000_000, 1);
    single.written.take(() => {});
    const ranges: number[] = [];
    single.written.take((from) => ranges.push(from));
    expect(ranges).toEqual([]);
  });

  test('also in memory that has grown since, and of what the host writes', () => {
    const module = tracked(
      '(func (export "store") (param i32) (i32.store8 (local.get 0) (i32.const 1)))',
    );
    module.memory.grow(10);
    const last = module.memory.buffer.byteLength - 1;
    module.call('store', last);
    module.written.mark(3_500_000, 3000);
    const ranges: [number, number][] = [];
    module.written.take((from, to) => ranges.push([from, to]));
    const holds = (at: number): boolean => ranges.some(([from, to]) => at >= from && at < to);
    expect([last, 3_500_000, 3_501_500, 3_502_999, 3_600_000].map(holds)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(Math.max(...ranges.flat())).toBeLessThanOrEqual(module.memory.buffer.byteLength);
  });
});

describe('A write to the map cannot be hidden', () => {
  const own = MAP_ADDRESS + (MAP_ADDRESS >>> STRETCH_SHIFT);
  const module = tracked(`
    (func (export "clear") (param i32) (i64.store (local.get 0) (i64.const 0)))
    (func (export "clear twice") (param i32)
      (i64.store (local.get 0) (i64.const 0)) (i64.store offset=8 (local.get 0) (i64.const 0)))
    (func (export "clear from below") (param i32)
      (i64.store offset=1020 (i32.sub (local.get 0) (i32.const 1020)) (i64.const 0)))
    (func (export "clear by fill") (param i32)
      (memory.fill (local.get 0) (i32.const 0) (i32.const 4096)))`);

  test.each([
    ['of an entry', 'clear', MAP_ADDRESS + 5000],
    ['of the first entries', 'clear', MAP_ADDRESS - 3],
    ['of the entry that tells of it', 'clear', own - 4],
    ['of the entry that tells of it, by a second store', 'clear twice', own - 8],
    ['of the entry that tells of it, from an address before the map', 'clear from below', own],
    ['of the first entries, from an address before the map', 'clear from below', MAP_ADDRESS],
    ['of many entries', 'clear by fill', MAP_ADDRESS],
    ['of entries from before the map on', 'clear by fill', MAP_ADDRESS - 2000],
    ['of the last entries', 'clear', MAP_END - 8],
  ])('%s', (_name, how, at) => {
    module.written.take(() => {});
    expect(module.written.tampered).toBe(false);
    module.call(how, at);
    module.call(how, at);
    expect(module.written.tampered).toBe(true);
  });
});
