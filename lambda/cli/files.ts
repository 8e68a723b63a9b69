/** Puts files that the run has left where `--out` says. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, posix, resolve } from 'node:path';
import type { ExecuteResponse } from '../client/client.ts';
import type { RunOptions } from './arguments.ts';
import type { Screen } from './screen.ts';

type FileContent = NonNullable<ExecuteResponse['files'][number]['content']>;

/** Says which of them are not there, and why. @returns whether all of them are */
export async function writeOutputs(
  { out }: RunOptions,
  { files, metadata }: ExecuteResponse,
  { err }: Pick<Screen, 'err'>,
): Promise<boolean> {
  let isComplete = true;
  for (const [guest, host] of Object.entries(out)) {
    const path = posix.resolve('/', guest);
    const content = files.find((file) => file.path === path)?.content;
    if (content !== undefined) {
      const failure = await put(host, content);
      if (failure === null) continue;
      isComplete = false;
      err(`--out: ${host}: ${failure}\n`);
      continue;
    }
    isComplete = false;
    if (metadata.missingOutputs.includes(path)) err(`The run has left no ${path}\n`);
    else if (metadata.truncated.files) err(`${path} is larger than an answer may be\n`);
  }
  return isComplete;
}

/** What a file system's refusal means; the code is for those who look it up. */
export function refusalOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return String(error);
  const words = refusals.get(code);
  return words === undefined ? code : `${words} (${code})`;
}

const refusals: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'there is no permission'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'its links lead in a circle'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ENOENT', 'there is no such file'],
  ['ENOSPC', 'the disk is full'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['EPERM', 'there is no permission'],
  ['EROFS', 'the file system is read-only'],
]);

/** @returns why it is not there, or `null` */
async function put(file: string, content: FileContent): Promise<string | null> {
  const bytes = typeof content === 'string' ? content : Buffer.from(content.base64, 'base64');
  try {
    await makeFolder(dirname(resolve(file)));
    await writeFile(file, bytes);
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

/** Folder by folder: `recursive` of Node.js need not come to an end where a file system refuses. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}
