/** Where a path of the guest leads, from an open directory that grants the right to go there. */

import type { LastLink, Location } from '../../files/filesystem.ts';
import { fail, lookupSymlinkFollow } from './abi.ts';
import { pathAt, type WasiContext } from './context.ts';

/**
 * Where the path of something leads.
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
  if ((flags & ~lookupSymlinkFollow) !== 0) fail('inval');
  const lastLink = (flags & lookupSymlinkFollow) !== 0 ? 'followed' : 'itself';
  return resolve(context, fd, right, lastLink, pointer, length);
}

/**
 * Where the name is that is to be made, removed or changed.
 * @param pointer of the path, `length` bytes of UTF-8
 * @throws {WasiFailure}
 */
export function locateName(
  context: WasiContext,
  fd: number,
  right: bigint,
  pointer: number,
  length: number,
): Location {
  return resolve(context, fd, right, 'name', pointer, length);
}

function resolve(
  context: WasiContext,
  fd: number,
  right: bigint,
  lastLink: LastLink,
  pointer: number,
  length: number,
): Location {
  const directory = context.descriptors.directory(fd, right);
  return context.files.resolve(directory.node, pathAt(context, pointer, length), lastLink);
}
