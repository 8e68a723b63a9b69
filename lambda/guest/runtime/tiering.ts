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
export async function withBoundedCosts<Result>(work: () => Promise<Result>): Promise<Result> {
  setFlagsFromString(`${flag}=${COST_PER_BUDGET * MAX_COST}`);
  try {
    return await work();
  } finally {
    setFlagsFromString(`${flag}=${DEFAULT_BUDGET}`);
  }
}

/** CPU time of scripts by which V8 has optimised the interpreter, on the busiest machine. */
const MAX_UNOPTIMISED_MS = 2000;

/** `undefined` where the binary does not export it. All instances of a module share its code. */
let interpreter: unknown;

/** @param exported of QuickJS's binary */
export function noteInterpreter(exported: unknown): void {
  interpreter = exported;
}

/**
 * Watches that V8 does optimise the interpreter: where it does not, all scripts take twice as long for
 * as long as the process lives.
 */
export class TierWatch {
  #usedMs = 0;
  #optimised = false;

  /**
   * @param cpuMs of a run that has ended
   * @returns whether the process should be replaced: V8 had time enough, and has not optimised it
   */
  charge(cpuMs: number): boolean {
    if (this.#optimised) return false;
    this.#usedMs += cpuMs;
    if (this.#usedMs < MAX_UNOPTIMISED_MS || interpreter === undefined) return false;
    this.#optimised = isOptimised(interpreter);
    return !this.#optimised;
  }
}

/** By a function of V8's for its own tests, which only says what it knows. */
function isOptimised(exported: unknown): boolean {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return new Function('exported', 'return %IsTurboFanFunction(exported)')(exported) === true;
  } catch (error) {
    // Another version of V8 may not have it.
    if (error instanceof SyntaxError) return true;
    throw error;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}
