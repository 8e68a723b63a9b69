import { expect, test } from '@jest/globals';
import { mutantOf } from './mutants.ts';
import { endingOf } from './run.ts';

test('Mutants of components end with an error that says what is wrong, within their memory', async () => {
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 1000; seed += 1) {
    const mutant = mutantOf(seed);
    const ending = await endingOf(mutant).catch((error: Error) => {
      throw new Error(`mutant ${seed} of ${mutant.of}: ${error.message}`);
    });
    ends.set(ending, (ends.get(ending) ?? 0) + 1);
  }
  // They reach what lies behind the reader.
  for (const ending of ['success', 'WASM_INVALID', 'WASM_LINK_ERROR', 'NON_ZERO_EXIT']) {
    expect(ends.get(ending) ?? 0).toBeGreaterThan(10);
  }
});
