/** What the host hears of a run while it goes on. */

import type { LogEntry, Readiness } from './execution.ts';
import type { CodeType } from './languages.ts';

/** Hears what the sandbox sends, in that order. */
export interface RunObserver {
  /** The code begins to run; before all else, and at most once. */
  started(codeType: CodeType): Readiness;
  /** @param chunk may end in the middle of a character */
  printed(stream: 'stdout' | 'stderr', chunk: Uint8Array): Readiness;
  logged(entry: LogEntry): Readiness;
}
