/** The files that a run leaves, as the sandbox sends them. */

import {
  type FileMessage,
  type LeftFile,
  type LeftFiles,
  MAX_LEFT_FILES,
} from '../contract/protocol.ts';

/** The sandbox keeps to the limits by itself; these hold even where it does not. */
export class CollectedFiles implements LeftFiles {
  readonly files: LeftFile[] = [];
  truncated = false;
  #room: number;

  constructor(maxContentBytes: number) {
    this.#room = maxContentBytes;
  }

  add({ path, size, hasContent }: FileMessage, body: Uint8Array): void {
    const fits = hasContent && body.length <= this.#room;
    this.truncated ||= this.files.length >= MAX_LEFT_FILES || fits !== hasContent;
    if (this.files.length >= MAX_LEFT_FILES) return;
    if (fits) this.#room -= body.length;
    this.files.push({ path, size, content: fits ? body : null });
  }

  /** The sandbox has not sent all files, or not all contents. */
  markTruncated(): void {
    this.truncated = true;
  }
}
