/**
 * What is known of how long code takes, by its hash. Only behind runs that are brief is another one
 * sent to the same sandbox: it must not wait there for long while other sandboxes are free.
 */

/** A run behind a brief one waits no longer than this, nearly always. */
const BRIEF_MS = 5;
/** Brief runs that make up for one that was not: the next one is trusted again. */
const LASTING_COSTS = 200;
const MAX_ENTRIES = 1000;

export class Pace {
  readonly #trust = new Map<string, number>();

  /** Whether the next run of that code can be taken for brief. */
  isBrief(sha256: string): boolean {
    return (this.#trust.get(sha256) ?? 0) > 0;
  }

  /**
   * Learns from a run.
   * @param executionTimeMs the sandbox's word: a lie costs others no more than a run that lasts
   * @param lasted it waited for the host, was still going on when it was looked at, or cost the process
   */
  record(sha256: string, executionTimeMs: number, lasted: boolean): void {
    const trust = this.#trust.get(sha256) ?? 0;
    const isBrief = !lasted && executionTimeMs <= BRIEF_MS;
    if (trust > 0 && isBrief) return;
    this.#trust.set(sha256, isBrief ? trust + 1 : -LASTING_COSTS);
    if (this.#trust.size > MAX_ENTRIES) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const sha256 of this.#trust.keys()) {
      this.#trust.delete(sha256);
      return;
    }
  }
}
