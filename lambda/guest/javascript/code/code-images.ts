/**
 * The memory images of compiled code that a sandbox keeps. An image is found by all that went into
 * it, sources by their hashes; the least recently used are dropped first.
 */

import { LRUCache } from 'lru-cache';
import type { CodeBudget, Shelf } from '../../runtime/code-budget.ts';
import type { CodeImage } from '../machine/memory/code-image.ts';
import type { CompiledScript } from '../machine/realm.ts';

export interface KeptImage {
  readonly image: CodeImage;
  /** The compiled script in the image; `null` where the code is a module. */
  readonly script: CompiledScript | null;
  /** Where a module has been evaluated in the image: the address of what to give to `trackModule`. */
  readonly evaluation: number | null;
  /** How many of a module's imports, and then the module, are evaluated in it: the first so many in order. */
  readonly evaluated: number;
  /** How many of them are known to touch nothing outside of the realm, so that an image may have them. */
  readonly pure: number;
}

/** Compiling less costs less than taking an image of it, which pays where it comes again. */
const MIN_SOURCE_LENGTH = 256;
const MAX_IMAGES = 1000;

export class CodeImages {
  readonly #kept: Shelf<KeptImage> | null;
  /** Keys of short code that has come once. */
  readonly #seen = new LRUCache<string, true>({ max: MAX_IMAGES });

  /** @param budget that all images count against; `null` to keep none */
  constructor(budget: CodeBudget | null) {
    this.#kept = budget === null || budget.maxBytes === 0 ? null : budget.shelf(MAX_IMAGES);
  }

  /**
   * @param sha256 of the code
   * @param parts what else its compiled form depends on
   * @returns the key of its image; `null` where none is to be made
   */
  key(sha256: string, sourceLength: number, ...parts: readonly string[]): string | null {
    if (this.#kept === null || sha256 === '') return null;
    const key = JSON.stringify([sha256, ...parts]);
    return sourceLength >= MIN_SOURCE_LENGTH || this.#hasComeBefore(key) ? key : null;
  }

  #hasComeBefore(key: string): boolean {
    if (this.#seen.has(key)) return true;
    this.#seen.set(key, true);
    return false;
  }

  /** @param memoryBytes what the run may have */
  find(key: string | null, memoryBytes: number): KeptImage | null {
    if (key === null) return null;
    const kept = this.#kept?.get(key);
    return kept !== undefined && kept.image.memoryBytes <= memoryBytes ? kept : null;
  }

  keep(key: string, kept: KeptImage): void {
    const { content, stretches } = kept.image;
    this.#kept?.set(key, kept, content.length + stretches.byteLength + 2 * key.length);
  }
}
