/** What the engine orders from the pool: one run. */

import type { RunJob } from '../contract/protocol.ts';
import type { Pace } from './pace.ts';
import type { RunServices, SandboxResult } from './run.ts';

/** What to run. The process that runs it adds the rest of the message. */
export type Job = RunJob;

export interface Order {
  readonly job: Job;
  readonly code: Uint8Array;
  readonly services: RunServices;
  /** For the log. */
  readonly requestId: string | null;
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
