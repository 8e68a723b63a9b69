/** Runs mutants one after the other, for `main.ts`: `node process.ts SEED COUNT`. */

import { writeSync } from 'node:fs';
import { compileComponent } from '../../../../lambda/guest/webassembly/component/compiled.ts';
import { mutantOf } from './mutants.ts';
import { endingOf, MEMORY_BYTES } from './run.ts';

const [first = 0, count = 0] = process.argv.slice(2).map(Number);

/** One line, written before anything else happens. */
function report(...words: readonly (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

for (let seed = first; seed < first + count; seed += 1) {
  const mutant = mutantOf(seed);
  report('checks', seed);
  // What takes long here is the engine's fault; later, the component's own code may loop.
  await compileComponent(mutant.code, [], MEMORY_BYTES).catch(() => {});
  report('runs', seed);
  try {
    report('ended', seed, await endingOf(mutant));
  } catch (error) {
    report('wrong', seed, mutant.of, error instanceof Error ? error.message : String(error));
  }
}
process.exit(0);
