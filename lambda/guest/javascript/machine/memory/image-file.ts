/**
 * A machine's binary and the image of its memory as one file, so that they always belong together:
 * made by the build, read when a sandbox process starts.
 */

import type { MemoryImage, MemoryLayout } from './image.ts';

interface Header {
  readonly layout: MemoryLayout;
  readonly addresses: MemoryImage['addresses'];
  readonly handles: { readonly [name: string]: number };
  readonly binaryBytes: number;
  readonly dataBytes: number;
}

interface Machine {
  readonly binary: Uint8Array<ArrayBuffer>;
  readonly image: MemoryImage;
}

/** `u32 header length`, the header as JSON, the binary, the static data, the heap. */
export function encodeMachine({ binary, image }: Machine): Uint8Array {
  const { layout, addresses, handles, data, heap } = image;
  const [binaryBytes, dataBytes] = [binary.length, data.length];
  const header = Buffer.from(
    JSON.stringify({ layout, addresses, handles, binaryBytes, dataBytes } satisfies Header),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, binary, data, heap]);
}

/** @param file what {@link encodeMachine} gave */
export function decodeMachine(file: Buffer<ArrayBuffer>): Machine {
  const headerEnd = 4 + file.readUInt32LE(0);
  const header = JSON.parse(file.toString('utf8', 4, headerEnd)) as Header;
  const binaryEnd = headerEnd + header.binaryBytes;
  const dataEnd = binaryEnd + header.dataBytes;
  return {
    binary: file.subarray(headerEnd, binaryEnd),
    image: {
      layout: header.layout,
      addresses: header.addresses,
      handles: header.handles,
      data: file.subarray(binaryEnd, dataEnd),
      heap: file.subarray(dataEnd),
    },
  };
}
