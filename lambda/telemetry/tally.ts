/** What happens beside the executions, counted until the metrics of the next one take it along. */

export interface Counts {
  /** Requests of guests that had a header of an operator's credential, or asked for pieces of an answer. */
  readonly credentialsRefused: number;
  /** Times that a secret could not be read. */
  readonly secretFailures: number;
}

export interface Tally {
  count(what: keyof Counts): void;
  /** What has been counted since the last call. */
  take(): Counts;
}

const nothing: Counts = { credentialsRefused: 0, secretFailures: 0 };

export function createTally(): Tally {
  let counts = nothing;
  return {
    count(what) {
      counts = { ...counts, [what]: counts[what] + 1 };
    },
    take() {
      const taken = counts;
      counts = nothing;
      return taken;
    },
  };
}
