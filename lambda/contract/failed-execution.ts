/** Executions of which little is known. */

import { type ErrorReport, errorName } from './errors.ts';
import type { Execution, ExecutionMetadata, ItemExecution } from './execution.ts';

/** Metadata of an execution of which nothing has been measured. */
export function emptyMetadata(
  known: Pick<ExecutionMetadata, 'requestId' | 'url' | 'timestamp'>,
): ExecutionMetadata {
  return {
    requestId: known.requestId,
    url: known.url,
    codeType: null,
    detectedBy: null,
    timestamp: known.timestamp,
    executionTimeMs: null,
    downloadTimeMs: null,
    cpuTimeMs: null,
    memoryPeakBytes: null,
    resourceSizeBytes: null,
    sha256: null,
    exitCode: null,
    fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
    imports: { requests: 0, bytesReceived: 0, timeMs: 0 },
    missingOutputs: [],
    truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
  };
}

/** An execution that has nothing to show but its error. */
export function failedExecution(error: ErrorReport, metadata: ExecutionMetadata): Execution {
  return {
    resultJson: 'null',
    stdout: '',
    stderr: '',
    logs: [],
    files: [],
    error,
    metadata,
    fetchesRefused: 0,
    items: null,
  };
}

/** The error of many inputs; `null` where the run of each was a success. */
export function batchError(items: readonly Pick<ItemExecution, 'error'>[]): ErrorReport | null {
  const failed = items.filter(({ error }) => error !== null).length;
  if (failed === 0) return null;
  return {
    code: 'BATCH_FAILED',
    name: errorName('BATCH_FAILED'),
    message: `${failed} of ${items.length} inputs failed; \`results\` has the error of each`,
    stack: null,
    details: { succeeded: items.length - failed, failed },
  };
}
