/** `fd_*` for directories: those that are open from the start, and what is in them. */

import type { Node } from '../../files/filesystem.ts';
import { fail, rights } from './abi.ts';
import { bytesAt, putU32, viewAt, type WasiContext } from './context.ts';
import { type Descriptor, type DirectoryDescriptor, filetypeOf } from './descriptors.ts';

export function directoryOperations(context: WasiContext) {
  const { descriptors } = context;
  return {
    fd_prestat_get(fd: number, result: number): void {
      const { name } = preopened(descriptors.get(fd));
      const view = viewAt(context, result, 8);
      view.setUint32(0, 0, true);
      view.setUint32(4, name.length, true);
    },

    fd_prestat_dir_name(fd: number, pointer: number, length: number): void {
      const { name } = preopened(descriptors.get(fd));
      if (length >>> 0 < name.length) fail('nametoolong');
      bytesAt(context, pointer, name.length).set(name);
    },

    fd_readdir(fd: number, pointer: number, length: number, cookie: bigint, result: number): void {
      const descriptor = descriptors.directory(fd, rights.fdReaddir);
      const buffer = bytesAt(context, pointer, length);
      let used = 0;
      for (const record of directoryRecords(descriptor, cookie)) {
        const fitting = Math.min(record.length, buffer.length - used);
        buffer.set(record.subarray(0, fitting), used);
        used += fitting;
        if (used === buffer.length) break;
      }
      putU32(context, result, used);
    },
  };
}

function preopened(descriptor: Descriptor): { name: Uint8Array } {
  if (descriptor.kind !== 'directory' || descriptor.preopen === null) fail('badf');
  return { name: new TextEncoder().encode(descriptor.preopen) };
}

/** `dirent` records after a cookie: the two dots first, then entries in the order they were made. */
function* directoryRecords({ node }: DirectoryDescriptor, cookie: bigint): Generator<Uint8Array> {
  const after = BigInt.asUintN(64, cookie);
  if (after < 1n) yield directoryRecord('.', node, 1n);
  if (after < 2n) yield directoryRecord('..', node.parent, 2n);
  for (const [name, entry] of node.entries) {
    if (entry.cookie > after) yield directoryRecord(name, entry.node, entry.cookie);
  }
}

function directoryRecord(name: string, node: Node, cookie: bigint): Uint8Array {
  const encoded = new TextEncoder().encode(name);
  const record = new Uint8Array(24 + encoded.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, cookie, true);
  view.setBigUint64(8, node.ino, true);
  view.setUint32(16, encoded.length, true);
  view.setUint8(20, filetypeOf(node));
  record.set(encoded, 24);
  return record;
}
