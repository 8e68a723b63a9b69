/** Step 5 of egress, the response: the encodings that a body may have. */

import type { IncomingHttpHeaders } from 'node:http';
import zlib from 'node:zlib';

/** The Accept-Encoding of requests: exactly what is decoded here. */
export const acceptEncoding = 'gzip, deflate, br, zstd';

export type Decoder = ReturnType<typeof zlib.createGunzip>;
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
  // RFC 9659 §3: a window of at most 8 MiB.
  [
    'zstd',
    () => zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } }),
  ],
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
export function staysEncoded({ 'content-encoding': encodings }: IncomingHttpHeaders): boolean {
  if (encodings === undefined || parseLayers(encodings).length > 0) return false;
  return String(encodings)
    .split(',')
    .some((name) => !/^\s*(?:identity\s*)?$/i.test(name));
}
