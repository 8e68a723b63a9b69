/** Bytes: as scripts pass them (Web IDL's `BufferSource`), and as the host receives them. */

import { getterOf, holds } from './webidl/brand.ts';
import { invalidArgument } from './webidl/errors.ts';

const byteLengthOf = getterOf(ArrayBuffer.prototype, 'byteLength');
const sharedByteLengthOf = getterOf(SharedArrayBuffer.prototype, 'byteLength');

/** The bytes that an ArrayBuffer, a typed array or a DataView shows, not copied; `null` for anything else. */
export function viewBytes(value: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return isArrayBuffer(value) ? new Uint8Array(value) : null;
}

/**
 * The bytes of a `BufferSource`, not copied.
 * @throws {TypeError} for anything else
 */
export function toBytes(value: unknown, name: string): Uint8Array {
  const bytes = viewBytes(value);
  if (bytes !== null) return bytes;
  throw invalidArgument(name, 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
}

/** The bytes as an `ArrayBuffer` of their own, for the host. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return isUnsharedBuffer(buffer) && bytes.byteLength === buffer.byteLength
    ? buffer
    : bytes.slice().buffer;
}

/** Joins chunks in new memory. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

/** An `ArrayBuffer` or a `SharedArrayBuffer`. */
function isArrayBuffer(value: unknown): value is ArrayBufferLike {
  return isUnsharedBuffer(value) || holds(sharedByteLengthOf, value);
}

function isUnsharedBuffer(value: unknown): value is ArrayBuffer {
  return holds(byteLengthOf, value);
}
