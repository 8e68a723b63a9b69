/** Runs snippets in the guest and in Node.js itself, and tells what came of each in the same words. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { evaluate } from '../../../support/guest/scripted-fetch.ts';

/** The outcome of one snippet: its value, or what it threw. */
export type SnippetOutcome = { readonly value: unknown } | { readonly error: unknown };

/** Evaluates each body of an asynchronous function; source text, to be run in either world. */
const collect = `async (bodies) => {
  const AsyncFunction = (async () => {}).constructor;
  const describe = (error) => error instanceof Error
    ? { name: error.name, message: error.message, code: error.code ?? null, cause: error.cause === undefined ? null : String(error.cause) }
    : { thrown: String(error) };
  const outcomes = [];
  for (const body of bodies) {
    try {
      const value = await new AsyncFunction(body)();
      outcomes.push({ value: JSON.parse(JSON.stringify(value) ?? 'null') });
    } catch (error) {
      outcomes.push({ error: describe(error) });
    }
  }
  return outcomes;
}`;

export async function runInGuest(bodies: readonly string[]): Promise<SnippetOutcome[]> {
  return (await evaluate(`(${collect})(${JSON.stringify(bodies)})`)) as SnippetOutcome[];
}

export async function runInNode(bodies: readonly string[]): Promise<SnippetOutcome[]> {
  const script = `process.stdout.write(JSON.stringify(await (${collect})(${JSON.stringify(bodies)})))`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--no-warnings',
    '--eval',
    script,
  ]);
  return JSON.parse(stdout) as SnippetOutcome[];
}
