/**
 * Compression for the guest's `CompressionStream` and `DecompressionStream`: Node.js's zlib, one
 * call at a time. No state stays here: the guest keeps what it has written so far.
 */

import zlib, { type BrotliOptions, type ZlibOptions } from 'node:zlib';
import { BridgeError, type BridgeOperations, type BridgeValue } from '../bridge/bridge.ts';

type Codec = {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  readonly decompress: (bytes: Uint8Array, options: ZlibOptions & BrotliOptions) => Uint8Array;
  /** What makes zlib give what it has, rather than fail on a stream that does not end yet. */
  readonly partialFlush: number;
};

/** By format. zlib is loaded when a guest first asks for one. */
const codecs = new Map<BridgeValue, () => Codec>([
  ['gzip', () => codec(zlib.gzipSync, zlib.gunzipSync, zlib.constants.Z_SYNC_FLUSH)],
  ['deflate', () => codec(zlib.deflateSync, zlib.inflateSync, zlib.constants.Z_SYNC_FLUSH)],
  [
    'deflate-raw',
    () => codec(zlib.deflateRawSync, zlib.inflateRawSync, zlib.constants.Z_SYNC_FLUSH),
  ],
  [
    'brotli',
    () =>
      codec(
        zlib.brotliCompressSync,
        zlib.brotliDecompressSync,
        zlib.constants.BROTLI_OPERATION_FLUSH,
      ),
  ],
]);

/** What one stream may unpack to: a bomb costs the sandbox process no more than this. */
const MAX_DECOMPRESSED_BYTES = 32 * 1024 * 1024;

export const compressionOperations: BridgeOperations = {
  /** `(format, bytes)`: the whole stream compressed. */
  'compression.compress'(format, bytes) {
    return codecOf(format).compress(bytesOf(bytes));
  },
  /**
   * `(format, bytes, skip, ended)`: what the bytes unpack to, without the first `skip` bytes of it.
   * A stream that breaks off is an error where it has `ended`.
   */
  'compression.decompress'(format, bytes, skip, ended) {
    const { decompress, partialFlush } = codecOf(format);
    const options = {
      maxOutputLength: MAX_DECOMPRESSED_BYTES,
      rejectGarbageAfterEnd: true,
      ...(ended !== true && { finishFlush: partialFlush }),
    };
    try {
      return decompress(bytesOf(bytes), options).subarray(Number(skip));
    } catch (error) {
      throw toBridgeError(error);
    }
  },
};

function codec(
  compress: Codec['compress'],
  decompress: Codec['decompress'],
  partialFlush: number,
): Codec {
  return { compress, decompress, partialFlush };
}

function codecOf(format: BridgeValue): Codec {
  const found = codecs.get(format);
  if (found === undefined) throw new BridgeError('TypeError', 'Unsupported compression format');
  return found();
}

function bytesOf(value: BridgeValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new BridgeError('TypeError', 'Compression takes bytes');
}

function toBridgeError(error: unknown): BridgeError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    const mib = MAX_DECOMPRESSED_BYTES / 1024 / 1024;
    return new BridgeError('TypeError', `The stream unpacks to more than ${mib} MiB`);
  }
  return new BridgeError('TypeError', message);
}
