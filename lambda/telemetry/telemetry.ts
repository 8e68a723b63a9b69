import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Settings } from '../engine/settings.ts';
import { createLogger } from './invocation-log.ts';
import { createMetrics } from './metrics.ts';
import { functionScriptLog, type ScriptLog } from './script-log.ts';

/** What the operator sees of an engine at work. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly scriptLog: ScriptLog;
}

/**
 * Logger, metrics and script log as the settings and Powertools' own variables say. The AWS SDK is
 * loaded only where a script log group is set, as loading it is a good part of a cold start.
 */
export async function createTelemetry(
  settings: Settings,
  env: { readonly [name: string]: string | undefined },
): Promise<Telemetry> {
  const logger = createLogger(env);
  return {
    logger,
    metrics: createMetrics(env),
    scriptLog: await scriptLogOf(settings, env, logger),
  };
}

async function scriptLogOf(
  { scriptLogGroup }: Settings,
  env: { readonly [name: string]: string | undefined },
  logger: Logger,
): Promise<ScriptLog> {
  if (scriptLogGroup === null) return functionScriptLog(logger);
  const { cloudWatchScriptLog } = await import('./cloudwatch-script-log.ts');
  return cloudWatchScriptLog(scriptLogGroup, { logger, stream: env.AWS_LAMBDA_LOG_STREAM_NAME });
}
