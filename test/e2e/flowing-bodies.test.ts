/** Bodies that flow come to the same in the engine as in Node.js itself. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';
import { startStreamingWeb } from '../support/servers/streaming-web.ts';
import { flowingBodies } from './flowing-bodies.ts';

const web = await startStreamingWeb();
const { execute, fixtures } = await startServedEngine({}, [web.origin]);
afterAll(() => web.close());

/** The outcome of a body; source text, to be run in either world. */
const outcomeOf = `async (body, origin) => {
  const AsyncFunction = (async () => {}).constructor;
  const describe = (error) => error instanceof Error
    ? { name: error.name, message: error.message, cause: error.cause && (error.cause.code ?? error.cause.name) }
    : { thrown: String(error) };
  try {
    return { value: (await new AsyncFunction('origin', body)(origin)) ?? null };
  } catch (error) {
    return { error: describe(error) };
  }
}`;

async function inNode(): Promise<unknown[]> {
  const script = `const outcomeOf = ${outcomeOf};
    const outcomes = [];
    for (const body of ${JSON.stringify(flowingBodies)}) outcomes.push(await outcomeOf(body, '${web.origin}'));
    process.stdout.write(JSON.stringify(outcomes), () => process.exit());`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--no-warnings',
    '--eval',
    script,
  ]);
  return JSON.parse(stdout) as unknown[];
}

const expected = await inNode();

test.each(flowingBodies.map((body, index) => [body, expected[index]]))(
  '%s',
  async (body, outcome) => {
    const url = fixtures.serve(`(${outcomeOf})(${JSON.stringify(body)}, '${web.origin}')`, {
      extension: '.js',
    });
    const response = await execute({ url });
    expect(response).toMatchObject({ error: null });
    expect(response.result).toEqual(outcome);
  },
);
