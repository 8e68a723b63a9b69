/** `path_*`: what programs do with names, always below an open directory. */

import {
  directoryRights,
  fail,
  fdflags,
  fileRights,
  lookupSymlinkFollow,
  oflags,
  rights,
} from './abi.ts';
import type { Edition, WasiContext } from './context.ts';
import { bytesAt, pathAt, putU32 } from './context.ts';
import type { DirectoryDescriptor } from './descriptors.ts';
import { putFilestat } from './files.ts';
import type { DirectoryNode, FileNode, Location, Node } from './filesystem.ts';

export function pathOperations(context: WasiContext, edition: Edition) {
  const { descriptors, files } = context;
  const locate = (
    fd: number,
    right: bigint,
    flags: number,
    pointer: number,
    length: number,
  ): Location => {
    const directory = descriptors.directory(fd, right);
    if ((flags & ~lookupSymlinkFollow) !== 0) fail('inval');
    const path = pathAt(context, pointer, length);
    return files.resolve(directory.node, path, (flags & lookupSymlinkFollow) !== 0);
  };
  const found = (location: Location): Node => location.node ?? fail('noent');

  return {
    path_create_directory(fd: number, pointer: number, length: number): void {
      const { parent, name, node } = locate(fd, rights.pathCreateDirectory, 0, pointer, length);
      if (node || name === null) fail('exist');
      files.makeDirectory(parent, name);
    },

    path_filestat_get(
      fd: number,
      flags: number,
      pointer: number,
      length: number,
      result: number,
    ): void {
      const location = locate(fd, rights.pathFilestatGet, flags, pointer, length);
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
      const location = locate(fd, rights.pathFilestatSetTimes, flags, pointer, length);
      files.setTimes(found(location), accessed, modified, times);
    },

    path_link(
      fromFd: number,
      flags: number,
      fromPointer: number,
      fromLength: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ): void {
      const source = found(locate(fromFd, rights.pathLinkSource, flags, fromPointer, fromLength));
      const { parent, name, node, wantsDirectory } = locate(
        toFd,
        rights.pathLinkTarget,
        0,
        toPointer,
        toLength,
      );
      if (node || name === null) fail('exist');
      if (wantsDirectory) fail('noent');
      if (source.kind === 'directory') fail('perm');
      files.link(parent, name, source);
    },

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
      const location = locate(fd, 0n, follow, pointer, length);
      bytesAt(context, result, 4);
      const node = openable(directory, location, open);
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

    path_readlink(
      fd: number,
      pointer: number,
      length: number,
      buffer: number,
      size: number,
      result: number,
    ): void {
      const node = found(locate(fd, rights.pathReadlink, 0, pointer, length));
      if (node.kind !== 'symlink') fail('inval');
      const target = new TextEncoder().encode(node.target).subarray(0, size >>> 0);
      bytesAt(context, buffer, target.length).set(target);
      putU32(context, result, target.length);
    },

    path_remove_directory(fd: number, pointer: number, length: number): void {
      const location = locate(fd, rights.pathRemoveDirectory, 0, pointer, length);
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
      const from = locate(fromFd, rights.pathRenameSource, 0, fromPointer, fromLength);
      const to = locate(toFd, rights.pathRenameTarget, 0, toPointer, toLength);
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

    path_symlink(
      targetPointer: number,
      targetLength: number,
      fd: number,
      pointer: number,
      length: number,
    ): void {
      const target = pathAt(context, targetPointer, targetLength);
      const { parent, name, node, wantsDirectory } = locate(
        fd,
        rights.pathSymlink,
        0,
        pointer,
        length,
      );
      if (node || name === null) fail('exist');
      if (wantsDirectory) fail('noent');
      files.makeSymlink(parent, name, target);
    },

    path_unlink_file(fd: number, pointer: number, length: number): void {
      const { parent, name, node } = locate(fd, rights.pathUnlinkFile, 0, pointer, length);
      if (!node) fail('noent');
      if (node.kind === 'directory' || name === null) fail('isdir');
      files.unlink(parent, name);
    },
  };

  /** What `path_open` is to open, made where the flags say so. */
  function openable(
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
}

function isWithin(directory: DirectoryNode, ancestor: DirectoryNode): boolean {
  for (let current = directory; ; current = current.parent) {
    if (current === ancestor) return true;
    if (current.parent === current) return false;
  }
}
