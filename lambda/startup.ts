/**
 * The start of the Lambda function. Loading this module, in Lambda's init phase, reads the settings and
 * starts the sandboxes, so that the first request finds them ready.
 */

import packageJson from '../package.json' with { type: 'json' };
import { createPool } from './sandbox/pool.ts';
import { loadSettings } from './settings/settings.ts';
import { logSandboxFailure } from './telemetry/engine-log.ts';
import { createLogger } from './telemetry/invocation-log.ts';

const { env } = process;
const settings = loadSettings(env);
const logger = createLogger(env);
const sandboxes = createPool({
  // The bundled guest lies beside the bundled handler.
  directory: new URL('guest/', import.meta.url),
  size: settings.sandboxes,
  maxMemoryBytes: settings.maxMemoryMb * 1024 * 1024,
  maxFetchBytes: settings.fetch.maxRequestBytes,
  codeCacheBytes: settings.codeCacheBytes,
  // Lambda ends all processes of an environment whose runtime has ended.
  keeper: !env.AWS_LAMBDA_FUNCTION_NAME,
  onFailure: (report) => logSandboxFailure(logger, report),
});
// Loaded while the sandboxes start, which takes longer.
const { createService } = await import('./service.ts');
export const service = createService({
  settings,
  sandboxes,
  logger,
  env,
  playgroundFolder: new URL('playground/', import.meta.url),
  version: packageJson.version,
});

if (env.AWS_LAMBDA_FUNCTION_NAME) {
  // The signal is sent once more, without a listener, and ends the process. `process.exit` would not:
  // it waits for all threads, and in one of them Lambda's runtime client waits for an invocation.
  process.once('SIGTERM', () => {
    void service.close().finally(() => process.kill(process.pid, 'SIGTERM'));
  });
}
