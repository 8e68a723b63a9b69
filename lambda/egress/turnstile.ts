/** Step 1 of egress, who asks: how many requests of one run are under way at a time. */

import type { Lifetime } from './policy/lifetime.ts';

/** Lets a limited number in at a time; the others wait in line. */
export class Turnstile {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * Waits for a place. Whoever gets one must `leave`.
   * @throws {EgressFailure} where the lifetime ends first
   */
  async enter(lifetime: Lifetime): Promise<void> {
    if (lifetime.failure !== null) throw lifetime.failure;
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const proceed = () => {
        lifetime.onEnd(null);
        resolve();
      };
      this.#line.push(proceed);
      lifetime.onEnd((failure) => {
        this.#line.splice(this.#line.indexOf(proceed), 1);
        reject(failure);
      });
    });
  }

  leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
