/** `fd_*`: what programs do with open descriptors. */

import { errno, fail, fdflags, filetype, rights, WasiFailure } from './abi.ts';
import type { Edition, WasiContext } from './context.ts';
import { buffersAt, bytesAt, putU32, putU64, viewAt } from './context.ts';
import type { Descriptor, DirectoryDescriptor, FileDescriptor } from './descriptors.ts';
import { demand, filetypeOf } from './descriptors.ts';
import type { Node } from './filesystem.ts';

const maxOffset = BigInt(Number.MAX_SAFE_INTEGER);

export function fileOperations(context: WasiContext, edition: Edition) {
  const { descriptors, files } = context;
  const file = (fd: number, right: bigint): FileDescriptor => descriptors.file(fd, right);

  return {
    fd_advise(fd: number, offset: bigint, length: bigint, advice: number): void {
      const { kind } = descriptors.get(fd);
      if (kind === 'directory') fail('badf');
      if (kind !== 'file') fail('spipe');
      if (offset < 0n || length < 0n || advice >>> 0 > 5) fail('inval');
    },

    fd_allocate(fd: number, offset: bigint, length: bigint): void {
      const { node } = file(fd, rights.fdAllocate);
      if (offset < 0n || length <= 0n) fail('inval');
      const size = offset + length;
      if (size > maxOffset) fail('fbig');
      if (size > node.size) files.resize(node, Number(size));
    },

    fd_close: (fd: number): void => descriptors.close(fd),

    fd_datasync: (fd: number): void => void descriptors.get(fd),
    fd_sync: (fd: number): void => void descriptors.get(fd),

    fd_fdstat_get(fd: number, result: number): void {
      const descriptor = descriptors.get(fd);
      const view = viewAt(context, result, 24);
      view.setUint8(0, 'node' in descriptor ? filetypeOf(descriptor.node) : filetype.unknown);
      view.setUint8(1, 0);
      view.setUint16(2, descriptor.flags, true);
      view.setUint32(4, 0, true);
      view.setBigUint64(8, descriptor.base, true);
      view.setBigUint64(16, descriptor.inheriting, true);
    },

    fd_fdstat_set_flags(fd: number, flags: number): void {
      const descriptor = descriptors.get(fd);
      demand(descriptor, rights.fdFdstatSetFlags);
      if ((flags & ~fdflags.all) !== 0) fail('inval');
      descriptor.flags = flags;
    },

    fd_fdstat_set_rights(fd: number, base: bigint, inheriting: bigint): void {
      const descriptor = descriptors.get(fd);
      if ((base & ~descriptor.base) !== 0n || (inheriting & ~descriptor.inheriting) !== 0n) {
        fail('notcapable');
      }
      descriptor.base = base;
      descriptor.inheriting = inheriting;
    },

    fd_filestat_get(fd: number, result: number): void {
      const descriptor = descriptors.get(fd);
      demand(descriptor, rights.fdFilestatGet);
      putFilestat(context, edition, result, 'node' in descriptor ? descriptor.node : null);
    },

    fd_filestat_set_size(fd: number, size: bigint): void {
      const { node } = file(fd, rights.fdFilestatSetSize);
      if (size < 0n) fail('inval');
      if (size > maxOffset) fail('fbig');
      files.resize(node, Number(size));
    },

    fd_filestat_set_times(fd: number, accessed: bigint, modified: bigint, flags: number): void {
      const descriptor = descriptors.get(fd);
      demand(descriptor, rights.fdFilestatSetTimes);
      if (!('node' in descriptor)) fail('inval');
      files.setTimes(descriptor.node, accessed, modified, flags);
    },

    fd_pread(fd: number, list: number, count: number, offset: bigint, result: number): void {
      const descriptor = seekable(descriptors.get(fd));
      demand(descriptor, rights.fdRead);
      if (offset < 0n) fail('inval');
      const read = readFile(descriptor, offset, buffersAt(context, list, count));
      putU32(context, result, read);
    },

    fd_pwrite(fd: number, list: number, count: number, offset: bigint, result: number): void {
      const descriptor = seekable(descriptors.get(fd));
      demand(descriptor, rights.fdWrite);
      if (offset < 0n) fail('inval');
      const appending = (descriptor.flags & fdflags.append) !== 0;
      const start = appending ? BigInt(descriptor.node.size) : offset;
      const written = writeFile(context, descriptor, start, buffersAt(context, list, count));
      putU32(context, result, written);
    },

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

    fd_read(fd: number, list: number, count: number, result: number): void {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === 'directory') fail('isdir');
      demand(descriptor, rights.fdRead);
      const buffers = buffersAt(context, list, count);
      if (descriptor.kind === 'file') {
        const read = readFile(descriptor, descriptor.position, buffers);
        putU32(context, result, read);
        descriptor.position += BigInt(read);
        files.touch(descriptor.node);
        return;
      }
      if (descriptor.kind === 'output') fail('badf');
      const read = scatter(descriptor.bytes.subarray(descriptor.position), buffers);
      putU32(context, result, read);
      descriptor.position += read;
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

    fd_renumber: (from: number, to: number): void => descriptors.renumber(from, to),

    fd_seek(fd: number, offset: bigint, whence: number, result: number): void {
      const descriptor = seekable(descriptors.get(fd));
      const origin = whences[edition][whence];
      if (!origin) fail('inval');
      const still = origin === 'current' && offset === 0n;
      demand(descriptor, still ? rights.fdTell : rights.fdSeek);
      const starts = { start: 0n, current: descriptor.position, end: BigInt(descriptor.node.size) };
      const position = starts[origin] + offset;
      if (position < 0n || position > maxOffset) fail('inval');
      putU64(context, result, position);
      descriptor.position = position;
    },

    fd_tell(fd: number, result: number): void {
      const descriptor = seekable(descriptors.get(fd));
      demand(descriptor, rights.fdTell);
      putU64(context, result, descriptor.position);
    },

    fd_write(fd: number, list: number, count: number, result: number): void {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === 'directory') fail('isdir');
      demand(descriptor, rights.fdWrite);
      const buffers = buffersAt(context, list, count);
      if (descriptor.kind === 'file') {
        const appending = (descriptor.flags & fdflags.append) !== 0;
        const start = appending ? BigInt(descriptor.node.size) : descriptor.position;
        const written = writeFile(context, descriptor, start, buffers);
        descriptor.position = start + BigInt(written);
        putU32(context, result, written);
        return;
      }
      if (descriptor.kind === 'input') fail('badf');
      putU32(context, result, totalOf(buffers));
      for (const buffer of gather(buffers)) {
        if (!context.host.write(descriptor.stream, buffer)) break;
      }
    },
  };
}

/** Lays out a `filestat`; a stream has neither inode nor times. */
export function putFilestat(
  context: WasiContext,
  edition: Edition,
  pointer: number,
  node: Node | null,
): void {
  const narrow = edition === 'unstable';
  const view = viewAt(context, pointer, narrow ? 56 : 64);
  view.setBigUint64(0, node ? 1n : 0n, true);
  view.setBigUint64(8, node?.ino ?? 0n, true);
  view.setBigUint64(16, 0n, true);
  view.setUint8(16, node ? filetypeOf(node) : filetype.unknown);
  if (narrow) view.setUint32(20, node?.links ?? 1, true);
  else view.setBigUint64(24, BigInt(node?.links ?? 1), true);
  const rest = narrow ? 24 : 32;
  view.setBigUint64(rest, BigInt(sizeOf(node)), true);
  view.setBigUint64(rest + 8, node?.accessed ?? 0n, true);
  view.setBigUint64(rest + 16, node?.modified ?? 0n, true);
  view.setBigUint64(rest + 24, node?.changed ?? 0n, true);
}

const whences = {
  preview1: ['start', 'current', 'end'],
  unstable: ['current', 'end', 'start'],
} as const satisfies Record<Edition, readonly string[]>;

function sizeOf(node: Node | null): number {
  if (node?.kind === 'file') return node.size;
  return node?.kind === 'symlink' ? Buffer.byteLength(node.target, 'utf8') : 0;
}

function seekable(descriptor: Descriptor): FileDescriptor {
  if (descriptor.kind === 'directory') fail('isdir');
  return descriptor.kind === 'file' ? descriptor : fail('spipe');
}

function preopened(descriptor: Descriptor): { name: Uint8Array } {
  if (descriptor.kind !== 'directory' || descriptor.preopen === null) fail('badf');
  return { name: new TextEncoder().encode(descriptor.preopen) };
}

function readFile({ node }: FileDescriptor, offset: bigint, buffers: Uint8Array[]): number {
  if (offset >= BigInt(node.size)) return 0;
  return scatter(node.buffer.subarray(Number(offset), node.size), buffers);
}

/** Writes what fits the quota: a short count where some does, NOSPC where nothing does. */
function writeFile(
  { files }: WasiContext,
  { node }: FileDescriptor,
  offset: bigint,
  buffers: Uint8Array[],
): number {
  if (offset + BigInt(totalOf(buffers)) > maxOffset) fail('fbig');
  const start = Number(offset);
  let written = 0;
  for (const buffer of buffers) {
    try {
      files.write(node, start + written, buffer);
    } catch (error) {
      if (written === 0 || !(error instanceof WasiFailure) || error.errno !== errno.nospc)
        throw error;
      return written;
    }
    written += buffer.length;
  }
  return written;
}

/** Copies as much as there is into as many buffers as there are. */
function scatter(source: Uint8Array, buffers: readonly Uint8Array[]): number {
  let read = 0;
  for (const buffer of buffers) {
    if (read === source.length) break;
    const piece = source.subarray(read, read + buffer.length);
    buffer.set(piece);
    read += piece.length;
  }
  return read;
}

const maxGatheredBytes = 65_536;

/** Joins small buffers, so that a line written in pieces leaves the sandbox as one. */
function gather(buffers: Uint8Array[]): Uint8Array[] {
  if (buffers.length < 2 || totalOf(buffers) > maxGatheredBytes) return buffers;
  return [Buffer.concat(buffers)];
}

function totalOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
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
