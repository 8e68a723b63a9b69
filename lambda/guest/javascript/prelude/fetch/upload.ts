/** Sends the body of a request that is a stream: a chunk when the host has taken the one before. */

import type { UploadRequest } from '../../../../contract/calls.ts';
import { toArrayBuffer } from '../core/bytes.ts';
import type { Host } from '../core/host.ts';
import { parse } from '../core/intrinsics.ts';
import { writeJson } from '../core/json.ts';
import { type Body, readChunk } from './body.ts';

/**
 * Reads the body until it ends, or the host takes no more of it.
 * @param upload the number under which the host knows it
 * @throws what the script's stream fails with
 */
export async function sendBody(host: Host, body: Body, upload: number): Promise<void> {
  const reader = body.openReader();
  for (;;) {
    const chunk = await readChunk(reader);
    const request: UploadRequest = { upload, last: chunk === null };
    const bytes = toArrayBuffer(chunk ?? new Uint8Array());
    const [json] = await host.start('fetchSend', writeJson(request), bytes).promise;
    if (chunk === null) return;
    const answer = parse(json) as { readonly ok: boolean };
    if (!answer.ok) {
      body.cancel(undefined);
      return;
    }
  }
}
