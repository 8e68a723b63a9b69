/** Log lines of outbound requests and of sandboxes, besides the one of the invocation. */

import type { Logger } from '@aws-lambda-powertools/logger';
import type { EgressRecord } from '../egress/egress.ts';
import type { BatchProgress } from '../engine/batch.ts';
import type { PoolOptions } from '../sandbox/pool.ts';
import { logsInfo } from './invocation-log.ts';
import { withoutSecrets } from './redaction.ts';

/**
 * One line for each outbound request, sent or rejected. The level is INFO for both: what a script
 * tries is not an error of the engine. It is DEBUG for a request that the cache answers.
 */
export function logOutboundRequest(logger: Logger, record: EgressRecord): void {
  if (!logsInfo(logger)) return;
  logger[record.outcome === 'cached' ? 'debug' : 'info']('outbound_request', {
    request_id: record.runId,
    purpose: record.purpose,
    method: record.method,
    scheme: record.scheme,
    host: record.host,
    port: record.port,
    address: record.address,
    outcome: record.outcome,
    rule: record.rule,
    failure: record.failure,
    http_status: record.status,
    bytes_sent: record.bytesSent,
    bytes_received: record.bytesReceived,
    credential: record.hasCredential,
    duration_ms: Math.round(record.durationMs * 1000) / 1000,
  });
}

/** A sandbox died or did not start; another one takes its place. */
export function logSandboxFailure(
  logger: Logger,
  report: Parameters<PoolOptions['onFailure']>[0],
): void {
  logger.warn('sandbox_failure', {
    request_id: report.requestId,
    during_run: report.duringRun,
    signal: report.signal,
    exit_code: report.code,
    stderr: withoutSecrets(report.stderr),
  });
}

/** How far the runs of many inputs have come; now and then, while they are under way. */
export function logBatchProgress(logger: Logger, progress: BatchProgress): void {
  logger.info('batch_progress', {
    request_id: progress.requestId,
    inputs: progress.inputs,
    succeeded: progress.succeeded,
    failed: progress.failed,
  });
}
