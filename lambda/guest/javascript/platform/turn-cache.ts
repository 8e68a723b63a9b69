/**
 * Keeps what is costly to make and used many times in a row, but never beyond the current turn of
 * the event loop: nothing of one run is there for the next.
 */

const MAX_KEPT = 32;

export class TurnCache<Value extends object> {
  readonly #kept = new Map<string, Value>();

  /** What `make` gave for this key before, or gives now. */
  get(key: string, make: () => Value): Value {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#kept.size === 0) setImmediate(() => this.#kept.clear());
    if (this.#kept.size < MAX_KEPT) this.#kept.set(key, made);
    return made;
  }
}
