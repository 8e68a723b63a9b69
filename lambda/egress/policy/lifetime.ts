/** Policy of egress, beside all steps: how long a request may take. */

import { EgressFailure } from './failure.ts';

/**
 * The time of one download or fetch, all its hops together. It ends when its timer fires, when its
 * caller's signal aborts, or when its owner ends it. An AbortController would cost a warm download
 * more.
 */
export class Lifetime {
  /** Why it has ended; `null` before. */
  failure: EgressFailure | null = null;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | null;
  readonly #onAbort: () => void;
  #onEnd: ((failure: EgressFailure) => void) | null = null;

  /**
   * @param what its name in failures: "The download"
   * @param limit the name of the setting that limits it
   */
  constructor(what: string, limit: string, timeoutMs: number, signal: AbortSignal | null) {
    this.#signal = signal;
    this.#onAbort = () => this.end(abortion(what, signal));
    this.#timer = setTimeout(() => {
      this.end(
        new EgressFailure(
          'timeout',
          `${what} took longer than its limit of ${timeoutMs} ms (${limit}).`,
        ),
      );
    }, timeoutMs);
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort);
  }

  /** Calls back when it ends, or at once if it has ended. Replaces the callback that was set before. */
  onEnd(callback: ((failure: EgressFailure) => void) | null): void {
    this.#onEnd = callback;
    if (this.failure !== null) callback?.(this.failure);
  }

  end(failure: EgressFailure): void {
    if (this.failure !== null) return;
    this.failure = failure;
    this.dispose();
    this.#onEnd?.(failure);
  }

  /** Releases the timer and the signal. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** A signal of `AbortSignal.timeout` is a time limit, too. */
function abortion(what: string, signal: AbortSignal | null): EgressFailure {
  const reason: unknown = signal?.reason;
  return typeof reason === 'object' &&
    reason !== null &&
    'name' in reason &&
    reason.name === 'TimeoutError'
    ? new EgressFailure('timeout', `${what} took longer than its caller could wait.`)
    : new EgressFailure('aborted', `${what} was aborted.`);
}
