/** Where a path of the guest leads, from an open directory that grants the right to go there. */

import { fail, lookupSymlinkFollow } from './abi.ts';
import { pathAt, type WasiContext } from './context.ts';
import type { Location, Node } from './filesystem.ts';

/**
 * @param flags whether a symbolic link at the end is followed
 * @param pointer of the path, `length` bytes of UTF-8
 * @throws {WasiFailure}
 */
export function locate(
  context: WasiContext,
  fd: number,
  right: bigint,
  flags: number,
  pointer: number,
  length: number,
): Location {
  const directory = context.descriptors.directory(fd, right);
  if ((flags & ~lookupSymlinkFollow) !== 0) fail('inval');
  const path = pathAt(context, pointer, length);
  return context.files.resolve(directory.node, path, (flags & lookupSymlinkFollow) !== 0);
}

/** @throws {WasiFailure} NOENT where nothing is there */
export function found({ node }: Location): Node {
  return node ?? fail('noent');
}
