/** What programs do with the contents of a file: read, write and size it, at offsets of 64 bits. */

import { fail } from './failure.ts';
import type { FileNode, FileSystem, Node } from './filesystem.ts';

/** Offsets and sizes beyond are exact no more. */
export const MAX_OFFSET = BigInt(Number.MAX_SAFE_INTEGER);

/** What of a file lies behind an offset: a view, which later writes may change or leave behind. */
export function contentFrom({ buffer, size }: FileNode, offset: bigint): Uint8Array {
  return offset >= BigInt(size) ? buffer.subarray(0, 0) : buffer.subarray(Number(offset), size);
}

/**
 * Writes all of it, or nothing.
 * @throws {WasiFailure} FBIG or NOSPC
 */
export function writeAt(
  files: FileSystem,
  node: FileNode,
  offset: bigint,
  bytes: Uint8Array,
): void {
  if (offset + BigInt(bytes.length) > MAX_OFFSET) fail('fbig');
  files.write(node, Number(offset), bytes);
}

/** @throws {WasiFailure} INVAL, FBIG or NOSPC */
export function setSize(files: FileSystem, node: FileNode, size: bigint): void {
  if (size < 0n) fail('inval');
  if (size > MAX_OFFSET) fail('fbig');
  files.resize(node, Number(size));
}

/** In bytes; of a symbolic link, those of its target. */
export function sizeOf(node: Node | null): number {
  if (node?.kind === 'file') return node.size;
  return node?.kind === 'symlink' ? Buffer.byteLength(node.target, 'utf8') : 0;
}

/**
 * Keeps a file's content while somebody has it open, also without a name.
 * @returns closes it
 */
export function openFile(files: FileSystem, node: FileNode): () => void {
  node.opened += 1;
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    node.opened -= 1;
    files.reclaim(node);
  };
}
