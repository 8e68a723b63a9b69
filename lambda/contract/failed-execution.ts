/** Executions of which little is known. */

import type { ErrorReport } from './errors.ts';
import type { Execution, ExecutionMetadata } from './execution.ts';

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
  };
}
