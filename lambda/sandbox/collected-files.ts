/** The files that a run leaves, as they come out of the sandbox. */

import {
  type FileMessage,
  type LeftFile,
  type LeftFiles,
  maxLeftFiles,
} from '../contract/protocol.ts';

/** The sandbox keeps to the caps by itself; these hold even where it does not. */
export class CollectedFiles implements LeftFiles {
  readonly files: LeftFile[] = [];
  truncated = false;
  #room: number;

  constructor(maxContentBytes: number) {
    this.#room = maxContentBytes;
  }

  add({ path, size, hasContent }: FileMessage, body: Uint8Array): void {
    const fits = hasContent && body.length <= this.#room;
    this.truncated ||= this.files.length >= maxLeftFiles || fits !== hasContent;
    if (this.files.length >= maxLeftFiles) return;
    if (fits) this.#room -= body.length;
    this.files.push({ path, size, content: fits ? body : null });
  }

  /** The sandbox has left something out. */
  drop(): void {
    this.truncated = true;
  }
}
