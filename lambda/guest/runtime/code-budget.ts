/**
 * What a sandbox keeps of compiled code, all languages together: memory images of scripts, modules of
 * WebAssembly. What has not been used for longest is dropped first.
 */

import { LRUCache } from 'lru-cache';

/** What one language keeps. */
export interface Shelf<Value> {
  get(key: string): Value | undefined;
  /** @param bytes what it takes in memory; what takes more than the whole budget is not kept */
  set(key: string, value: Value, bytes: number): void;
  keys(): readonly string[];
}

/** Of all shelves. */
const MAX_ENTRIES = 1100;

export class CodeBudget {
  readonly maxBytes: number;
  readonly #drops: LRUCache<string, () => void> | null;
  #shelves = 0;

  /** @param maxBytes of all that is kept; 0 to keep nothing */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.#drops =
      maxBytes === 0
        ? null
        : new LRUCache({ max: MAX_ENTRIES, maxSize: maxBytes, dispose: (drop) => drop() });
  }

  get usedBytes(): number {
    return this.#drops?.calculatedSize ?? 0;
  }

  /** @param maxEntries of this shelf alone */
  shelf<Value>(maxEntries: number): Shelf<Value> {
    const drops = this.#drops;
    const kept = new Map<string, Value>();
    const shelf = this.#shelves;
    this.#shelves += 1;
    return {
      get(key) {
        const value = kept.get(key);
        if (value === undefined) return undefined;
        // The last used last, here as in the cache.
        kept.delete(key);
        kept.set(key, value);
        drops?.get(`${shelf} ${key}`);
        return value;
      },
      set(key, value, bytes) {
        const name = `${shelf} ${key}`;
        drops?.delete(name);
        if (drops === null || bytes >= drops.maxSize) return;
        kept.set(key, value);
        drops.set(name, () => kept.delete(key), { size: bytes + 1 });
        const [oldest] = kept.keys();
        if (kept.size > maxEntries) drops.delete(`${shelf} ${oldest}`);
      },
      keys: () => [...kept.keys()],
    };
  }
}
