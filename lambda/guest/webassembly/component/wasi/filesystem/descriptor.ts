/** The resource `descriptor`, which is an open file or directory, and `directory-entry-stream`. */

import { contentFrom, openFile, setSize, sizeOf, writeAt } from '../../../../files/contents.ts';
import { openNode } from '../../../../files/entries.ts';
import type {
  DirectoryNode,
  Entry,
  FileNode,
  LastLink,
  Location,
  Node,
} from '../../../../files/filesystem.ts';
import type { HostRecord, HostValue } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource } from '../binding/holdings.ts';
import { InputStream } from '../io/input-stream.ts';
import { OutputStream } from '../io/output-stream.ts';
import { fails } from './error-code.ts';
import { fileSink, fileSource } from './file-streams.ts';

export type DescriptorFlag =
  | 'read'
  | 'write'
  | 'file-integrity-sync'
  | 'data-integrity-sync'
  | 'requested-write-sync'
  | 'mutate-directory';

export type OpenFlag = 'create' | 'directory' | 'exclusive' | 'truncate';

/** What one call may read. */
const MAX_READ_BYTES = 1024 * 1024;

export class Descriptor extends HeldResource {
  readonly resource = 'wasi:filesystem/types/descriptor';
  readonly node: FileNode | DirectoryNode;
  readonly #context: Wasi2Context;
  readonly #flags: ReadonlySet<DescriptorFlag>;
  readonly #close: () => void;

  constructor(
    context: Wasi2Context,
    node: FileNode | DirectoryNode,
    flags: ReadonlySet<DescriptorFlag>,
  ) {
    super(context.holdings);
    this.#context = context;
    this.node = node;
    this.#flags = flags;
    this.#close = node.kind === 'file' ? openFile(context.files, node) : () => {};
  }

  override [Symbol.dispose](): void {
    this.#close();
    super[Symbol.dispose]();
  }

  get flags(): HostValue {
    return [...this.#flags];
  }

  /** @throws {ResultError} not-directory */
  directory(): DirectoryNode {
    return this.node.kind === 'directory' ? this.node : fails('not-directory');
  }

  /** @throws {ResultError} bad-descriptor, as wasmtime has it of directories */
  file(flag?: 'read' | 'write'): FileNode {
    if (this.node.kind !== 'file') fails('bad-descriptor');
    return flag && !this.#flags.has(flag) ? fails('bad-descriptor') : this.node;
  }

  /** Where a path from here leads. */
  locate(path: string, lastLink: LastLink): Location {
    this.#context.goesOn();
    return this.#context.files.resolve(this.directory(), path, lastLink);
  }

  /**
   * Opens what a path leads to. All is in memory: what is asked of synchronization is so already. A
   * directory can be changed through its descriptor where it can be through this one.
   */
  openAt(
    path: string,
    follow: boolean,
    open: ReadonlySet<OpenFlag>,
    flags: ReadonlySet<DescriptorFlag>,
  ): Descriptor {
    const [create, directory, exclusive, truncate] = [
      open.has('create'),
      open.has('directory'),
      open.has('exclusive'),
      open.has('truncate'),
    ];
    if (directory && (create || exclusive || truncate)) fails('invalid');
    const { files } = this.#context;
    const lastLink = follow && !(create && exclusive) ? 'followed' : 'itself';
    const location = this.locate(path, lastLink);
    const node = openNode(files, location, { create, directory, exclusive, truncate });
    if (node.kind === 'directory') {
      if (flags.has('write')) fails('is-directory');
      return new Descriptor(this.#context, node, new Set([...flags, 'mutate-directory']));
    }
    const opened = new Descriptor(
      this.#context,
      node,
      new Set([...flags].filter((flag) => flag !== 'mutate-directory')),
    );
    if (truncate) files.resize(node, 0);
    return opened;
  }

  readViaStream(offset: bigint): InputStream {
    if (this.node.kind === 'directory') fails('is-directory');
    const source = fileSource(this.#context, this.file('read'), offset);
    return new InputStream(this.#context.holdings, source);
  }

  writeViaStream(offset: bigint | 'end'): OutputStream {
    const sink = fileSink(this.#context, this.file('write'), offset);
    return new OutputStream(this.#context.holdings, sink);
  }

  /** @returns the bytes, and whether the file ends there */
  read(length: bigint, offset: bigint): HostValue {
    this.#context.goesOn();
    const rest = contentFrom(this.file('read'), offset);
    const wanted = length > MAX_READ_BYTES ? MAX_READ_BYTES : Number(length);
    return [rest.slice(0, wanted), rest.length <= wanted];
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    writeAt(this.#context.files, this.file('write'), offset, bytes);
    return BigInt(bytes.length);
  }

  setSize(size: bigint): void {
    setSize(this.#context.files, this.file('write'), size);
  }
}

/** Entries in the order in which they were made; those that come while it is read are read, too. */
export class DirectoryEntryStream extends HeldResource {
  readonly resource = 'wasi:filesystem/types/directory-entry-stream';
  readonly #entries: Iterator<[string, Entry]>;

  constructor({ holdings }: Wasi2Context, directory: DirectoryNode) {
    super(holdings);
    this.#entries = directory.entries.entries();
  }

  next(): HostRecord | undefined {
    const { done, value } = this.#entries.next();
    if (done) return undefined;
    const [name, { node }] = value;
    return { type: typeOf(node), name };
  }
}

/** `descriptor-type`. */
export function typeOf({ kind }: Node): string {
  if (kind === 'directory') return 'directory';
  return kind === 'file' ? 'regular-file' : 'symbolic-link';
}

/** `descriptor-stat`. */
export function statOf(node: Node): HostRecord {
  return {
    type: typeOf(node),
    'link-count': BigInt(node.links),
    size: BigInt(sizeOf(node)),
    'data-access-timestamp': datetime(node.accessed),
    'data-modification-timestamp': datetime(node.modified),
    'status-change-timestamp': datetime(node.changed),
  };
}

const SECOND = 1_000_000_000n;

/** @param time nanoseconds since the epoch */
function datetime(time: bigint): HostRecord {
  return { seconds: time / SECOND, nanoseconds: Number(time % SECOND) };
}
