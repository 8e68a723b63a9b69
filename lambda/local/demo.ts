/** `npm run demo`: executes every example through the API, and prints requests and responses. */

import { readFile } from 'node:fs/promises';
import type { Json } from '../contract/errors.ts';
import { startLocally } from './start.ts';

/** An entry of `examples/requests.json`; `url` is relative to the server, `{origin}` in texts its origin. */
interface Example {
  readonly title: string;
  /** `application/x-ndjson`: the answer is printed as it arrives. */
  readonly accept?: string;
  readonly request: { readonly url: string; readonly [field: string]: Json };
  /** `success`, or the code of the error that the example shows. */
  readonly expect: string;
}

const requests = new URL('../../examples/requests.json', import.meta.url);
const examples: readonly Example[] = JSON.parse(await readFile(requests, 'utf8'));
const server = await startLocally(0);
const failures: string[] = [];

for (const [index, { title, accept, request, expect }] of examples.entries()) {
  const body = { ...withOrigin(request), url: new URL(request.url, server.origin).href };
  console.log(`\n── ${index + 1}/${examples.length} ${title}\nPOST /execute\n${print(body)}`);
  const response = await fetch(`${server.origin}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept && { accept }) },
    body: JSON.stringify(body),
  });
  const answer = accept ? await printLines(response) : await response.json();
  if (!accept) console.log(`→ ${response.status}\n${print(answer)}`);
  const outcome = outcomeOf(answer);
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

/** Prints each event when it is there, and how long after the answer began. @returns the data of the last */
async function printLines({ status, headers, body }: Response): Promise<unknown> {
  console.log(`→ ${status} ${headers.get('content-type')}`);
  const startMs = performance.now();
  const decoder = new TextDecoder();
  let text = '';
  let last: unknown;
  for await (const chunk of body ?? []) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      console.log(`${(performance.now() - startMs).toFixed(0).padStart(5)} ms ${line}`);
      last = JSON.parse(line).data;
    }
  }
  return last;
}

/** `success`, or the code of the error. */
function outcomeOf(answer: unknown): string {
  const { status, error } = answer as { status?: string; error?: { code: string } | null };
  return error?.code ?? String(status);
}

function withOrigin(value: { readonly [field: string]: Json }): { [field: string]: Json } {
  return JSON.parse(JSON.stringify(value).replaceAll('{origin}', server.origin));
}

function print(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
