/** Step 1 of egress, who asks: what one run has under way ends with the run. */

import { EgressFailure } from './policy/failure.ts';
import type { Lifetime } from './policy/lifetime.ts';
import type { Turnstile } from './turnstile.ts';

/** All requests that one run has under way: they end with the run. */
export class RunScope {
  readonly #lifetimes = new Set<Lifetime>();
  #closed = false;

  /**
   * Works as soon as the turnstile has a place, then disposes of the lifetime: at once, or when what the
   * work has begun is over.
   * @throws {EgressFailure} where the lifetime ends before there is a place
   */
  async during<Result>(
    lifetime: Lifetime,
    turnstile: Turnstile,
    work: () => Promise<Result>,
    over: (result: Result) => Promise<unknown> | null = () => null,
  ): Promise<Result> {
    const dispose = (): void => {
      lifetime.dispose();
      this.#lifetimes.delete(lifetime);
    };
    this.#lifetimes.add(lifetime);
    let rest: Promise<unknown> | null = null;
    try {
      if (this.#closed) lifetime.end(runIsOver());
      await turnstile.enter(lifetime);
      try {
        const result = await work();
        rest = over(result);
        return result;
      } finally {
        turnstile.leave();
      }
    } finally {
      if (rest === null) dispose();
      else void rest.then(dispose);
    }
  }

  /** Ends what is under way, and whatever starts later. */
  close(): void {
    this.#closed = true;
    for (const lifetime of this.#lifetimes) lifetime.end(runIsOver());
  }
}

function runIsOver(): EgressFailure {
  return new EgressFailure('aborted', 'The run is over.');
}
