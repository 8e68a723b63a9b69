/** What a guest prints on one stream, up to the limit of its run. */

import { wholeLength } from '../contract/whole-characters.ts';

const empty = Buffer.alloc(0);

/** The sandbox keeps to the limit by itself; this holds even where it does not. */
export class CappedBytes {
  readonly #maxBytes: number;
  // One buffer that grows: a chunk may be a single byte, and an object for each would cost more.
  #bytes = empty;
  #length = 0;
  truncated = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param truncated the sandbox has dropped what came after the chunk */
  add(chunk: Uint8Array, truncated: boolean): void {
    const kept = chunk.subarray(0, this.#maxBytes - this.#length);
    this.truncated ||= truncated || kept.length < chunk.length;
    if (this.#length + kept.length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.min(this.#maxBytes, 2 * (this.#length + kept.length)));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
  }

  /** Where the end is missing, without what is left of the last character. */
  bytes(): Uint8Array {
    if (this.#length === 0) return empty;
    const kept = this.#bytes.subarray(0, this.#length);
    return this.truncated ? kept.subarray(0, wholeLength(kept)) : kept;
  }
}
