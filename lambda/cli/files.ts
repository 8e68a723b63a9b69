/** Puts files that the run has left where `--out` says. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import type { ExecuteResponse } from '../client/client.ts';
import type { RunOptions } from './arguments.ts';
import type { Screen } from './screen.ts';

/** @returns whether all of them are there */
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
      await mkdir(dirname(host), { recursive: true });
      await writeFile(host, typeof content === 'string' ? content : content.base64, {
        encoding: typeof content === 'string' ? 'utf8' : 'base64',
      });
      continue;
    }
    isComplete = false;
    if (metadata.missingOutputs.includes(path)) err(`The run has left no ${path}\n`);
    else if (metadata.truncated.files) err(`${path} is larger than an answer may be\n`);
  }
  return isComplete;
}
