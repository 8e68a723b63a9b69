/** What a run comes to whose process died. */

import { errorName } from '../contract/errors.ts';
import { limitError } from '../contract/limit-error.ts';
import type { RunLimits, RunOutcome } from '../contract/protocol.ts';
import type { ExitReport } from './process.ts';

export function crashOutcome(report: ExitReport, limits: RunLimits): RunOutcome {
  const outOfMemory = /heap out of memory|Out of memory|allocation failed/i.test(report.stderr);
  if (outOfMemory) {
    return { status: 'error', error: limitError('memoryMb', limits), exitCode: null };
  }
  const how = report.signal ?? `exit code ${report.code}`;
  return {
    status: 'error',
    exitCode: null,
    error: {
      code: 'SANDBOX_CRASHED',
      name: errorName('SANDBOX_CRASHED'),
      message: `The sandbox process died during the run (${how}); the next request finds a new one`,
      stack: null,
      details: null,
    },
  };
}
