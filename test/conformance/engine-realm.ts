/** Runs tests in the engine's realm, without a sandbox process around it. */

import { evaluate as evaluateInEngine } from '../support/guest/realm.ts';

export async function evaluate(script: string): Promise<{ output: string; error: string | null }> {
  const { output, error } = await evaluateInEngine(script);
  return { output, error };
}
