/** What programs do with the names of a file system: open, make, remove, rename and link them. */

import { fail } from './failure.ts';
import type { DirectoryNode, FileNode, FileSystem, Location, Node } from './filesystem.ts';

export interface OpenFlags {
  /** Make the file where there is none. */
  readonly create: boolean;
  readonly directory: boolean;
  /** Fail where `create` finds something. */
  readonly exclusive: boolean;
  /** Of a file that is there; whoever opens it does that. */
  readonly truncate: boolean;
}

/** @throws {WasiFailure} NOENT where nothing is there */
export function found({ node }: Location): Node {
  return node ?? fail('noent');
}

/**
 * What is to be opened, made where the flags say so.
 * @throws {WasiFailure}
 */
export function openNode(
  files: FileSystem,
  { parent, name, node, wantsDirectory }: Location,
  { create, directory, exclusive, truncate }: OpenFlags,
): FileNode | DirectoryNode {
  if (!node) {
    if (!create || name === null) fail('noent');
    if (wantsDirectory) fail('isdir');
    return files.makeFile(parent, name);
  }
  if (create && exclusive) fail('exist');
  if (node.kind === 'symlink') fail('loop');
  if (node.kind === 'directory') {
    if (create || truncate) fail('isdir');
    return node;
  }
  if (directory) fail('notdir');
  return node;
}

/** @throws {WasiFailure} */
export function createDirectory(files: FileSystem, { parent, name, node }: Location): void {
  if (node || name === null) fail('exist');
  files.makeDirectory(parent, name);
}

/** @throws {WasiFailure} */
export function removeDirectory(files: FileSystem, location: Location): void {
  const node = found(location);
  if (node.kind !== 'directory') fail('notdir');
  if (location.name === null) fail('inval');
  if (node.entries.size > 0) fail('notempty');
  files.unlink(location.parent, location.name);
}

/** @throws {WasiFailure} */
export function rename(files: FileSystem, from: Location, to: Location): void {
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
}

function isWithin(directory: DirectoryNode, ancestor: DirectoryNode): boolean {
  for (let current = directory; ; current = current.parent) {
    if (current === ancestor) return true;
    if (current.parent === current) return false;
  }
}

/** @throws {WasiFailure} */
export function unlinkFile(files: FileSystem, location: Location): void {
  const node = found(location);
  if (node.kind === 'directory' || location.name === null) fail('isdir');
  if (location.wantsDirectory) fail('notdir');
  files.unlink(location.parent, location.name);
}

/** @throws {WasiFailure} */
export function linkFile(files: FileSystem, from: Location, to: Location): void {
  const source = found(from);
  const { parent, name } = newName(to);
  if (source.kind === 'directory') fail('perm');
  files.link(parent, name, source);
}

/** @throws {WasiFailure} */
export function createSymlink(files: FileSystem, target: string, location: Location): void {
  const { parent, name } = newName(location);
  files.makeSymlink(parent, name, target);
}

/** @throws {WasiFailure} INVAL for anything but a symbolic link */
export function readSymlink(location: Location): string {
  const node = found(location);
  return node.kind === 'symlink' ? node.target : fail('inval');
}

function newName({ parent, name, node, wantsDirectory }: Location) {
  if (node || name === null) fail('exist');
  if (wantsDirectory) fail('noent');
  return { parent, name };
}
