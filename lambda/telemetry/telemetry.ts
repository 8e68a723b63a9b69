import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { awsCredentials, prepareForAwsSdk } from '../settings/aws.ts';
import type { Settings } from '../settings/settings.ts';
import { functionScriptLog, type ScriptLog } from './script-log.ts';
import type { Tally } from './tally.ts';
import type { Tracing } from './tracing.ts';

/** What the operator sees of an engine at work. */
export interface Telemetry {
  readonly logger: Logger;
  /** `null`: switched off. */
  readonly metrics: Metrics | null;
  readonly scriptLog: ScriptLog;
  readonly tally: Tally;
  /** `null`: nothing traces. */
  readonly tracing: Tracing | null;
}

/**
 * The script log that the settings ask for.
 * @param env environment variables: CloudWatch is reached with the region and the credentials that are
 *   in them. `HOME` is set where it is not, when the AWS SDK is loaded.
 */
export function createScriptLog(
  { scriptLogGroup }: Settings,
  env: { [name: string]: string | undefined },
  logger: Logger,
): ScriptLog {
  if (scriptLogGroup === null) return functionScriptLog(logger);
  return loadedWhenUsed(async () => {
    prepareForAwsSdk(env);
    const { cloudWatchScriptLog } = await import('./cloudwatch-script-log.ts');
    return cloudWatchScriptLog(scriptLogGroup, {
      logger,
      stream: env.AWS_LAMBDA_LOG_STREAM_NAME,
      region: env.AWS_REGION,
      credentials: awsCredentials(env),
    });
  });
}

/** Loading the AWS SDK takes as long as all the rest of a cold start, and most scripts log nothing. */
function loadedWhenUsed(load: () => Promise<ScriptLog>): ScriptLog {
  let loading: Promise<ScriptLog> | null = null;
  let loaded: ScriptLog | null = null;
  return {
    async write(entries, origin) {
      loading ??= load();
      loaded = await loading;
      await loaded.write(entries, origin);
    },
    takeDropped: () => loaded?.takeDropped() ?? 0,
  };
}
