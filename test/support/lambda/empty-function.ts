/** A function that does nothing, for what Lambda and Node.js take by themselves. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sources: Readonly<Record<string, string>> = {
  handler: 'export const handler = async () => ({ statusCode: 200, body: "" });',
  stream: `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    const body = awslambda.HttpResponseStream.from(stream, { statusCode: 200, headers: {} });
    body.write(' ');
    body.end();
  });`,
};

/** The function whose answers are whole, in `handler.mjs`, and the one that streams, in `stream.mjs`. */
export function emptyFunction() {
  const folder = mkdtempSync(join(tmpdir(), 'empty-'));
  for (const [name, source] of Object.entries(sources)) {
    writeFileSync(join(folder, `${name}.mjs`), source);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
