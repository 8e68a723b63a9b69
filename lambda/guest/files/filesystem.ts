/**
 * A file system in memory with POSIX semantics: files, directories, symbolic and hard links. What
 * it holds is counted against a quota; a removed file is held until nobody has it open.
 */

import { fail } from './failure.ts';
import { type Content, Space } from './space.ts';

/** Files, directories and symbolic links that may exist at once. */
const MAX_NODES = 16_384;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;
/** Where libraries put temporary files, and expect it to be. */
const TEMPORARY = 'tmp';
/** As on Linux: how many symbolic links one path may lead through. */
const MAX_SYMLINKS = 40;

interface Metadata {
  readonly ino: bigint;
  /** Nanoseconds since the epoch. */
  accessed: bigint;
  modified: bigint;
  changed: bigint;
  /** How many names lead here. */
  links: number;
}

export interface FileNode extends Metadata, Content {
  readonly kind: 'file';
  /** The path under which the request gave it; `null` once it is written to, and where it did not. */
  givenAs: string | null;
  /** How many descriptors are open on it. */
  opened: number;
}

export interface DirectoryNode extends Metadata {
  readonly kind: 'directory';
  readonly entries: Map<string, Entry>;
  /** Directories in it that are made when a program goes into them, or looks at them. */
  readonly promised: PromisedFolders;
  parent: DirectoryNode;
}

/** By name, each with what is promised in it. */
interface PromisedFolders extends Map<string, PromisedFolders> {}

interface SymlinkNode extends Metadata {
  readonly kind: 'symlink';
  readonly target: string;
}

export type Node = FileNode | DirectoryNode | SymlinkNode;

export interface Entry {
  readonly node: Node;
  /** Grows with each entry made in the directory, so that a listing can go on where it stopped. */
  readonly cookie: bigint;
}

/**
 * What a symbolic link at the end of a path means: what it leads to, or the link itself. With a slash
 * behind it, `itself` follows the link too, as the slash asks for a directory (POSIX, 4.16). `name` does
 * not: who makes, removes or renames `link/` must not do that to what the link leads to.
 */
export type LastLink = 'followed' | 'itself' | 'name';

/** In nanoseconds since the epoch. */
export type NewTime = bigint | 'now' | null;

/** Where a path leads. */
export interface Location {
  readonly parent: DirectoryNode;
  /** The last component; `null` where the path names a directory by `.` or `..` or is the root. */
  readonly name: string | null;
  readonly node: Node | null;
  /** The path ends in a slash. */
  readonly wantsDirectory: boolean;
}

export class FileSystem {
  readonly root: DirectoryNode;
  readonly #space: Space;
  readonly #now: () => bigint;
  #nodes = 0;
  #lastIno = 0n;
  #lastCookie = 2n;

  /**
   * @param maxBytes quota for file contents, link targets included
   * @param now nanoseconds since the epoch
   */
  constructor(maxBytes: number, now: () => bigint) {
    this.#space = new Space(maxBytes);
    this.#now = now;
    this.root = this.#newDirectory(null);
    this.promiseFolders(`/${TEMPORARY}/`);
  }

  /**
   * Lays down a file of the request, with the directories that lead to it; `null` is a directory.
   * @param path absolute and normalized
   * @throws {WasiFailure} where it does not fit or contradicts another
   */
  provide(path: string, content: Uint8Array | null): void {
    const names = path.split('/').filter((name) => name !== '');
    const last = content === null ? null : names.pop();
    let directory = this.root;
    for (const name of names) {
      const existing = directory.entries.get(name)?.node ?? this.makeDirectory(directory, name);
      if (existing.kind !== 'directory') fail('notdir');
      directory = existing;
    }
    if (content === null) return;
    if (last === undefined || last === null || directory.entries.has(last)) fail('exist');
    const file = this.makeFile(directory, last);
    this.write(file, 0, content);
    file.givenAs = `/${[...names, last].join('/')}`;
  }

  /**
   * Promises the directories that lead to a path. They are made when a program needs them: one that
   * makes them itself, or a link of the name, can do so.
   * @param path absolute and normalized
   */
  promiseFolders(path: string): void {
    let directory: DirectoryNode | null = this.root;
    let { promised } = this.root;
    for (const name of path.split('/').slice(1, -1)) {
      const node: Node | undefined = directory?.entries.get(name)?.node;
      if (node !== undefined && node.kind !== 'directory') return;
      directory = node ?? null;
      const inner: PromisedFolders = directory?.promised ?? promised.get(name) ?? new Map();
      if (directory === null) promised.set(name, inner);
      promised = inner;
    }
  }

  /** The directory of that path, made where it is missing. */
  directory(path: string): DirectoryNode {
    this.provide(path, null);
    const { node } = path === '/' ? { node: this.root } : this.resolve(this.root, path, 'followed');
    return node?.kind === 'directory' ? node : fail('notdir');
  }

  /** A regular file's content by absolute path; `null` where there is none. */
  contentOf(path: string): Uint8Array | null {
    try {
      const { node } = this.resolve(this.root, path.replace(/^\/+/, ''), 'followed');
      return node?.kind === 'file' ? node.buffer.subarray(0, node.size) : null;
    } catch {
      return null;
    }
  }

  /**
   * Follows a path from a directory, never above it.
   * @throws {WasiFailure} where anything but the last component is missing, or the path would leave
   */
  resolve(base: DirectoryNode, path: string, lastLink: LastLink): Location {
    checkPath(path);
    const trail: DirectoryNode[] = [base];
    const pending = path.split('/').reverse();
    let wantsDirectory = path.endsWith('/');
    let symlinks = 0;
    for (;;) {
      const directory = trail[trail.length - 1] ?? base;
      const name = pending.pop();
      if (name === undefined) {
        return { parent: directory.parent, name: null, node: directory, wantsDirectory: true };
      }
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (trail.length === 1) fail('notcapable');
        trail.pop();
        continue;
      }
      if (byteLength(name) > MAX_NAME_BYTES) fail('nametoolong');
      const isLast = pending.every((rest) => rest === '');
      const node =
        directory.entries.get(name)?.node ??
        this.#keepPromise(directory, name, isLast && lastLink === 'name');
      const isFollowed =
        !isLast || lastLink === 'followed' || (lastLink === 'itself' && wantsDirectory);
      if (node?.kind === 'symlink' && isFollowed) {
        symlinks += 1;
        if (symlinks > MAX_SYMLINKS) fail('loop');
        if (node.target.startsWith('/')) fail('notcapable');
        if (isLast && node.target.endsWith('/')) wantsDirectory = true;
        pending.push(...node.target.split('/').reverse());
        continue;
      }
      if (isLast) {
        if (wantsDirectory && node?.kind === 'file') fail('notdir');
        return { parent: directory, name, node, wantsDirectory };
      }
      if (!node) fail('noent');
      if (node.kind !== 'directory') fail('notdir');
      trail.push(node);
    }
  }

  makeFile(parent: DirectoryNode, name: string): FileNode {
    const file: FileNode = {
      kind: 'file',
      ...this.#metadata(),
      buffer: new Uint8Array(0),
      size: 0,
      givenAs: null,
      opened: 0,
    };
    this.#enter(parent, name, file);
    return file;
  }

  makeDirectory(parent: DirectoryNode, name: string): DirectoryNode {
    const directory = this.#newDirectory(parent, parent.promised.get(name));
    this.#enter(parent, name, directory);
    parent.promised.delete(name);
    return directory;
  }

  makeSymlink(parent: DirectoryNode, name: string, target: string): void {
    checkPath(target);
    this.#space.charge(byteLength(target));
    this.#enter(parent, name, { kind: 'symlink', ...this.#metadata(), target });
  }

  link(parent: DirectoryNode, name: string, node: FileNode | SymlinkNode): void {
    node.changed = this.#now();
    this.#enter(parent, name, node);
  }

  /** Takes a name away; what it led to is gone with its last name and descriptor. */
  unlink(parent: DirectoryNode, name: string): void {
    const node = this.#leave(parent, name);
    if (node) this.reclaim(node);
  }

  /** Moves an entry to a name that is free. */
  move(from: DirectoryNode, name: string, to: DirectoryNode, newName: string): void {
    if (to.links === 0) fail('noent');
    const node = this.#leave(from, name);
    if (!node) return;
    node.changed = this.#now();
    if (node.kind === 'directory') node.parent = to;
    this.#enter(to, newName, node);
  }

  /** Frees a node that has neither name nor open descriptor. */
  reclaim(node: Node): void {
    if (node.links > 0 || (node.kind === 'file' && node.opened > 0)) return;
    this.#nodes -= 1;
    if (node.kind === 'file') this.#space.free(node);
    if (node.kind === 'symlink') this.#space.release(byteLength(node.target));
  }

  /** Writes at `offset`, filling a gap with zeroes. */
  write(file: FileNode, offset: number, chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (offset + chunk.length > file.size) this.#space.extend(file, offset + chunk.length);
    file.buffer.set(chunk, offset);
    this.#written(file);
  }

  resize(file: FileNode, size: number): void {
    if (size > file.size) this.#space.extend(file, size);
    else this.#space.shorten(file, size);
    this.#written(file);
  }

  /** Sets times; `null` leaves one as it is. */
  setTimes(node: Node, accessed: NewTime, modified: NewTime): void {
    const now = this.#now();
    if (accessed !== null) node.accessed = accessed === 'now' ? now : accessed;
    if (modified !== null) node.modified = modified === 'now' ? now : modified;
    node.changed = now;
  }

  touch(node: Node): void {
    node.accessed = this.#now();
  }

  /** @param isTaken the program is about to make the name itself, which it cannot do with `/tmp` */
  #keepPromise(directory: DirectoryNode, name: string, isTaken: boolean): DirectoryNode | null {
    if (!directory.promised.has(name)) return null;
    const isFree = isTaken && !(directory === this.root && name === TEMPORARY);
    return isFree ? null : this.makeDirectory(directory, name);
  }

  #written(file: FileNode): void {
    file.givenAs = null;
    file.modified = this.#now();
    file.changed = file.modified;
  }

  #enter(parent: DirectoryNode, name: string, node: Node): void {
    if (parent.links === 0) fail('noent');
    this.#lastCookie += 1n;
    parent.entries.set(name, { node, cookie: this.#lastCookie });
    node.links += 1;
    parent.modified = this.#now();
    parent.changed = parent.modified;
  }

  #leave(parent: DirectoryNode, name: string): Node | null {
    const node = parent.entries.get(name)?.node ?? null;
    if (!node) return null;
    parent.entries.delete(name);
    node.links -= 1;
    parent.modified = this.#now();
    parent.changed = parent.modified;
    return node;
  }

  #newDirectory(
    parent: DirectoryNode | null,
    promised: PromisedFolders = new Map(),
  ): DirectoryNode {
    const shell = {
      kind: 'directory' as const,
      ...this.#metadata(),
      entries: new Map<string, Entry>(),
      promised,
    };
    if (parent) return { ...shell, parent };
    const root: Omit<DirectoryNode, 'parent'> & { parent?: DirectoryNode } = { ...shell, links: 1 };
    root.parent = root as DirectoryNode;
    return root as DirectoryNode;
  }

  #metadata(): Metadata {
    if (this.#nodes >= MAX_NODES) fail('nospc');
    this.#nodes += 1;
    this.#lastIno += 1n;
    const now = this.#now();
    return { ino: this.#lastIno, accessed: now, modified: now, changed: now, links: 0 };
  }
}

function checkPath(path: string): void {
  if (path === '') fail('noent');
  if (path.includes('\0')) fail('inval');
  if (byteLength(path) > MAX_PATH_BYTES) fail('nametoolong');
  if (path.startsWith('/')) fail('notcapable');
}

function byteLength(value: string): number {
  return Buffer.byteLength(value, 'utf8');
}
