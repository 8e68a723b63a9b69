/** The metrics of an execution, written into the log in CloudWatch's embedded metric format. */

import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { batchErrorCodes, type ErrorCode, guestErrorCodes } from '../contract/errors.ts';
import type { Execution } from '../contract/execution.ts';
import { statusOf } from '../contract/status.ts';

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
interface Circumstances {
  /** Entries of script logs that were lost. */
  readonly logsDropped: number;
  /** Starts of sandboxes that have failed in a row, where it was refused for want of one. */
  readonly failedStarts: number;
  /** Its answer is a stream: how long it takes is its caller's choice, and a metric of its own. */
  readonly isStreamed: boolean;
}

/**
 * Adds an execution's metrics. Each is there by `service` alone and by `service`, `codeType` and
 * `outcome`.
 */
export function recordExecution(
  metrics: Metrics,
  execution: Execution,
  { logsDropped, failedStarts, isStreamed }: Circumstances,
): void {
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
    const name = isStreamed ? 'StreamTime' : 'ExecutionTime';
    metrics.addMetric(name, MetricUnit.Milliseconds, metadata.executionTimeMs);
  }
  if (metadata.downloadTimeMs !== null) {
    metrics.addMetric('DownloadTime', MetricUnit.Milliseconds, metadata.downloadTimeMs);
  }
  const crashes = (items ?? [execution]).filter(isCrash).length;
  if (crashes > 0) metrics.addMetric('SandboxCrashes', MetricUnit.Count, crashes);
  if (failedStarts > 0) metrics.addMetric('SandboxStartsFailed', MetricUnit.Count, failedStarts);
  if (fetchesRefused > 0) metrics.addMetric('FetchesRefused', MetricUnit.Count, fetchesRefused);
  if (logsDropped > 0) metrics.addMetric('ScriptLogsDropped', MetricUnit.Count, logsDropped);
}

function isCrash({ error }: Pick<Execution, 'error'>): boolean {
  return error?.code === 'SANDBOX_CRASHED';
}
