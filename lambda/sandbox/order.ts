/** What the engine orders from the pool: one run. */

import type { RunObserver } from '../contract/observer.ts';
import type { RunJob } from '../contract/protocol.ts';
import type { Pace } from './pace.ts';
import type { RunServices, SandboxResult } from './run.ts';

/** What to run. The process that runs it adds the rest of the message. */
export type Job = RunJob;

/** Who follows a run, and may end it. */
export interface Attendance {
  /** Hears what the run prints, in place of the result. */
  readonly observer: RunObserver | null;
  /** Nobody wants the run any more: it is ended, if it has begun. */
  readonly signal: AbortSignal | null;
  /** For the log, should the process die. */
  readonly requestId: string | null;
}

export interface Order extends Attendance {
  readonly job: Job;
  readonly code: Uint8Array;
  /** Asked for at each call of the guest: most runs make none. */
  readonly services: () => RunServices;
  /** When it gives up waiting for a process, on the clock of `performance.now()`. */
  readonly patientUntilMs: number;
  /** The batch that it is of; `null`: it stands alone. */
  readonly batch: Batch | null;
  /** @param result `null` where no process was free in time */
  readonly settle: (result: SandboxResult | null) => void;
}

/** Runs that differ in their input only: a process is sent the rest of them once. */
export interface Batch {
  readonly job: Job;
  readonly code: Uint8Array;
  /** When all of them must have ended, on the clock of `performance.now()`. */
  readonly deadlineMs: number;
  /** The first of them compiles and imports, which says nothing about those behind it. */
  readonly pace: Pace;
}
