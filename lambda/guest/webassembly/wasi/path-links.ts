/** `path_*` for hard and symbolic links. */

import { createSymlink, linkFile, readSymlink } from '../../files/entries.ts';
import { rights } from './abi.ts';
import { bytesAt, pathAt, putU32, type WasiContext } from './context.ts';
import { locate, locateName } from './path-location.ts';

export function linkOperations(context: WasiContext) {
  const { files } = context;
  return {
    path_link(
      fromFd: number,
      flags: number,
      fromPointer: number,
      fromLength: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ): void {
      const from = locate(context, fromFd, rights.pathLinkSource, flags, fromPointer, fromLength);
      const to = locateName(context, toFd, rights.pathLinkTarget, toPointer, toLength);
      linkFile(files, from, to);
    },

    path_readlink(
      fd: number,
      pointer: number,
      length: number,
      buffer: number,
      size: number,
      result: number,
    ): void {
      const link = readSymlink(locate(context, fd, rights.pathReadlink, 0, pointer, length));
      const target = new TextEncoder().encode(link).subarray(0, size >>> 0);
      bytesAt(context, buffer, target.length).set(target);
      putU32(context, result, target.length);
    },

    path_symlink(
      targetPointer: number,
      targetLength: number,
      fd: number,
      pointer: number,
      length: number,
    ): void {
      const target = pathAt(context, targetPointer, targetLength);
      createSymlink(files, target, locateName(context, fd, rights.pathSymlink, pointer, length));
    },
  };
}
