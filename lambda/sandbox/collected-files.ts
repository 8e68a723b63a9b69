/** The files that a run leaves, as they come out of the sandbox. */

import { type FileMessage, type LeftFile, type LeftFiles, maxLeftFiles } from './protocol.ts';

export interface CollectedFiles extends LeftFiles {
  add(message: FileMessage, body: Uint8Array): void;
  /** The sandbox has left something out. */
  drop(): void;
}

/** The sandbox keeps to the caps by itself; these hold even where it does not. */
export function collectFiles(maxContentBytes: number): CollectedFiles {
  const files: LeftFile[] = [];
  let room = maxContentBytes;
  let truncated = false;
  return {
    files,
    get truncated() {
      return truncated;
    },
    add({ path, size, hasContent }, body) {
      const fits = hasContent && body.length <= room;
      truncated ||= files.length >= maxLeftFiles || fits !== hasContent;
      if (files.length >= maxLeftFiles) return;
      if (fits) room -= body.length;
      files.push({ path, size, content: fits ? body : null });
    },
    drop() {
      truncated = true;
    },
  };
}
