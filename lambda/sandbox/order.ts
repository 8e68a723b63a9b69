/** What the engine orders from the pool: one run. */

import type { RunMessage } from '../contract/protocol.ts';
import type { RunServices, SandboxResult } from './run.ts';

/** What to run. The process that runs it adds the rest of the message. */
export type Job = Omit<RunMessage, 'type' | 'runId' | 'codeKept'>;

export interface Order {
  readonly job: Job;
  readonly code: Uint8Array;
  readonly services: RunServices;
  /** When it gives up waiting for a process, on the clock of `performance.now()`. */
  readonly patientUntilMs: number;
  /** @param result `null` where no process was free in time */
  readonly settle: (result: SandboxResult | null) => void;
}
