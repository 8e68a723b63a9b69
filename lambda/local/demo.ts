/** `npm run demo`: executes every example through the API, and prints requests and responses. */

import { readFile } from 'node:fs/promises';
import {
  createClient,
  type ExecuteRequest,
  type ExecuteResponse,
  ScriptEngineError,
} from '../client/client.ts';
import { startOrExit } from './start.ts';

/** An entry of `examples/requests.json`; `url` is relative to the server, `{origin}` in texts its origin. */
interface Example {
  readonly title: string;
  /** The answer is printed as it arrives. */
  readonly streamed?: true;
  readonly request: ExecuteRequest & { readonly url: string };
  /** `success`, or the code of the error that the example shows. */
  readonly expect: string;
}

const requests = new URL('../../examples/requests.json', import.meta.url);
const examples: readonly Example[] = JSON.parse(await readFile(requests, 'utf8'));
const server = await startOrExit(0);
const client = createClient({ endpoint: server.origin });
const failures: string[] = [];

for (const [index, { title, streamed, request, expect }] of examples.entries()) {
  const body = { ...withOrigin(request), url: new URL(request.url, server.origin).href };
  console.log(`\n── ${index + 1}/${examples.length} ${title}\nPOST /execute\n${print(body)}`);
  const answer = await (streamed ? stream(body) : execute(body));
  const outcome = answer.error?.code ?? answer.status;
  if (outcome !== expect) failures.push(`${title}: expected ${expect}, got ${outcome}`);
}

await server.close();
if (failures.length > 0) {
  console.error(`\n${failures.length} of ${examples.length} examples failed:`);
  for (const failure of failures) console.error(`  ${failure}`);
  process.exit(1);
}
console.log(`\nAll ${examples.length} examples ended as expected.`);
process.exit(0);

async function execute(request: ExecuteRequest): Promise<ExecuteResponse> {
  try {
    const answer = await client.execute(request);
    console.log(`→ 200\n${print(answer)}`);
    return answer;
  } catch (error) {
    if (!(error instanceof ScriptEngineError) || error.response === null) throw error;
    console.log(`→ ${error.status}\n${print(error.response)}`);
    return error.response;
  }
}

/** Prints each event when it is there, and how long after the answer began. */
async function stream(request: ExecuteRequest): Promise<ExecuteResponse> {
  let startMs = 0;
  for await (const event of client.stream(request)) {
    startMs ||= performance.now();
    const ms = (performance.now() - startMs).toFixed(0);
    console.log(`${ms.padStart(5)} ms ${JSON.stringify(event)}`);
    if (event.event === 'end') return event.data;
  }
  throw new Error('The stream ended before its last event');
}

function withOrigin(request: Example['request']): Example['request'] {
  return JSON.parse(JSON.stringify(request).replaceAll('{origin}', server.origin));
}

function print(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
