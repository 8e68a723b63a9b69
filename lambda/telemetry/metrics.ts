/** The metrics of an execution, written into the log in CloudWatch's embedded metric format. */

import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { batchErrorCodes, type ErrorCode, guestErrorCodes } from '../contract/errors.ts';
import type { Execution } from '../contract/execution.ts';
import { statusOf } from '../contract/status.ts';
import type { Counts } from './tally.ts';

/**
 * How an execution ended. A dimension has few values, as each one multiplies the metrics to pay for.
 * `rejected`: a mistake of the caller (4xx); `failed`: of the engine or of the code's server (5xx).
 */
export type Outcome = 'success' | 'guest-error' | 'rejected' | 'failed';

export function outcomeOf(code: ErrorCode | undefined): Outcome {
  if (code === undefined) return 'success';
  if (isGuestError(code)) return 'guest-error';
  return statusOf[code] < 500 ? 'rejected' : 'failed';
}

function isGuestError(code: ErrorCode): boolean {
  return ([...guestErrorCodes, ...batchErrorCodes] as readonly ErrorCode[]).includes(code);
}

/**
 * Namespace and `service` are Powertools' own variables, with a default for local runs.
 * @returns `null` where `POWERTOOLS_METRICS_DISABLED` switches metrics off
 */
export function createMetrics(env: {
  readonly [name: string]: string | undefined;
}): Metrics | null {
  if (env.POWERTOOLS_METRICS_DISABLED === 'true') return null;
  return new Metrics({
    namespace: env.POWERTOOLS_METRICS_NAMESPACE ?? 'ScriptEngine',
    serviceName: env.POWERTOOLS_SERVICE_NAME ?? 'script-engine',
  });
}

/** What the execution itself does not know. */
interface Circumstances extends Counts {
  /** Entries of script logs that were lost. */
  readonly logsDropped: number;
  /** Starts of sandboxes that have failed in a row, where it was refused for want of one. */
  readonly failedStarts: number;
  /**
   * Bytes of the stream that answers it; `null`: it is none. How long a stream takes is its reader's
   * choice, and a metric of its own.
   */
  readonly streamedBytes: number | null;
  /** Sandboxes that were replaced since the execution before. */
  readonly sandboxesReplaced: number;
  /** What all compiled code takes that the sandboxes keep: images of memory and modules. */
  readonly keptBytes: number;
}

/**
 * Adds an execution's metrics. Each is there by `service` alone and by `service`, `codeType` and
 * `outcome`.
 */
export function recordExecution(
  metrics: Metrics,
  execution: Execution,
  circumstances: Circumstances,
): void {
  const { streamedBytes } = circumstances;
  const { error, metadata, fetchesRefused, items } = execution;
  // No dimension, but a field of the line: what belongs to one request can be found by it.
  metrics.addMetadata('request_id', metadata.requestId);
  metrics.addDimensions({});
  metrics.addDimensions({
    codeType: metadata.codeType ?? 'unknown',
    outcome: outcomeOf(error?.code),
  });
  metrics.addMetric('Executions', MetricUnit.Count, 1);
  if (metadata.executionTimeMs !== null) {
    const name = streamedBytes === null ? 'ExecutionTime' : 'StreamTime';
    metrics.addMetric(name, MetricUnit.Milliseconds, metadata.executionTimeMs);
  }
  if (metadata.downloadTimeMs !== null) {
    metrics.addMetric('DownloadTime', MetricUnit.Milliseconds, metadata.downloadTimeMs);
  }
  if (streamedBytes !== null) metrics.addMetric('StreamBytes', MetricUnit.Bytes, streamedBytes);
  const { keptBytes } = circumstances;
  if (keptBytes > 0) metrics.addMetric('KeptCodeBytes', MetricUnit.Bytes, keptBytes);
  const counts = {
    SandboxCrashes: (items ?? [execution]).filter(isCrash).length,
    SandboxStartsFailed: circumstances.failedStarts,
    SandboxesReplaced: circumstances.sandboxesReplaced,
    FetchesRefused: fetchesRefused,
    CredentialsRefused: circumstances.credentialsRefused,
    SecretFailures: circumstances.secretFailures,
    ScriptLogsDropped: circumstances.logsDropped,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (count > 0) metrics.addMetric(name, MetricUnit.Count, count);
  }
}

function isCrash({ error }: Pick<Execution, 'error'>): boolean {
  return error?.code === 'SANDBOX_CRASHED';
}
