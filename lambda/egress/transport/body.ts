const empty = Buffer.alloc(0);

/**
 * Gathers a body. A hostile server sends it byte by byte, where keeping each piece would take a
 * hundred times the memory; so all but the first are copied together.
 */
export class Body {
  readonly #maxBytes: number;
  readonly #expectedBytes: number;
  #bytes: Buffer = empty;
  #length = 0;

  /**
   * @param maxBytes never more than this is set aside ahead of need
   * @param expectedBytes what the body says of its own length; 0 where it does not
   */
  constructor(maxBytes: number, expectedBytes: number) {
    this.#maxBytes = maxBytes;
    this.#expectedBytes = expectedBytes;
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) {
      this.#bytes = piece;
    } else {
      if (length > this.#bytes.length) this.#grow(length);
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** @returns the whole body, without much unused memory behind it */
  finish(): Buffer {
    // The very buffer of a cache's entry: what is known of it (its hash) need not be worked out again.
    if (this.#bytes.length === this.#length) return this.#bytes;
    const bytes = this.#bytes.subarray(0, this.#length);
    return this.#bytes.length > this.#length * 1.25 ? Buffer.from(bytes) : bytes;
  }

  #grow(length: number): void {
    const ahead = Math.max(this.#expectedBytes, this.#bytes.length * 2);
    const grown = Buffer.allocUnsafeSlow(Math.max(length, Math.min(ahead, this.#maxBytes)));
    this.#bytes.copy(grown);
    this.#bytes = grown;
  }
}
