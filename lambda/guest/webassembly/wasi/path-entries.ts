/** `path_*` for directories and the names in them: make, remove, rename. */

import { fail, rights } from './abi.ts';
import type { WasiContext } from './context.ts';
import type { DirectoryNode } from './filesystem.ts';
import { found, locate } from './path-location.ts';

export function entryOperations(context: WasiContext) {
  const { files } = context;
  return {
    path_create_directory(fd: number, pointer: number, length: number): void {
      const { parent, name, node } = locate(
        context,
        fd,
        rights.pathCreateDirectory,
        0,
        pointer,
        length,
      );
      if (node || name === null) fail('exist');
      files.makeDirectory(parent, name);
    },

    path_remove_directory(fd: number, pointer: number, length: number): void {
      const location = locate(context, fd, rights.pathRemoveDirectory, 0, pointer, length);
      const node = found(location);
      if (node.kind !== 'directory') fail('notdir');
      if (location.name === null) fail('inval');
      if (node.entries.size > 0) fail('notempty');
      files.unlink(location.parent, location.name);
    },

    path_rename(
      fromFd: number,
      fromPointer: number,
      fromLength: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ): void {
      const from = locate(context, fromFd, rights.pathRenameSource, 0, fromPointer, fromLength);
      const to = locate(context, toFd, rights.pathRenameTarget, 0, toPointer, toLength);
      const node = found(from);
      if (from.name === null || to.name === null) fail('inval');
      if (node === to.node) return;
      if (node.kind === 'directory') {
        if (isWithin(to.parent, node)) fail('inval');
        if (to.node && to.node.kind !== 'directory') fail('notdir');
        if (to.node?.kind === 'directory' && to.node.entries.size > 0) fail('notempty');
      } else {
        if (to.node?.kind === 'directory') fail('isdir');
        if (to.wantsDirectory) fail('notdir');
      }
      if (to.node) files.unlink(to.parent, to.name);
      files.move(from.parent, from.name, to.parent, to.name);
    },

    path_unlink_file(fd: number, pointer: number, length: number): void {
      const { parent, name, node } = locate(context, fd, rights.pathUnlinkFile, 0, pointer, length);
      if (!node) fail('noent');
      if (node.kind === 'directory' || name === null) fail('isdir');
      files.unlink(parent, name);
    },
  };
}

function isWithin(directory: DirectoryNode, ancestor: DirectoryNode): boolean {
  for (let current = directory; ; current = current.parent) {
    if (current === ancestor) return true;
    if (current.parent === current) return false;
  }
}
