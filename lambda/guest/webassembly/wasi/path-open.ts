/** `path_open`. */

import type { DirectoryNode, FileNode, FileSystem, Location } from '../../files/filesystem.ts';
import { directoryRights, fail, fdflags, fileRights, oflags, rights } from './abi.ts';
import { bytesAt, putU32, type WasiContext } from './context.ts';
import type { DirectoryDescriptor } from './descriptors.ts';
import { locate } from './path-location.ts';

export function openOperations(context: WasiContext) {
  const { descriptors, files } = context;
  return {
    path_open(
      fd: number,
      lookup: number,
      pointer: number,
      length: number,
      open: number,
      base: bigint,
      inheriting: bigint,
      flags: number,
      result: number,
    ): void {
      const directory = descriptors.directory(fd, rights.pathOpen);
      if ((open & ~oflags.all) !== 0 || (flags & ~fdflags.all) !== 0) fail('inval');
      if ((open & oflags.creat) !== 0 && (open & oflags.directory) !== 0) fail('inval');
      const follow = (open & oflags.excl) !== 0 && (open & oflags.creat) !== 0 ? 0 : lookup;
      const location = locate(context, fd, 0n, follow, pointer, length);
      bytesAt(context, result, 4);
      const node = openable(files, directory, location, open);
      if (node.kind === 'directory') {
        if ((base & rights.fdWrite) !== 0n) fail('isdir');
        const granted = base & directory.inheriting & directoryRights;
        const passed = inheriting & directory.inheriting;
        putU32(
          context,
          result,
          descriptors.add({
            kind: 'directory',
            node,
            preopen: null,
            base: granted,
            inheriting: passed,
            flags,
          }),
        );
        return;
      }
      const granted = base & directory.inheriting & fileRights;
      const number = descriptors.add({
        kind: 'file',
        node,
        position: 0n,
        base: granted,
        inheriting: 0n,
        flags,
      });
      putU32(context, result, number);
      if ((open & oflags.trunc) !== 0) files.resize(node, 0);
    },
  };
}

/** What `path_open` is to open, made where the flags say so. */
function openable(
  files: FileSystem,
  directory: DirectoryDescriptor,
  { parent, name, node, wantsDirectory }: Location,
  open: number,
): FileNode | DirectoryNode {
  const creating = (open & oflags.creat) !== 0;
  const truncating = (open & oflags.trunc) !== 0;
  if (truncating && (directory.base & rights.pathFilestatSetSize) === 0n) fail('notcapable');
  if (!node) {
    if (!creating || name === null) fail('noent');
    if ((directory.base & rights.pathCreateFile) === 0n) fail('notcapable');
    if (wantsDirectory) fail('isdir');
    return files.makeFile(parent, name);
  }
  if (creating && (open & oflags.excl) !== 0) fail('exist');
  if (node.kind === 'symlink') fail('loop');
  if (node.kind === 'directory') {
    if (creating || truncating) fail('isdir');
    return node;
  }
  if ((open & oflags.directory) !== 0) fail('notdir');
  return node;
}
