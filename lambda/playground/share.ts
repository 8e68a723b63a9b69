/** A request as a fragment of this page's address, which browsers send to nobody. */

import { fromBase64, toBase64 } from './base64.ts';
import { isRecord } from './fields.ts';

const prefix = '#request=';
/** Browsers and chats cut longer addresses. */
const MAX_FRAGMENT = 60_000;
/** What a link may unfold to: no request may be longer. */
const MAX_TEXT_BYTES = 6 * 1024 * 1024;

/** @returns `null`: the request is too long for a link */
export async function fragmentOf(request: object): Promise<string | null> {
  const text = new Blob([JSON.stringify(request)]).stream();
  const packed = await bytesOf(
    text.pipeThrough(new CompressionStream('deflate-raw')),
    MAX_FRAGMENT,
  );
  if (packed === null) return null;
  const base64 = toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return base64.length > MAX_FRAGMENT ? null : prefix + base64;
}

/**
 * @param fragment with its `#`
 * @returns what the link holds, which may be anything that is JSON; `null`: it is no link of ours
 * @throws {Error} the link holds no request
 */
export async function requestIn(
  fragment: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  if (!fragment.startsWith(prefix)) return null;
  try {
    const base64 = fragment.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/');
    const packed = new Blob([fromBase64(base64)]).stream();
    const unpacked = packed.pipeThrough(new DecompressionStream('deflate-raw'));
    const bytes = await bytesOf(unpacked, MAX_TEXT_BYTES);
    const request: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()));
    if (isRecord(request)) return request;
  } catch {
    // Cut off, or written by hand.
  }
  throw new Error('The link that led here holds no request');
}

/** @returns `null`: there are more of them */
async function bytesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return new Blob(chunks).bytes();
}
