/** Step 5 of egress, the response: the encodings that a body may have. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { ZstdFrames } from './zstd-frames.ts';

/** The Accept-Encoding of requests: exactly what is decoded here. */
export const acceptEncoding = 'gzip, deflate, br, zstd';

export type Decoder = Transform;
export type DecoderFactory = (firstByte: number) => Decoder;

const decoders = new Map<string, DecoderFactory>([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  // Some servers send raw DEFLATE data under this name: the low nibble of zlib's header is 8.
  [
    'deflate',
    (firstByte) => ((firstByte & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  ],
  ['br', () => zlib.createBrotliDecompress()],
  ['zstd', () => new ZstdFrames()],
]);

/** @returns the decoders in the order to apply; none where an encoding is unknown, as in `fetch` */
export function parseLayers(header: string | string[]): readonly DecoderFactory[] {
  const names = String(header)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const layers: DecoderFactory[] = [];
  for (const name of names.reverse()) {
    if (name === '' || name === 'identity') continue;
    const create = decoders.get(name);
    if (create === undefined) return [];
    layers.push(create);
  }
  return layers;
}

/** Whether the body of a response goes on as it came, in an encoding that nobody here reads. */
export function staysEncoded(headers: IncomingHttpHeaders): boolean {
  const { 'content-encoding': encodings, 'transfer-encoding': codings = '' } = headers;
  // A server may compress for the connection alone; the client takes off nothing but the chunks.
  if (codings.split(',').some((name) => !/^\s*(?:chunked\s*)?$/i.test(name))) return true;
  if (encodings === undefined || parseLayers(encodings).length > 0) return false;
  return String(encodings)
    .split(',')
    .some((name) => !/^\s*(?:identity\s*)?$/i.test(name));
}
