/** `wasi:filesystem/types` and `wasi:filesystem/preopens`: the file system of the run, in memory. */

import { createHash, randomBytes } from 'node:crypto';
import { sizeOf } from '../../../../files/contents.ts';
import {
  createDirectory,
  createSymlink,
  found,
  linkFile,
  readSymlink,
  removeDirectory,
  rename,
  unlinkFile,
} from '../../../../files/entries.ts';
import type { NewTime, Node } from '../../../../files/filesystem.ts';
import type { HostFunction, HostInterface, HostRecord, HostValue } from '../../host.ts';
import { lazyInterface, WASI_VERSION, type Wasi2Context } from '../binding/context.ts';
import {
  hostAction,
  hostFunction,
  type Parameter,
  type Values,
  wit,
} from '../binding/parameters.ts';
import { IoError } from '../io/error.ts';
import { Descriptor, DirectoryEntryStream, statOf, typeOf } from './descriptor.ts';
import { answering, fails } from './error-code.ts';

const { bytes, string, u64, u32 } = wit;
const descriptor = wit.resource(Descriptor);
const pathFlags = wit.flags('symlink-follow');
const openFlags = wit.flags('create', 'directory', 'exclusive', 'truncate');
const descriptorFlags = wit.flags(
  'read',
  'write',
  'file-integrity-sync',
  'data-integrity-sync',
  'requested-write-sync',
  'mutate-directory',
);
const advice = wit.oneOf('normal', 'sequential', 'random', 'will-need', 'dont-need', 'no-reuse');
const newTimestamp = wit.variant({
  'no-change': null,
  now: null,
  timestamp: wit.record({ seconds: u64, nanoseconds: u32 }),
});

type PathFlags = ReadonlySet<'symlink-follow'>;

const lastLink = (flags: PathFlags) => (flags.has('symlink-follow') ? 'followed' : 'itself');

/** A function of the interface, which may fail with its `error-code`. */
function fallible<const Parameters extends readonly Parameter<unknown>[]>(
  parameters: Parameters,
  call: (...values: Values<Parameters>) => HostValue,
): HostFunction {
  return hostFunction(parameters, (...values) => answering(() => call(...values)));
}

/** One without a result. */
function action<const Parameters extends readonly Parameter<unknown>[]>(
  parameters: Parameters,
  call: (...values: Values<Parameters>) => void,
): HostFunction {
  return hostAction(parameters, (...values) => answering(() => call(...values)));
}

export function filesystemInterfaces(
  context: Wasi2Context,
  preopens: readonly string[],
): readonly HostInterface[] {
  return [
    lazyInterface('wasi:filesystem/types', ['descriptor', 'directory-entry-stream'], () => ({
      ...descriptorFunctions(context),
      ...pathFunctions(context),
      '[method]directory-entry-stream.read-directory-entry': hostFunction(
        [wit.resource(DirectoryEntryStream)],
        (stream) => stream.next(),
      ),
      'filesystem-error-code': hostFunction(
        [wit.resource(IoError)],
        ({ cause }) => cause.filesystem,
      ),
    })),
    {
      name: 'wasi:filesystem/preopens',
      version: WASI_VERSION,
      functions: {
        'get-directories': hostFunction([], () =>
          preopens.map((name) => [
            new Descriptor(
              context,
              context.files.directory(name),
              new Set(['read', 'mutate-directory']),
            ),
            name,
          ]),
        ),
      },
    },
  ];
}

/** Of what is open. */
function descriptorFunctions(context: Wasi2Context): { readonly [name: string]: HostFunction } {
  const { files } = context;
  const secret = randomBytes(16);
  return {
    '[method]descriptor.read-via-stream': fallible([descriptor, u64], (self, offset) =>
      self.readViaStream(offset),
    ),
    '[method]descriptor.write-via-stream': fallible([descriptor, u64], (self, offset) =>
      self.writeViaStream(offset),
    ),
    '[method]descriptor.append-via-stream': fallible([descriptor], (self) =>
      self.writeViaStream('end'),
    ),
    '[method]descriptor.advise': action([descriptor, u64, u64, advice], (self) => self.file()),
    '[method]descriptor.sync-data': action([descriptor], () => {}),
    '[method]descriptor.get-flags': fallible([descriptor], (self) => self.flags),
    '[method]descriptor.get-type': fallible([descriptor], (self) => typeOf(self.node)),
    '[method]descriptor.set-size': action([descriptor, u64], (self, size) => self.setSize(size)),
    '[method]descriptor.set-times': action(
      [descriptor, newTimestamp, newTimestamp],
      (self, accessed, modified) => files.setTimes(self.node, newTime(accessed), newTime(modified)),
    ),
    '[method]descriptor.read': fallible([descriptor, u64, u64], (self, length, offset) =>
      self.read(length, offset),
    ),
    '[method]descriptor.write': fallible([descriptor, bytes, u64], (self, content, offset) =>
      self.write(content, offset),
    ),
    '[method]descriptor.read-directory': fallible(
      [descriptor],
      (self) => new DirectoryEntryStream(context, self.directory()),
    ),
    '[method]descriptor.sync': action([descriptor], () => {}),
    '[method]descriptor.stat': fallible([descriptor], (self) => statOf(self.node)),
    '[method]descriptor.is-same-object': hostFunction(
      [descriptor, descriptor],
      (self, other) => self.node === other.node,
    ),
    '[method]descriptor.metadata-hash': fallible([descriptor], (self) =>
      metadataHash(self.node, secret),
    ),
    '[method]descriptor.metadata-hash-at': fallible(
      [descriptor, pathFlags, string],
      (self, flags, path) => metadataHash(found(self.locate(path, lastLink(flags))), secret),
    ),
  };
}

/** Of paths that begin at an open directory. */
function pathFunctions({ files }: Wasi2Context): { readonly [name: string]: HostFunction } {
  return {
    '[method]descriptor.create-directory-at': action([descriptor, string], (self, path) =>
      createDirectory(files, self.locate(path, 'name')),
    ),
    '[method]descriptor.stat-at': fallible([descriptor, pathFlags, string], (self, flags, path) =>
      statOf(found(self.locate(path, lastLink(flags)))),
    ),
    '[method]descriptor.set-times-at': action(
      [descriptor, pathFlags, string, newTimestamp, newTimestamp],
      (self, flags, path, accessed, modified) => {
        const node = found(self.locate(path, lastLink(flags)));
        files.setTimes(node, newTime(accessed), newTime(modified));
      },
    ),
    '[method]descriptor.link-at': action(
      [descriptor, pathFlags, string, descriptor, string],
      (self, flags, path, directory, newPath) =>
        linkFile(files, self.locate(path, lastLink(flags)), directory.locate(newPath, 'name')),
    ),
    '[method]descriptor.open-at': fallible(
      [descriptor, pathFlags, string, openFlags, descriptorFlags],
      (self, flags, path, open, opened) =>
        self.openAt(path, flags.has('symlink-follow'), open, opened),
    ),
    '[method]descriptor.readlink-at': fallible([descriptor, string], (self, path) => {
      const target = readSymlink(self.locate(path, 'itself'));
      return target.startsWith('/') ? fails('not-permitted') : target;
    }),
    '[method]descriptor.remove-directory-at': action([descriptor, string], (self, path) =>
      removeDirectory(files, self.locate(path, 'name')),
    ),
    '[method]descriptor.rename-at': action(
      [descriptor, string, descriptor, string],
      (self, path, directory, newPath) =>
        rename(files, self.locate(path, 'name'), directory.locate(newPath, 'name')),
    ),
    '[method]descriptor.symlink-at': action([descriptor, string, string], (self, target, path) =>
      createSymlink(files, target, self.locate(path, 'name')),
    ),
    '[method]descriptor.unlink-file-at': action([descriptor, string], (self, path) =>
      unlinkFile(files, self.locate(path, 'name')),
    ),
  };
}

type NewTimestamp = ReturnType<typeof newTimestamp>;

/** The last nanosecond that the file system can keep, as preview 1 tells times in 64 bits. */
const LAST_TIME = 2n ** 64n - 1n;

/** @throws {ResultError} overflow */
function newTime({ tag, value }: NewTimestamp): NewTime {
  if (tag === 'no-change') return null;
  if (tag === 'now') return 'now';
  const time = value.seconds * 1_000_000_000n + BigInt(value.nanoseconds);
  return time > LAST_TIME ? fails('overflow') : time;
}

/** Changes with what the WIT lists, and does not tell it. */
function metadataHash(node: Node, secret: Uint8Array): HostRecord {
  const hash = createHash('sha256')
    .update(secret)
    .update(`${node.ino} ${node.modified} ${sizeOf(node)}`)
    .digest();
  return { lower: hash.readBigUInt64LE(0), upper: hash.readBigUInt64LE(8) };
}
