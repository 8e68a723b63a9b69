/** Bytes that the host holds for a component until they are wanted. */

import type { Holdings } from '../binding/holdings.ts';

const none = new Uint8Array(0);

export class HeldBytes {
  readonly #holdings: Holdings;
  #buffer = none;
  #length = 0;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * @param expected how many there will be, where that is known
   * @returns `false` where the run may hold no more
   */
  append(bytes: Uint8Array, expected: number | null): boolean {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length && !this.#grow(length, expected)) return false;
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
    return true;
  }

  /** @returns all of them, which are no longer held */
  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#holdings.release(this.#buffer.length);
    this.#buffer = none;
    this.#length = 0;
    return bytes;
  }

  /** Twice what is needed makes appending cheap. */
  #grow(length: number, expected: number | null): boolean {
    const capacity = Math.max(length, expected ?? length * 2);
    if (!this.#holdings.charge(capacity)) return false;
    const grown = new Uint8Array(capacity);
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#holdings.release(this.#buffer.length);
    this.#buffer = grown;
    return true;
  }
}
