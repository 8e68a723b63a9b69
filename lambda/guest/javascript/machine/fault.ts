/**
 * Whether a machine may still be used. An exception of the host that passes through QuickJS's functions
 * leaves them half done: their stack is not unwound, and what they were changing is not finished. The
 * first such fault is remembered; from then on nothing runs in the machine, whoever catches what.
 */
export class Fault {
  #first: { readonly thrown: unknown } | null = null;

  /** Whether the machine is half done. Do not use it again. */
  get noted(): boolean {
    return this.#first !== null;
  }

  /** Notes what was thrown, unless there was a fault before. @returns the first fault's exception */
  note(thrown: unknown): unknown {
    this.#first ??= { thrown };
    return this.#first.thrown;
  }

  /** @throws what the first fault has thrown */
  rethrow(): void {
    if (this.#first !== null) throw this.#first.thrown;
  }

  /** Runs a part of the host that QuickJS calls, or that calls QuickJS: whatever it throws is a fault. */
  guard<Result>(action: () => Result): Result {
    this.rethrow();
    try {
      return action();
    } catch (thrown) {
      throw this.note(thrown);
    }
  }
}
