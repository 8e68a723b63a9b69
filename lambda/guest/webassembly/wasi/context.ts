/** What the WASI functions of one run share, and how they read and write the guest's memory. */

import type { FileSystem } from '../../files/filesystem.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import type { GuestMemory } from '../module/memory.ts';
import { errno, fail, WasiFailure } from './abi.ts';
import type { Clocks } from './clocks.ts';
import type { Descriptors } from './descriptors.ts';

/** Which version of the interface a module was built for. */
export type Edition = 'preview1' | 'unstable';

export interface WasiContext {
  readonly host: Pick<RunHost, 'write' | 'timeLeftMs'>;
  readonly memory: () => GuestMemory;
  readonly files: FileSystem;
  readonly descriptors: Descriptors;
  readonly clocks: Clocks;
}

/** An `i32` parameter arrives as a signed number, an `i64` as a signed bigint. */
export type Parameter = number & bigint;

/** Turns what an operation throws into the error number that WASI functions return. */
export function answering<Parameters extends (number | bigint)[]>(
  operation: (...parameters: Parameters) => void,
): (...parameters: Parameters) => number {
  return (...parameters) => {
    try {
      operation(...parameters);
      return errno.success;
    } catch (error) {
      if (error instanceof WasiFailure) return error.errno;
      throw error;
    }
  };
}

/** @throws {WasiFailure} FAULT where the bytes are not all inside the memory */
export function bytesAt(context: WasiContext, pointer: number, length: number): Uint8Array {
  return context.memory().bytes(pointer, length) ?? fail('fault');
}

/** A view on memory of which `length` bytes at `pointer` are checked to be there. */
export function viewAt(context: WasiContext, pointer: number, length: number): DataView {
  const { buffer, byteOffset } = bytesAt(context, pointer, length);
  return new DataView(buffer, byteOffset, length);
}

export function putU32(context: WasiContext, pointer: number, value: number): void {
  viewAt(context, pointer, 4).setUint32(0, value, true);
}

export function putU64(context: WasiContext, pointer: number, value: bigint): void {
  viewAt(context, pointer, 8).setBigUint64(0, value, true);
}

/** @throws {WasiFailure} ILSEQ where the path is not UTF-8 */
export function pathAt(context: WasiContext, pointer: number, length: number): string {
  if (length >>> 0 > MAX_PATH_BYTES) fail('nametoolong');
  try {
    return utf8.decode(bytesAt(context, pointer, length));
  } catch (error) {
    if (error instanceof WasiFailure) throw error;
    return fail('ilseq');
  }
}

const MAX_PATH_BYTES = 4096;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The buffers of a scatter or gather list; together under 4 GiB. */
export function buffersAt(context: WasiContext, pointer: number, count: number): Uint8Array[] {
  const length = (count >>> 0) * 8;
  if (length > context.memory().byteLength) fail('fault');
  const list = viewAt(context, pointer, length);
  const buffers: Uint8Array[] = [];
  let total = 0;
  for (let offset = 0; offset < length; offset += 8) {
    const size = list.getUint32(offset + 4, true);
    total += size;
    if (total > 0xffff_ffff) fail('inval');
    if (size > 0) buffers.push(bytesAt(context, list.getUint32(offset, true), size));
  }
  return buffers;
}
