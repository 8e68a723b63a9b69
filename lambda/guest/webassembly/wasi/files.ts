/** `fd_*`: reads, writes, sizes and closes what a program has open. */

import { contentFrom, MAX_OFFSET, setSize, writeAt } from '../../files/contents.ts';
import { errno, fail, fdflags, rights, WasiFailure } from './abi.ts';
import { buffersAt, type Edition, putU32, putU64, type WasiContext } from './context.ts';
import { type Descriptor, demand, type FileDescriptor } from './descriptors.ts';

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
      if (size > node.size) setSize(files, node, size);
    },

    fd_close: (fd: number): void => descriptors.close(fd),

    fd_datasync: (fd: number): void => void descriptors.get(fd),
    fd_sync: (fd: number): void => void descriptors.get(fd),

    fd_filestat_set_size(fd: number, size: bigint): void {
      const { node } = file(fd, rights.fdFilestatSetSize);
      setSize(files, node, size);
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

    fd_renumber: (from: number, to: number): void => descriptors.renumber(from, to),

    fd_seek(fd: number, offset: bigint, whence: number, result: number): void {
      const descriptor = seekable(descriptors.get(fd));
      const origin = whences[edition][whence];
      if (!origin) fail('inval');
      const still = origin === 'current' && offset === 0n;
      demand(descriptor, still ? rights.fdTell : rights.fdSeek);
      const starts = { start: 0n, current: descriptor.position, end: BigInt(descriptor.node.size) };
      const position = starts[origin] + offset;
      if (position < 0n || position > MAX_OFFSET) fail('inval');
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

const whences = {
  preview1: ['start', 'current', 'end'],
  unstable: ['current', 'end', 'start'],
} as const satisfies Record<Edition, readonly string[]>;

function seekable(descriptor: Descriptor): FileDescriptor {
  if (descriptor.kind === 'directory') fail('isdir');
  return descriptor.kind === 'file' ? descriptor : fail('spipe');
}

function readFile({ node }: FileDescriptor, offset: bigint, buffers: Uint8Array[]): number {
  return scatter(contentFrom(node, offset), buffers);
}

/** Writes what fits the quota: a short count where some does, NOSPC where nothing does. */
function writeFile(
  { files }: WasiContext,
  { node }: FileDescriptor,
  offset: bigint,
  buffers: Uint8Array[],
): number {
  if (offset + BigInt(totalOf(buffers)) > MAX_OFFSET) fail('fbig');
  let written = 0;
  for (const buffer of buffers) {
    try {
      writeAt(files, node, offset + BigInt(written), buffer);
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

const MAX_GATHERED_BYTES = 65_536;

/** Joins small buffers, so that a line written in pieces leaves the sandbox as one. */
function gather(buffers: Uint8Array[]): Uint8Array[] {
  if (buffers.length < 2 || totalOf(buffers) > MAX_GATHERED_BYTES) return buffers;
  return [Buffer.concat(buffers)];
}

function totalOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}
