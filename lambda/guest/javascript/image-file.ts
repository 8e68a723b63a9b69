/** The memory image as a file: made by the build, read when a sandbox process starts. */

import { createHash } from 'node:crypto';
import type { MemoryImage, MemoryLayout } from './image.ts';

interface Header {
  /** Hex SHA-256 of the machine's binary. */
  readonly source: string;
  readonly layout: MemoryLayout;
  readonly addresses: MemoryImage['addresses'];
  readonly handles: { readonly [name: string]: number };
  readonly dataBytes: number;
}

/** Identifies the machine's binary that an image belongs to. */
export function imageSource(wasm: Uint8Array): string {
  return createHash('sha256').update(wasm).digest('hex');
}

/** `u32 header length`, the header as JSON, the static data, the heap. */
export function encodeImage(image: MemoryImage, source: string): Uint8Array {
  const { layout, addresses, handles, data, heap } = image;
  const header = Buffer.from(
    JSON.stringify({ source, layout, addresses, handles, dataBytes: data.length } satisfies Header),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, data, heap]);
}

/** @throws {Error} where the image was made from something else than `source` */
export function decodeImage(file: Buffer, source: string): MemoryImage {
  const headerEnd = 4 + file.readUInt32LE(0);
  const header = JSON.parse(file.toString('utf8', 4, headerEnd)) as Header;
  if (header.source !== source) {
    throw new Error('The realm image does not belong to this build: run `npm run build` again.');
  }
  const dataEnd = headerEnd + header.dataBytes;
  return {
    layout: header.layout,
    addresses: header.addresses,
    handles: header.handles,
    data: file.subarray(headerEnd, dataEnd),
    heap: file.subarray(dataEnd),
  };
}
