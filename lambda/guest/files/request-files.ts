/** The file system of a run as its request wants it. */

import type { RunMessage } from '../../contract/protocol.ts';
import { FileSystem } from './filesystem.ts';

/** Why {@link openFiles} fails. */
export const UNFIT_FILES = 'too many bytes or files, or two paths that contradict';

/**
 * A file system with the files of the request, and the folders that the files of `outputs` lie in.
 * @param now nanoseconds since the epoch
 * @throws {WasiFailure} where the request's files do not fit
 */
export function openFiles(
  { files, outputs, limits }: Pick<RunMessage, 'files' | 'outputs' | 'limits'>,
  now: () => bigint,
): FileSystem {
  const system = new FileSystem(limits.maxFilesBytes, now);
  for (const [path, content] of Object.entries(files)) system.provide(path, contentBytes(content));
  for (const path of outputs) system.promiseFolders(path);
  return system;
}

function contentBytes(content: RunMessage['files'][string] | undefined): Uint8Array | null {
  if (content === null || content === undefined) return null;
  return typeof content === 'string'
    ? Buffer.from(content, 'utf8')
    : Buffer.from(content.base64, 'base64');
}
