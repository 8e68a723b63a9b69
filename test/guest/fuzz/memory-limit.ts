/**
 * Runs generated programs near the end of their memory, one after another as a sandbox does, and
 * compares all of the memory after each with the one of a machine that has run nothing.
 */

import { watchMachines } from '../../support/guest/machine-memory.ts';
import { memoryProgram, randomFrom } from './memory-programs.ts';

export interface FuzzReport {
  readonly programs: number;
  /** Programs after which the machine was used again, its memory compared. */
  readonly kept: number;
  /** How the runs ended: `success`, or a code. */
  readonly ends: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** The ends of a program that does not break the machine. */
const expectedEnds = new Set([
  'success',
  'MEMORY_LIMIT',
  'STACK_OVERFLOW',
  'RUNTIME_ERROR',
  'TIMEOUT',
  'IMPORT_FAILED',
]);

/**
 * @param seed of the first program; each other has the next
 * @throws {Error} at the first program that leaves a byte, gets a wrong value, or breaks the machine
 */
export async function fuzzMemory(seed: number, programs: number): Promise<FuzzReport> {
  const machines = await watchMachines();
  const start = performance.now();
  const ends: Record<string, number> = {};
  let kept = 0;
  for (let index = 0; index < programs; index++) {
    const random = randomFrom(seed + index);
    const program = memoryProgram(random);
    const run = await machines.run(program);
    // Of the programs of this kind, some start from the image that their first run has left.
    const again = random(2) === 0 ? await machines.run(program) : run;
    const { outcome } = again;
    const end = outcome.status === 'success' ? 'success' : outcome.error.code;
    ends[end] = (ends[end] ?? 0) + 1;
    if (again.kept) kept += 1;
    const differences = machines.differences();
    const isWrong = outcome.status === 'success' && outcome.resultJson !== '[]';
    if (differences.length > 0 || isWrong || !expectedEnds.has(end)) {
      throw new Error(
        [
          `Seed ${seed + index} ends in ${JSON.stringify(outcome).slice(0, 2000)}`,
          `and leaves ${differences.length > 0 ? `other bytes at ${differences}` : 'the memory as it was'}:`,
          program.source,
        ].join('\n'),
      );
    }
  }
  return { programs, kept, ends, seconds: (performance.now() - start) / 1000 };
}
