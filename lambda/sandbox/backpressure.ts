/** Reads what a sandbox sends no faster than the listener of its run takes it in. */

import type { Readiness } from '../contract/execution.ts';
import type { SandboxProcess } from './process.ts';

export class Backpressure {
  readonly #sandbox: Pick<SandboxProcess, 'pause' | 'resume'>;
  #awaited: Readiness = null;
  #released = false;

  constructor(sandbox: Pick<SandboxProcess, 'pause' | 'resume'>) {
    this.#sandbox = sandbox;
  }

  /** The sandbox may have sent what has not been read. */
  get holds(): boolean {
    return this.#awaited !== null;
  }

  /** @param readiness of the listener, after it was told something */
  heed(readiness: Readiness): void {
    if (readiness === null || readiness === this.#awaited || this.#released) return;
    if (this.#awaited === null) this.#sandbox.pause();
    this.#awaited = readiness;
    void readiness.then(() => {
      if (this.#awaited !== readiness) return;
      this.#awaited = null;
      this.#sandbox.resume();
    });
  }

  /** From here on everything is read: what there can still be is no more than a pipe holds. */
  release(): void {
    this.#released = true;
    if (this.#awaited === null) return;
    this.#awaited = null;
    this.#sandbox.resume();
  }
}
