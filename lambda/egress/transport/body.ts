/** Step 5 of egress, the response: gathers its body in one buffer. */

const empty = Buffer.alloc(0);

/**
 * Gathers a body. A hostile server sends it byte by byte; keeping each piece would take a hundred
 * times the memory. So all pieces but the first are copied together.
 */
export class Body {
  readonly #maxBytes: number;
  readonly #expectedBytes: number;
  #bytes: Buffer = empty;
  #length = 0;

  /**
   * @param maxBytes the buffer never grows further ahead of need
   * @param expectedBytes the length that the response declares; 0 where it declares none
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
    // The very buffer of a cache's entry: its hash is known and need not be computed again.
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
