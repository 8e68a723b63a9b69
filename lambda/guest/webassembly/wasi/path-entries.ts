/** `path_*` for directories and the names in them: make, remove, rename. */

import { createDirectory, removeDirectory, rename, unlinkFile } from '../../files/entries.ts';
import { rights } from './abi.ts';
import type { WasiContext } from './context.ts';
import { locateName } from './path-location.ts';

export function entryOperations(context: WasiContext) {
  const { files } = context;
  return {
    path_create_directory(fd: number, pointer: number, length: number): void {
      createDirectory(files, locateName(context, fd, rights.pathCreateDirectory, pointer, length));
    },

    path_remove_directory(fd: number, pointer: number, length: number): void {
      removeDirectory(files, locateName(context, fd, rights.pathRemoveDirectory, pointer, length));
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
      rename(files, from, to);
    },

    path_unlink_file(fd: number, pointer: number, length: number): void {
      unlinkFile(files, locateName(context, fd, rights.pathUnlinkFile, pointer, length));
    },
  };
}
