/** `path_*` for hard and symbolic links. */

import { fail, rights } from './abi.ts';
import { bytesAt, pathAt, putU32, type WasiContext } from './context.ts';
import { found, locate, locateName } from './path-location.ts';

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
      const source = found(
        locate(context, fromFd, rights.pathLinkSource, flags, fromPointer, fromLength),
      );
      const { parent, name, node, wantsDirectory } = locateName(
        context,
        toFd,
        rights.pathLinkTarget,
        toPointer,
        toLength,
      );
      if (node || name === null) fail('exist');
      if (wantsDirectory) fail('noent');
      if (source.kind === 'directory') fail('perm');
      files.link(parent, name, source);
    },

    path_readlink(
      fd: number,
      pointer: number,
      length: number,
      buffer: number,
      size: number,
      result: number,
    ): void {
      const node = found(locate(context, fd, rights.pathReadlink, 0, pointer, length));
      if (node.kind !== 'symlink') fail('inval');
      const target = new TextEncoder().encode(node.target).subarray(0, size >>> 0);
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
      const { parent, name, node, wantsDirectory } = locateName(
        context,
        fd,
        rights.pathSymlink,
        pointer,
        length,
      );
      if (node || name === null) fail('exist');
      if (wantsDirectory) fail('noent');
      files.makeSymlink(parent, name, target);
    },
  };
}
