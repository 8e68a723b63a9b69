/** The one line that every invocation leaves in the log. */

import { Logger, LogLevelThreshold } from '@aws-lambda-powertools/logger';
import type { Execution } from '../contract/execution.ts';
import { hostOf } from './redaction.ts';

export interface Invocation {
  readonly requestId: string;
  readonly tenant: string | null;
  /** Who called, where callers have keys. */
  readonly apiKeyId: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly httpStatus: number;
  readonly totalTimeMs: number;
  /** UTF-16 units of the bodies; counting bytes would take time. */
  readonly requestLength: number;
  readonly responseLength: number;
  /** `null`: no execution was asked for. */
  readonly execution: Execution | null;
  readonly scriptLogsDropped: number;
}

/**
 * The engine's logger, at the level of `POWERTOOLS_LOG_LEVEL`.
 * @param env environment variables; `AWS_LAMBDA_LOG_LEVEL` is removed from them. Lambda sets it to INFO
 *   for functions that log JSON, and Powertools would obey it above its own variable.
 */
export function createLogger(env: { [name: string]: string | undefined }): Logger {
  delete env.AWS_LAMBDA_LOG_LEVEL;
  return new Logger({ serviceName: env.POWERTOOLS_SERVICE_NAME ?? 'script-engine' });
}

/** Whether the log shows level INFO; otherwise there is no need to compose the lines. */
export function logsInfo(logger: Logger): boolean {
  return logger.level <= LogLevelThreshold.INFO;
}

/** Writes the line: of what callers and scripts sent, it shows hosts, hashes and sizes only. */
export function logInvocation(logger: Logger, invocation: Invocation): void {
  if (!logsInfo(logger)) return;
  const { execution } = invocation;
  logger.info('invocation', {
    request_id: invocation.requestId,
    tenant: invocation.tenant,
    api_key_id: invocation.apiKeyId,
    method: invocation.method,
    path: invocation.path,
    http_status: invocation.httpStatus,
    total_ms: invocation.totalTimeMs,
    request_length: invocation.requestLength,
    response_length: invocation.responseLength,
    ...(execution !== null && executionAttributes(execution, invocation.scriptLogsDropped)),
  });
}

function executionAttributes(execution: Execution, scriptLogsDropped: number) {
  const { metadata, items } = execution;
  const results = items ?? [execution];
  const sum = (size: (result: (typeof results)[number]) => number): number =>
    results.reduce((total, result) => total + size(result), 0);
  return {
    outcome: execution.error?.code ?? 'SUCCESS',
    code_host: hostOf(metadata.url),
    code_type: metadata.codeType,
    detected_by: metadata.detectedBy,
    sha256: metadata.sha256,
    code_bytes: metadata.resourceSizeBytes,
    download_ms: metadata.downloadTimeMs,
    execution_ms: metadata.executionTimeMs,
    cpu_ms: metadata.cpuTimeMs,
    memory_peak_bytes: metadata.memoryPeakBytes,
    exit_code: metadata.exitCode,
    result_length: sum(({ resultJson }) => resultJson.length),
    stdout_length: sum(({ stdout }) => stdout.length),
    stderr_length: sum(({ stderr }) => stderr.length),
    log_entries: sum(({ logs }) => logs.length),
    ...(items !== null && {
      inputs: items.length,
      inputs_failed: items.filter(({ error }) => error !== null).length,
    }),
    fetches: metadata.fetch.requests,
    fetches_refused: execution.fetchesRefused,
    fetch_bytes_sent: metadata.fetch.bytesSent,
    fetch_bytes_received: metadata.fetch.bytesReceived,
    imports: metadata.imports.requests,
    import_bytes_received: metadata.imports.bytesReceived,
    import_ms: metadata.imports.timeMs,
    truncated: Object.entries(metadata.truncated).flatMap(([what, cut]) => (cut ? [what] : [])),
    script_logs_dropped: scriptLogsDropped,
  };
}
