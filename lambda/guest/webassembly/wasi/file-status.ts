/** `fdstat` and `filestat`: flags and rights of descriptors, times and sizes of what they lead to. */

import { sizeOf } from '../../files/contents.ts';
import { found } from '../../files/entries.ts';
import type { NewTime, Node } from '../../files/filesystem.ts';
import { fail, fdflags, filetype, fstflags, rights } from './abi.ts';
import { type Edition, viewAt, type WasiContext } from './context.ts';
import { demand, filetypeOf } from './descriptors.ts';
import { locate } from './path-location.ts';

export function statusOperations(context: WasiContext, edition: Edition) {
  const { descriptors } = context;
  return {
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

    fd_filestat_set_times(fd: number, accessed: bigint, modified: bigint, flags: number): void {
      const descriptor = descriptors.get(fd);
      demand(descriptor, rights.fdFilestatSetTimes);
      if (!('node' in descriptor)) fail('inval');
      setTimes(context, descriptor.node, accessed, modified, flags);
    },

    path_filestat_get(
      fd: number,
      flags: number,
      pointer: number,
      length: number,
      result: number,
    ): void {
      const location = locate(context, fd, rights.pathFilestatGet, flags, pointer, length);
      putFilestat(context, edition, result, found(location));
    },

    path_filestat_set_times(
      fd: number,
      flags: number,
      pointer: number,
      length: number,
      accessed: bigint,
      modified: bigint,
      times: number,
    ): void {
      const location = locate(context, fd, rights.pathFilestatSetTimes, flags, pointer, length);
      setTimes(context, found(location), accessed, modified, times);
    },
  };
}

function setTimes(
  { files }: WasiContext,
  node: Node,
  accessed: bigint,
  modified: bigint,
  flags: number,
): void {
  if ((flags & ~fstflags.all) !== 0) fail('inval');
  const chosen = (time: bigint, setsIt: number, setsNow: number): NewTime => {
    if ((flags & setsIt) === 0) return (flags & setsNow) === 0 ? null : 'now';
    return (flags & setsNow) === 0 ? time : fail('inval');
  };
  files.setTimes(
    node,
    chosen(accessed, fstflags.atim, fstflags.atimNow),
    chosen(modified, fstflags.mtim, fstflags.mtimNow),
  );
}

/** Lays out a `filestat`; a stream has neither inode nor times. */
function putFilestat(
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
