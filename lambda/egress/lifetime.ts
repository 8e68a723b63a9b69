import { EgressFailure } from './failure.ts';

/**
 * How long one download or fetch may go on, all its hops together: until its time is up, its
 * caller's signal aborts, or its owner ends it. Lighter than an AbortController, of which a warm
 * download needs nothing.
 */
export class Lifetime {
  /** Why it is over; `null` while it is not. */
  failure: EgressFailure | null = null;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | null;
  readonly #onAbort: () => void;
  #onEnd: ((failure: EgressFailure) => void) | null = null;

  /** @param what names it in the timeout's message: "The download" */
  constructor(what: string, timeoutMs: number, signal: AbortSignal | null) {
    this.#signal = signal;
    this.#onAbort = () => this.end(new EgressFailure('aborted', `${what} was aborted.`));
    this.#timer = setTimeout(() => {
      this.end(
        new EgressFailure('timeout', `${what} took longer than its limit of ${timeoutMs} ms.`),
      );
    }, timeoutMs);
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort);
  }

  /** Calls back when it is over, at once if it is already; replaces what was to be called before. */
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

  /** Lets go of the timer and the signal. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
