import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Settings } from '../settings/settings.ts';
import { functionScriptLog, type ScriptLog } from './script-log.ts';

/** What the operator sees of an engine at work. */
export interface Telemetry {
  readonly logger: Logger;
  /** `null`: switched off. */
  readonly metrics: Metrics | null;
  readonly scriptLog: ScriptLog;
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
    // The SDK looks for files there whatever it is given. Where there is no such folder, that ends in a
    // rejection which nobody can catch, and with it the process.
    env.HOME ??= NO_FOLDER;
    const { cloudWatchScriptLog } = await import('./cloudwatch-script-log.ts');
    return cloudWatchScriptLog(scriptLogGroup, {
      logger,
      stream: env.AWS_LAMBDA_LOG_STREAM_NAME,
      region: env.AWS_REGION,
      credentials: credentialsOf(env),
    });
  });
}

const NO_FOLDER = '/nonexistent';

function credentialsOf(env: { readonly [name: string]: string | undefined }) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
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
