/**
 * `CompressionStream` and `DecompressionStream`, by Node.js's zlib. The host keeps no state between
 * calls, so the streams keep what was written to them.
 * @see https://compression.spec.whatwg.org/
 */

import { concatenate, viewBytes } from '../core/bytes.ts';
import { preventCloning } from '../core/clone.ts';
import type { Host, Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import { toEnumeration } from '../core/webidl/conversion.ts';
import { withCode } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { mixInTransform, streams, type TransformSides } from './streams.ts';

type Sides = TransformSides<unknown, Uint8Array>;

let host: Host;

let isCompressionStream: (value: unknown) => value is CompressionStream;
let isDecompressionStream: (value: unknown) => value is DecompressionStream;

/** Compresses when the stream is closed, all at once. */
class CompressionStream {
  declare readonly readable: Sides['readable'];
  declare readonly writable: Sides['writable'];
  readonly #sides: Sides;

  static {
    isCompressionStream = (value): value is CompressionStream => isObject(value) && #sides in value;
    mixInTransform(CompressionStream.prototype, (stream) => stream.#sides);
  }

  constructor(format: unknown) {
    const name = toFormat(format, 'CompressionStream');
    const chunks: Uint8Array[] = [];
    const { readable, writable } = new streams.TransformStream<unknown, Uint8Array>({
      transform(chunk) {
        chunks.push(copyBytes(chunk));
      },
      flush(controller) {
        const input = concatenate(chunks.splice(0)).buffer;
        const output = host.call('compression.compress', name, input) as ArrayBuffer;
        controller.enqueue(new Uint8Array(output));
      },
    });
    this.#sides = { readable, writable };
  }
}

/**
 * Decompresses as chunks arrive, from the start each time, but only after the stream has grown by
 * half: together, that costs a small multiple of decompressing it once.
 */
class DecompressionStream {
  declare readonly readable: Sides['readable'];
  declare readonly writable: Sides['writable'];
  readonly #sides: Sides;

  static {
    isDecompressionStream = (value): value is DecompressionStream =>
      isObject(value) && #sides in value;
    mixInTransform(DecompressionStream.prototype, (stream) => stream.#sides);
  }

  constructor(format: unknown) {
    const name = toFormat(format, 'DecompressionStream');
    let chunks: Uint8Array[] = [];
    let lastLength = 0;
    let written = 0;
    let given = 0;
    const decompress = (ended: boolean): Uint8Array => {
      const input = concatenate(chunks);
      chunks = [input];
      lastLength = written;
      const output = host.call('compression.decompress', name, input.buffer, given, ended);
      const bytes = new Uint8Array(output as ArrayBuffer);
      given += bytes.byteLength;
      return bytes;
    };
    const { readable, writable } = new streams.TransformStream<unknown, Uint8Array>({
      transform(chunk, controller) {
        const bytes = copyBytes(chunk);
        chunks.push(bytes);
        written += bytes.byteLength;
        if (written === 0 || written < lastLength * 1.5) return;
        const decompressed = decompress(false);
        if (decompressed.byteLength > 0) controller.enqueue(decompressed);
      },
      flush(controller) {
        const decompressed = decompress(true);
        if (decompressed.byteLength > 0) controller.enqueue(decompressed);
      },
    });
    this.#sides = { readable, writable };
  }
}

const formats = ['deflate', 'deflate-raw', 'gzip', 'brotli'];

function toFormat(value: unknown, className: string): string {
  const invalid = (text: string): TypeError =>
    withCode(
      new TypeError(
        `Failed to construct '${className}': 1st argument '${text}' is not a valid enum value of type CompressionFormat.`,
      ),
      'ERR_INVALID_ARG_VALUE',
    );
  return toEnumeration(value, formats, 'format', invalid);
}

/** Copies a chunk, as the script may go on writing to the chunk. */
function copyBytes(chunk: unknown): Uint8Array {
  const bytes = viewBytes(chunk);
  if (bytes === null || Object.prototype.toString.call(bytes.buffer) !== '[object ArrayBuffer]') {
    throw withCode(
      new TypeError(
        'The "chunk" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.',
      ),
      'ERR_INVALID_ARG_TYPE',
    );
  }
  return bytes.slice();
}

export function installCompression(prelude: Prelude): void {
  host = prelude.host;
  const required = { constructor: 1 };
  defineInterface(CompressionStream, 'CompressionStream', { is: isCompressionStream, required });
  defineInterface(DecompressionStream, 'DecompressionStream', {
    is: isDecompressionStream,
    required,
  });
  preventCloning(isCompressionStream);
  preventCloning(isDecompressionStream);
  const describe = ({ readable, writable }: CompressionStream | DecompressionStream): object => ({
    readable,
    writable,
  });
  defineInspection(CompressionStream, describe);
  defineInspection(DecompressionStream, describe);
  prelude.define({ CompressionStream, DecompressionStream });
}
