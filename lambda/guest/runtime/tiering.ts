/**
 * When V8 optimises QuickJS. V8 compiles each function of a module without optimising when it is first
 * called, and optimises it, on another thread, when a budget is used up: each call and each turn of a
 * loop takes from it as many bytes as the code is long that ran. QuickJS's interpreter is one loop in
 * the largest function by far: a few hundred operations use its budget up, so that every start would
 * optimise it, for 40 ms of CPU time, and before V8 has seen which calls are worth inlining.
 */

import { setFlagsFromString } from 'node:v8';

const flag = '--wasm-tiering-budget';
/** V8's default, which budgets start with: the module must have been made under it. */
const DEFAULT_BUDGET = 13_000_000;
/** No call and no turn of a loop takes more than a quarter of the budget that V8 knows then. */
const COST_PER_BUDGET = 4;
/**
 * The most that a call or a turn may take in code that is compiled while the process starts: the
 * interpreter is optimised after some ten thousand operations. Most other functions are shorter.
 */
const MAX_COST = 1000;

/** Bounds what calls take from the budgets in all code that is compiled during the work. */
export async function withBoundedCosts(work: () => Promise<void>): Promise<void> {
  setFlagsFromString(`${flag}=${COST_PER_BUDGET * MAX_COST}`);
  try {
    await work();
  } finally {
    setFlagsFromString(`${flag}=${DEFAULT_BUDGET}`);
  }
}
