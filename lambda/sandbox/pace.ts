/**
 * Which code runs briefly, by its hash. Another run is sent ahead to the same process only behind
 * brief runs: it must not wait there for long while other processes are free.
 */

/** A brief run takes no longer than this. */
const BRIEF_MS = 5;
/** After a run that was not brief, code must be brief this many times before it is trusted again. */
const PENALTY_RUNS = 200;
/** The same, among the runs of one batch. */
export const BATCH_PENALTY_RUNS = 2;
const MAX_ENTRIES = 1000;

export class Pace {
  readonly #penaltyRuns: number;
  readonly #trust = new Map<string, number>();

  constructor(penaltyRuns: number = PENALTY_RUNS) {
    this.#penaltyRuns = penaltyRuns;
  }

  /** Whether the next run of this code is likely to be brief. */
  isBrief(sha256: string): boolean {
    return (this.#trust.get(sha256) ?? 0) > 0;
  }

  /**
   * Learns from a run.
   * @param executionTimeMs as the sandbox reports it: a lie costs others no more than a run that lasts
   * @param lasted the run waited for the host, was still going on when the host looked at it, or
   *   cost its process
   */
  record(sha256: string, executionTimeMs: number, lasted: boolean): void {
    const trust = this.#trust.get(sha256) ?? 0;
    const isBrief = !lasted && executionTimeMs <= BRIEF_MS;
    if (trust > 0 && isBrief) return;
    this.#trust.set(sha256, isBrief ? trust + 1 : -this.#penaltyRuns);
    if (this.#trust.size > MAX_ENTRIES) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const sha256 of this.#trust.keys()) {
      this.#trust.delete(sha256);
      return;
    }
  }
}
