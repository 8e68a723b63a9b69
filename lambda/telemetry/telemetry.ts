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

/** The script log that the settings ask for. */
export function createScriptLog(
  { scriptLogGroup }: Settings,
  env: { readonly [name: string]: string | undefined },
  logger: Logger,
): ScriptLog {
  if (scriptLogGroup === null) return functionScriptLog(logger);
  const stream = env.AWS_LAMBDA_LOG_STREAM_NAME;
  return loadedWhenUsed(async () => {
    const { cloudWatchScriptLog } = await import('./cloudwatch-script-log.ts');
    return cloudWatchScriptLog(scriptLogGroup, { logger, stream });
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
