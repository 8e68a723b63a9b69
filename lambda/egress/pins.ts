/** Step 1 of egress, who asks: which downloads must match which Subresource-Integrity value. */

import type { Integrity } from '../contract/execution.ts';
import { parseIntegrity } from './integrity.ts';

/** Values by URL. The fragment of a URL is never sent, and does not count here either. */
export class Pins {
  readonly #values = new Map<string, string>();

  /** @param codeUrl of the code, as the request has it: a text pins this one file */
  constructor(integrity: Integrity, codeUrl: string) {
    const byUrl = typeof integrity === 'string' ? { [codeUrl]: integrity } : integrity;
    for (const [text, value] of Object.entries(byUrl)) {
      const url = URL.parse(text);
      if (url !== null) this.#values.set(keyOf(url), value);
    }
  }

  /** @returns the value that the content of a URL must match, if there is one */
  of(url: URL): string | null {
    return this.#values.get(keyOf(url)) ?? null;
  }
}

/** The pins along the way of one download: the URL that was asked for, and each redirect. */
export class PinnedPath {
  readonly #pins: Pins | null;
  readonly #values = new Set<string>();

  constructor(pins: Pins | null) {
    this.#pins = pins;
  }

  /** Some URL of the way is pinned, so that the content is checked wherever it comes from. */
  get isPinned(): boolean {
    return this.#values.size > 0;
  }

  add(url: URL): void {
    const value = this.#pins?.of(url) ?? null;
    if (value !== null) this.#values.add(value);
  }

  /**
   * Adds the URL that is asked for.
   * @throws {EngineError} INVALID_REQUEST for a value that is malformed
   */
  async begin(url: URL): Promise<void> {
    this.add(url);
    for (const value of this.#values) await parseIntegrity(value);
  }

  /**
   * @param what its name in failures: "downloaded code"
   * @throws {EngineError} INTEGRITY_MISMATCH, or INVALID_REQUEST for a value that is malformed
   */
  async verify(bytes: Uint8Array, what: string): Promise<void> {
    for (const value of this.#values) (await parseIntegrity(value)).verify(bytes, what);
  }
}

function keyOf({ href }: URL): string {
  const hash = href.indexOf('#');
  return hash === -1 ? href : href.slice(0, hash);
}
