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

  /**
   * @param what names it in its failures: "The download"
   * @param limit names what sets its time
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

/** A signal of `AbortSignal.timeout` is a limit of time, too. */
function abortion(what: string, signal: AbortSignal | null): EgressFailure {
  const reason: unknown = signal?.reason;
  return typeof reason === 'object' &&
    reason !== null &&
    'name' in reason &&
    reason.name === 'TimeoutError'
    ? new EgressFailure('timeout', `${what} took longer than its caller could wait.`)
    : new EgressFailure('aborted', `${what} was aborted.`);
}
