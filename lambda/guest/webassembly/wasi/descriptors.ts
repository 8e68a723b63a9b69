/** The open descriptors of a run. */

import type { DirectoryNode, FileNode, FileSystem, Node } from '../../files/filesystem.ts';
import {
  directoryRights,
  errno,
  fail,
  fileRights,
  filetype,
  rights,
  streamRights,
  WasiFailure,
} from './abi.ts';

const MAX_DESCRIPTORS = 1024;

interface Rights {
  base: bigint;
  inheriting: bigint;
  flags: number;
}

interface InputDescriptor extends Rights {
  readonly kind: 'input';
  readonly bytes: Uint8Array;
  position: number;
}

interface OutputDescriptor extends Rights {
  readonly kind: 'output';
  readonly stream: 'stdout' | 'stderr';
}

export interface FileDescriptor extends Rights {
  readonly kind: 'file';
  readonly node: FileNode;
  position: bigint;
}

export interface DirectoryDescriptor extends Rights {
  readonly kind: 'directory';
  readonly node: DirectoryNode;
  /** The name under which the program finds it, where it was open from the start. */
  readonly preopen: string | null;
}

export type Descriptor = InputDescriptor | OutputDescriptor | FileDescriptor | DirectoryDescriptor;

export class Descriptors {
  readonly #open = new Map<number, Descriptor>();
  readonly #files: FileSystem;
  /** No number below is free. */
  #lowest = 0;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** Gives the lowest free number, as POSIX does. */
  add(descriptor: Descriptor): number {
    if (this.#open.size >= MAX_DESCRIPTORS) fail('mfile');
    while (this.#open.has(this.#lowest)) this.#lowest += 1;
    this.#open.set(this.#lowest, descriptor);
    if (descriptor.kind === 'file') descriptor.node.opened += 1;
    return this.#lowest;
  }

  /** @throws {WasiFailure} BADF where nothing is open under that number */
  get(fd: number): Descriptor {
    return this.#open.get(fd >>> 0) ?? fail('badf');
  }

  /**
   * A file that may be read, written, sized …
   * @throws {WasiFailure} BADF or ISDIR for anything else, NOTCAPABLE where a right was given up
   */
  file(fd: number, right: bigint): FileDescriptor {
    const descriptor = this.get(fd);
    if (descriptor.kind === 'directory') fail('isdir');
    if (descriptor.kind !== 'file') fail('inval');
    demand(descriptor, right);
    return descriptor;
  }

  /** @throws {WasiFailure} NOTDIR for anything else, NOTCAPABLE where a right was given up */
  directory(fd: number, right: bigint): DirectoryDescriptor {
    const descriptor = this.get(fd);
    if (descriptor.kind !== 'directory') fail('notdir');
    demand(descriptor, right);
    return descriptor;
  }

  close(fd: number): void {
    const descriptor = this.get(fd);
    this.#open.delete(fd >>> 0);
    this.#lowest = Math.min(this.#lowest, fd >>> 0);
    this.#release(descriptor);
  }

  /** Moves a descriptor to a number that is open already, closing what was there. */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    const replaced = this.get(to);
    if (moved === replaced) return;
    this.#open.set(to >>> 0, moved);
    this.#open.delete(from >>> 0);
    this.#lowest = Math.min(this.#lowest, from >>> 0);
    this.#release(replaced);
  }

  #release(descriptor: Descriptor): void {
    if (descriptor.kind !== 'file') return;
    descriptor.node.opened -= 1;
    this.#files.reclaim(descriptor.node);
  }
}

/** @throws {WasiFailure} NOTCAPABLE, or BADF for reading and writing as POSIX has it */
export function demand(descriptor: Descriptor, right: bigint): void {
  if ((descriptor.base & right) === right) return;
  const plain = right === rights.fdRead || right === rights.fdWrite;
  throw new WasiFailure(plain ? errno.badf : errno.notcapable);
}

export function inputDescriptor(bytes: Uint8Array): InputDescriptor {
  return { kind: 'input', bytes, position: 0, base: streamRights.input, inheriting: 0n, flags: 0 };
}

export function outputDescriptor(stream: 'stdout' | 'stderr'): OutputDescriptor {
  return { kind: 'output', stream, base: streamRights.output, inheriting: 0n, flags: 0 };
}

export function preopenedDirectory(node: DirectoryNode, preopen: string): DirectoryDescriptor {
  return {
    kind: 'directory',
    node,
    preopen,
    base: directoryRights,
    inheriting: directoryRights | fileRights,
    flags: 0,
  };
}

/** As `filestat` and directory entries tell it. */
export function filetypeOf(node: Node): number {
  if (node.kind === 'directory') return filetype.directory;
  return node.kind === 'file' ? filetype.regularFile : filetype.symbolicLink;
}
