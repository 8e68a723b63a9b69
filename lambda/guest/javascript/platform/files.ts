/** The files of one run as scripts reach them: those that a WASI program has. */

import type { GuestError, LeftFiles, RunMessage } from '../../../contract/protocol.ts';
import { errno, fail, WasiFailure } from '../../files/failure.ts';
import { walkFiles } from '../../files/file-walk.ts';
import type { FileNode, FileSystem } from '../../files/filesystem.ts';
import { leftFiles } from '../../files/left-files.ts';
import { openFiles, UNFIT_FILES } from '../../files/request-files.ts';
import { BridgeError, type BridgeOperations, type BridgeValue } from '../bridge/bridge.ts';

export interface GuestFiles {
  readonly operations: BridgeOperations;
  /** Why the run cannot have the files of its request. */
  readonly failure: GuestError | null;
  /** What the run leaves; absent where it has neither been given files nor used any. */
  left(): LeftFiles | undefined;
}

type FilesOfRun = Pick<RunMessage, 'files' | 'outputs' | 'limits'>;

export function createGuestFiles(run: FilesOfRun): GuestFiles {
  let system: FileSystem | null = null;
  let failure: GuestError | null = null;
  const opened = (): FileSystem => {
    system ??= openFiles(run, () => BigInt(Date.now()) * 1_000_000n);
    return system;
  };
  if (run.outputs.length > 0 || Object.keys(run.files).length > 0) {
    try {
      opened();
    } catch (error) {
      failure = unfitFiles(error);
    }
  }

  return {
    failure,
    operations: {
      'files.read': (path) =>
        attempt('read', path, (name) => {
          const { buffer, size } = fileAt(opened(), name);
          return buffer.subarray(0, size);
        }),
      'files.write': (path, content) =>
        attempt('write', path, (name) => {
          const bytes = content instanceof Uint8Array ? content : Buffer.from(String(content));
          writeFile(opened(), name, bytes);
          return undefined;
        }),
      'files.list': () => {
        const paths: string[] = [];
        for (const file of walkFiles(opened().root)) if (file !== null) paths.push(file.path);
        return JSON.stringify(paths);
      },
    },
    left: () =>
      system === null ? undefined : leftFiles(system, run.outputs, run.limits.maxOutputBytes),
  };
}

function unfitFiles(error: unknown): GuestError {
  if (!(error instanceof WasiFailure)) throw error;
  return {
    code: 'INVALID_REQUEST',
    name: 'InvalidRequest',
    message: `files: ${UNFIT_FILES}`,
    stack: null,
    details: [{ path: 'files', reason: UNFIT_FILES }],
  };
}

function fileAt(system: FileSystem, path: string): FileNode {
  const { node } = system.resolve(system.root, path, 'followed');
  if (node === null) return fail('noent');
  return node.kind === 'file' ? node : fail('isdir');
}

/** Makes the folders that the file lies in. What does not fit leaves the file as it was. */
function writeFile(system: FileSystem, path: string, bytes: Uint8Array): void {
  if (path.endsWith('/')) fail('isdir');
  system.provide(path.slice(0, path.lastIndexOf('/') + 1), null);
  const { parent, node, name } = system.resolve(system.root, path, 'followed');
  if (name === null || node?.kind === 'directory') fail('isdir');
  const file = node?.kind === 'file' ? node : system.makeFile(parent, name);
  try {
    system.write(file, 0, bytes);
    system.resize(file, bytes.length);
  } catch (error) {
    if (node === null) system.unlink(parent, name);
    throw error;
  }
}

/** As paths of the request are read: relative to the root, `..` without regard to what is there. */
function normalPath(path: string): string {
  if (path === '') fail('noent');
  if (path.includes('\0')) fail('inval');
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) fail('nametoolong');
    if (name === '..' && names.pop() === undefined) fail('notcapable');
    if (name !== '' && name !== '.' && name !== '..') names.push(name);
  }
  const normal = names.join('/');
  if (Buffer.byteLength(normal) > MAX_PATH_BYTES) fail('nametoolong');
  if (normal === '') return '.';
  return /\/\.{0,2}$/.test(path) ? `${normal}/` : normal;
}

/** Messages as Node.js has them, which begin with the code. */
const reasons: { readonly [code in keyof typeof errno]?: string } = {
  noent: 'ENOENT: no such file or directory',
  isdir: 'EISDIR: illegal operation on a directory',
  notdir: 'ENOTDIR: not a directory',
  nospc: 'ENOSPC: no space left on device',
  nametoolong: 'ENAMETOOLONG: name too long',
  notcapable: 'EACCES: permission denied',
};
const MAX_SHOWN_LENGTH = 256;
/** Limits of POSIX systems, which paths of requests have, too. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;

/** @param work gets the normal path */
function attempt(
  operation: string,
  path: BridgeValue,
  work: (path: string) => BridgeValue,
): BridgeValue {
  const text = String(path);
  try {
    return work(normalPath(text));
  } catch (error) {
    if (!(error instanceof WasiFailure)) throw error;
    const code = codeNames.find((name) => errno[name] === error.errno);
    const reason = (code && reasons[code]) ?? 'EINVAL: invalid argument';
    const shown = text.slice(0, MAX_SHOWN_LENGTH).toWellFormed();
    throw new BridgeError('Error', `${reason}, ${operation} '${shown}'`);
  }
}

const codeNames = Object.keys(errno) as (keyof typeof errno)[];
