/** `path_*` for directories and the names in them: make, remove, rename. */

import type { DirectoryNode } from '../../files/filesystem.ts';
import { fail, rights } from './abi.ts';
import type { WasiContext } from './context.ts';
import { found, locateName } from './path-location.ts';

export function entryOperations(context: WasiContext) {
  const { files } = context;
  return {
    path_create_directory(fd: number, pointer: number, length: number): void {
      const { parent, name, node } = locateName(
        context,
        fd,
        rights.pathCreateDirectory,
        pointer,
        length,
      );
      if (node || name === null) fail('exist');
      files.makeDirectory(parent, name);
    },

    path_remove_directory(fd: number, pointer: number, length: number): void {
      const location = locateName(context, fd, rights.pathRemoveDirectory, pointer, length);
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
      const from = locateName(context, fromFd, rights.pathRenameSource, fromPointer, fromLength);
      const to = locateName(context, toFd, rights.pathRenameTarget, toPointer, toLength);
      const node = found(from);
      if (from.name === null || to.name === null) fail('inval');
      if (node.kind !== 'directory' && (from.wantsDirectory || to.wantsDirectory)) fail('notdir');
      if (node === to.node) return;
      if (node.kind === 'directory') {
        if (isWithin(to.parent, node)) fail('inval');
        if (to.node && to.node.kind !== 'directory') fail('notdir');
        if (to.node?.kind === 'directory' && to.node.entries.size > 0) fail('notempty');
      } else if (to.node?.kind === 'directory') {
        fail('isdir');
      }
      if (to.node) files.unlink(to.parent, to.name);
      files.move(from.parent, from.name, to.parent, to.name);
    },

    path_unlink_file(fd: number, pointer: number, length: number): void {
      const location = locateName(context, fd, rights.pathUnlinkFile, pointer, length);
      const node = found(location);
      if (node.kind === 'directory' || location.name === null) fail('isdir');
      if (location.wantsDirectory) fail('notdir');
      files.unlink(location.parent, location.name);
    },
  };
}

function isWithin(directory: DirectoryNode, ancestor: DirectoryNode): boolean {
  for (let current = directory; ; current = current.parent) {
    if (current === ancestor) return true;
    if (current.parent === current) return false;
  }
}
