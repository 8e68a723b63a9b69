/**
 * The Lambda function. Loading this module, in Lambda's init phase, reads the settings and starts
 * the sandboxes, so that the first request finds them ready.
 */

import packageJson from '../package.json' with { type: 'json' };
import { createHandler } from './api/pipeline.ts';
import { createEngine } from './engine/engine.ts';
import { loadSettings } from './engine/settings.ts';
import { logOutboundRequest, logSandboxFailure } from './telemetry/engine-log.ts';
import { createLogger } from './telemetry/invocation-log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createScriptLog } from './telemetry/telemetry.ts';

const { env } = process;
const settings = loadSettings(env);
const logger = createLogger(env);
const engine = createEngine({
  settings,
  // The bundled guest lies beside the bundled handler.
  directory: new URL('guest/', import.meta.url),
  version: packageJson.version,
  onSandboxFailure: (report) => logSandboxFailure(logger, report),
  onOutboundRequest: (record) => logOutboundRequest(logger, record),
});
const metrics = createMetrics(env);
const scriptLog = createScriptLog(settings, env, logger);

export const handler = createHandler(
  engine,
  settings,
  { logger, metrics, scriptLog },
  packageJson.version,
);

/** Stops the sandboxes, for those that run the handler in a process of their own. */
export function close(): Promise<void> {
  return engine.close();
}

if (env.AWS_LAMBDA_FUNCTION_NAME) {
  process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
}
