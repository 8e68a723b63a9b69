/** Runs tests in the engine's realm, without a sandbox process around it. */

import { evaluate as evaluateInEngine } from '../support/guest/realm.ts';

/** Ample: a test that takes seconds on a busy machine is no test that fails. */
const TIMEOUT_MS = 180_000;

export async function evaluate(script: string): Promise<{ output: string; error: string | null }> {
  const { output, error } = await evaluateInEngine(script, TIMEOUT_MS);
  return { output, error };
}
