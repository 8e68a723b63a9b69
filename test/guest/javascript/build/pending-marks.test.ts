/** Marks of writes that are put off are made in the end, whatever way a function takes. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tracked, unknownWrites } from '../../../support/guest/tracked-module.ts';

const LOCALS = 4;
/** Behind the map, far enough apart that no mark covers two. */
const addresses = [2_400_000, 2_500_000, 2_600_000, 2_700_000];

const local = fc.integer({ min: 0, max: LOCALS - 1 });
const offset = fc.constantFrom(0, 4, 124, 128, 300, 1020, 5000);

/** Statements of the text format. Conditions are bits of `$way`, taken one after another. */
const { statements } = fc.letrec<{ statement: string; statements: string }>((tie) => ({
  statements: fc.array(tie('statement'), { maxLength: 4 }).map((list) => list.join('\n')),
  statement: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc
      .tuple(local, offset)
      .map(([at, by]) => `(i32.store offset=${by} (local.get ${at}) (i32.const 77))`),
    fc.tuple(local, local).map(([to, from]) => `(local.set ${to} (local.get ${from}))`),
    fc
      .tuple(local, fc.integer({ min: -4000, max: 4000 }))
      .map(([at, by]) => `(local.set ${at} (i32.add (local.get ${at}) (i32.const ${by})))`),
    fc
      .tuple(local, local)
      .map(([to, at]) => `(i64.store (local.tee ${to} (local.get ${at})) (i64.const 5))`),
    fc.constant('(if (call $bit) (then (return)))'),
    fc.constantFrom('(call $other (local.get 0))', '(call $other (local.get 2))'),
    tie('statements').map((then) => `(if (call $bit) (then ${then}))`),
    fc
      .tuple(tie('statements'), tie('statements'))
      .map(([then, other]) => `(if (call $bit) (then ${then}) (else ${other}))`),
    fc
      .tuple(tie('statements'), tie('statements'))
      .map(([before, after]) => `(block ${before} (br_if 0 (call $bit)) ${after})`),
    fc
      .tuple(tie('statements'), tie('statements'))
      .map(([before, after]) => `(loop ${before} (br_if 0 (call $bit)) ${after})`),
    fc
      .tuple(tie('statements'), tie('statements'), tie('statements'))
      .map(
        ([first, second, third]) =>
          `(block (block (block (br_table 0 1 2 (call $bits))) ${first} (br 1)) ${second}) ${third}`,
      ),
    fc
      .tuple(tie('statements'), tie('statements'))
      .map(([outer, inner]) => `(block ${outer} (block ${inner} (br_if 1 (call $bit))) ${outer})`),
  ),
}));

function moduleOf(body: string): string {
  return `
    (global $way (mut i32) (i32.const 0))
    (func $bit (result i32)
      (global.get $way) (global.set $way (i32.shr_u (global.get $way) (i32.const 1)))
      (i32.const 1) (i32.and))
    (func $bits (result i32)
      (global.get $way) (global.set $way (i32.shr_u (global.get $way) (i32.const 2)))
      (i32.const 3) (i32.and))
    (func $other (param i32)
      (if (call $bit) (then (i32.store offset=200 (local.get 0) (i32.const 9)))))
    (func $run (param i32 i32 i32 i32) ${body})
    (func (export "run") (param $way i32) (param i32 i32 i32 i32)
      (global.set $way (local.get $way))
      (call $run (local.get 1) (local.get 2) (local.get 3) (local.get 4)))`;
}

describe('Every write is known', () => {
  test('on every way through functions of every shape', () => {
    fc.assert(
      fc.property(
        statements,
        fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 4, maxLength: 4 }),
        (body, ways) => {
          const module = tracked(moduleOf(body));
          for (const way of [0, 1, ...ways]) {
            expect(unknownWrites(module, () => module.call('run', way, ...addresses))).toEqual([]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
