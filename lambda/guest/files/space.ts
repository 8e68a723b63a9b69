/**
 * The bytes that a file system may hold: contents of files and targets of links. What buffers have
 * beyond their contents counts, too; it is given up as soon as anything else needs the room.
 */

import { fail } from './failure.ts';

/** A file's content: the first `size` bytes of a buffer; zeroes behind. */
export interface Content {
  buffer: Uint8Array;
  size: number;
}

export class Space {
  readonly #maxBytes: number;
  /** Contents and targets. */
  #bytes = 0;
  /** The same, and what buffers have beyond. Neither is ever above the quota. */
  #held = 0;
  /** Whose buffers may have more than their contents. */
  readonly #roomy = new Set<Content>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws {WasiFailure} nospc */
  charge(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) fail('nospc');
    this.#bytes += bytes;
    this.#held += bytes;
    this.#trim();
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
    this.#held -= bytes;
  }

  /**
   * Makes a content longer, with zeroes.
   * @throws {WasiFailure} nospc
   */
  extend(content: Content, size: number): void {
    const added = size - content.size;
    if (this.#bytes + added > this.#maxBytes) fail('nospc');
    this.#bytes += added;
    if (size > content.buffer.length) {
      // Twice what is needed, where the quota has room for that: appending is then cheap.
      const spare = this.#maxBytes - (this.#held - content.buffer.length) - size;
      this.#reallocate(content, size + Math.max(0, Math.min(spare, size)));
    }
    content.size = size;
    this.#trim();
  }

  /** Makes a content shorter. */
  shorten(content: Content, size: number): void {
    this.#bytes -= content.size - size;
    content.buffer.fill(0, size, content.size);
    content.size = size;
    this.#roomy.add(content);
  }

  /** Lets go of a content. */
  free(content: Content): void {
    this.#bytes -= content.size;
    content.size = 0;
    this.#reallocate(content, 0);
  }

  #reallocate(content: Content, capacity: number): void {
    const buffer = new Uint8Array(capacity);
    buffer.set(content.buffer.subarray(0, content.size));
    this.#held += capacity - content.buffer.length;
    content.buffer = buffer;
    if (capacity > content.size) this.#roomy.add(content);
    else this.#roomy.delete(content);
  }

  #trim(): void {
    if (this.#held <= this.#maxBytes) return;
    for (const content of this.#roomy) {
      this.#reallocate(content, content.size);
      if (this.#held <= this.#maxBytes) return;
    }
  }
}
