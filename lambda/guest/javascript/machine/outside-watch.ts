/**
 * Watches whether code touches anything outside of its realm: the host's state, the clock, or
 * `Math.random`, whose state is a word of memory. What the code does is then a function of its text alone.
 */

import type { Instance } from './instance.ts';

export class OutsideWatch {
  readonly #randomAddress: number;
  #instance: Instance | null = null;
  #touched = false;
  #randomBefore = 0n;

  constructor(randomAddress: number) {
    this.#randomAddress = randomAddress;
  }

  start(instance: Instance): void {
    this.#instance = instance;
    this.#touched = false;
    this.#randomBefore = instance.raw.valueAt(this.#randomAddress);
  }

  /** What is outside is used. */
  touch(): void {
    this.#touched = true;
  }

  /** Whether something has been touched since the start: memory that was denied depends on the run's limit. */
  get touched(): boolean {
    if (this.#instance === null) return false;
    const { raw, memoryDenied } = this.#instance;
    return this.#touched || memoryDenied || raw.valueAt(this.#randomAddress) !== this.#randomBefore;
  }

  stop(): void {
    this.#instance = null;
  }
}
