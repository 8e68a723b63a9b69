/** What a program leaves behind: files that it made or changed, and those that the request asks for. */

import { type LeftFile, type LeftFiles, MAX_LEFT_FILES } from '../../contract/protocol.ts';
import { walkFiles } from './file-walk.ts';
import type { FileSystem } from './filesystem.ts';

/**
 * Regular files only; a path that leads through symbolic links counts as the file it leads to.
 * Contents that do not fit are left out whole: half a file would pass for all of it.
 * @param outputs absolute paths of files that are wanted with their contents, most wanted first
 * @param maxContentBytes the most that all contents may have together
 */
export function leftFiles(
  system: FileSystem,
  outputs: readonly string[],
  maxContentBytes: number,
): LeftFiles {
  const found = new Map<string, LeftFile>();
  let room = maxContentBytes;
  let truncated = false;
  for (const path of outputs) {
    const content = system.contentOf(path);
    if (content === null) continue;
    const fits = content.length <= room;
    if (fits) room -= content.length;
    else truncated = true;
    found.set(path, { path, size: content.length, content: fits ? content : null });
  }
  for (const file of walkFiles(system.root)) {
    if (file === null) {
      truncated = true;
      continue;
    }
    const { path, node } = file;
    const isUnchanged = node.givenAs === path;
    if (isUnchanged || found.has(path)) continue;
    if (found.size >= MAX_LEFT_FILES) truncated = true;
    else found.set(path, { path, size: node.size, content: null });
  }
  const files = [...found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { files, truncated };
}
