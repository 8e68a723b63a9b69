/** All regular files of a file system, in the order of their paths. */

import type { DirectoryNode, FileNode, Node } from './filesystem.ts';

interface FoundFile {
  /** Absolute. */
  readonly path: string;
  readonly node: FileNode;
}

/** The longest path that a request can ask for; directories within one another reach further. */
const MAX_PATH_BYTES = 1 + 4096;

/** `null` stands for all that lies too deep in one directory. */
export function* walkFiles(root: DirectoryNode): Generator<FoundFile | null> {
  const pending: { node: Node; path: string; pathBytes: number }[] = [
    { node: root, path: '', pathBytes: 0 },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, path, pathBytes } = next;
    if (node.kind === 'symlink') continue;
    if (pathBytes > MAX_PATH_BYTES) yield null;
    else if (node.kind === 'file') yield { path, node };
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
