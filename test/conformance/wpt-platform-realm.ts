/** Runs tests in a realm with nothing but the first half of the web platform. */

import { evaluate as evaluateInPlatform } from '../guest/javascript/platform/harness.ts';

export async function evaluate(script: string): Promise<{ output: string; error: string | null }> {
  const { output, error } = await evaluateInPlatform(script);
  return { output, error };
}
