/** What a program leaves behind: files that it made or changed, and those that the request asks for. */

import { type LeftFile, type LeftFiles, MAX_LEFT_FILES } from '../../contract/protocol.ts';
import type { DirectoryNode, FileSystem, Node } from './filesystem.ts';

/** The longest path that a request can ask for; directories within one another reach further. */
const MAX_PATH_BYTES = 1 + 4096;

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
  for (const changed of changedFiles(system.root)) {
    if (changed === null || (found.size >= MAX_LEFT_FILES && !found.has(changed.path))) {
      truncated = true;
    } else if (!found.has(changed.path)) {
      found.set(changed.path, { ...changed, content: null });
    }
  }
  const files = [...found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { files, truncated };
}

/**
 * Files that are new, or not what they were when the run began, in the order of their paths; `null`
 * stands for any that lie too deep.
 */
function* changedFiles(root: DirectoryNode): Generator<{ path: string; size: number } | null> {
  const pending: { node: Node; path: string; pathBytes: number }[] = [
    { node: root, path: '', pathBytes: 0 },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, path, pathBytes } = next;
    if (node.kind === 'symlink' || (node.kind === 'file' && node.givenAs === path)) continue;
    if (pathBytes > MAX_PATH_BYTES) yield null;
    else if (node.kind === 'file') yield { path, size: node.size };
    else pending.push(...childrenLastFirst(node, path, pathBytes));
  }
}

function childrenLastFirst({ entries }: DirectoryNode, prefix: string, prefixBytes: number) {
  return [...entries]
    .map(([name, { node }]) => ({
      node,
      key: node.kind === 'directory' ? `${name}/` : name,
      path: `${prefix}/${name}`,
      pathBytes: prefixBytes + 1 + Buffer.byteLength(name),
    }))
    .sort((one, other) => (one.key < other.key ? 1 : -1));
}
