import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Settings } from '../engine/settings.ts';
import { functionScriptLog, type ScriptLog } from './script-log.ts';

/** What the operator sees of an engine at work. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly scriptLog: ScriptLog;
}

/**
 * The script log that the settings ask for. The AWS SDK is loaded only where a log group is set, as
 * loading it is a good part of a cold start.
 */
export async function createScriptLog(
  { scriptLogGroup }: Settings,
  env: { readonly [name: string]: string | undefined },
  logger: Logger,
): Promise<ScriptLog> {
  if (scriptLogGroup === null) return functionScriptLog(logger);
  const { cloudWatchScriptLog } = await import('./cloudwatch-script-log.ts');
  return cloudWatchScriptLog(scriptLogGroup, { logger, stream: env.AWS_LAMBDA_LOG_STREAM_NAME });
}
