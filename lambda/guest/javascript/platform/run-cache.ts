/**
 * Keeps what is costly to make and used many times within one run. All caches are emptied when the
 * run ends: how long something takes must not show the next run what this one has used.
 */

const MAX_KEPT = 32;

const used = new Set<RunCache<object>>();

export class RunCache<Value extends object> {
  readonly #kept = new Map<string, Value>();

  /** The value that `make` returned for this key earlier in this run, or returns now. */
  get(key: string, make: () => Value): Value {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(key, made);
    used.add(this);
    return made;
  }

  clear(): void {
    this.#kept.clear();
  }
}

/** Empties all caches; to be called when a run has ended. */
export function clearRunCaches(): void {
  if (used.size === 0) return;
  for (const cache of used) cache.clear();
  used.clear();
}
