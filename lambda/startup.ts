/**
 * The start of the service, in whatever process it runs: starts the sandboxes, then loads all the rest. On
 * Lambda that is in the init phase, so that the first request finds them ready.
 */

import { freeCompilationsAtOnce, keepParserUnoptimised } from './contract/compilers.ts';
import { createPool, type FailureReport } from './sandbox/pool.ts';
import type { Service } from './service.ts';
import { sandboxSettings } from './settings/sandbox-settings.ts';

/**
 * @param env the settings; `process.env` of the process
 * @param rehearse whether the sandboxes prepare themselves for many runs
 * @throws {SettingsError} naming each variable that does not parse
 */
export async function startService(
  env: { [name: string]: string | undefined },
  { rehearse } = { rehearse: true },
): Promise<Service> {
  const {
    sandboxes: size,
    maxMemoryMb,
    maxFetchRequestBytes,
    codeCacheBytes,
  } = sandboxSettings(env);
  const isOnLambda = Boolean(env.AWS_LAMBDA_FUNCTION_NAME);
  if (isOnLambda) {
    // Nobody else is in the process, and it answers one request at a time.
    freeCompilationsAtOnce();
    keepParserUnoptimised();
  }
  const failed: FailureReport[] = [];
  let onFailure = (report: FailureReport): void => void failed.push(report);
  const sandboxes = createPool({
    // The bundled guest lies beside the bundled handler.
    directory: new URL('guest/', import.meta.url),
    size,
    maxMemoryBytes: maxMemoryMb * 1024 * 1024,
    maxFetchBytes: maxFetchRequestBytes,
    codeCacheBytes,
    rehearse,
    // Lambda ends all processes of an environment whose runtime has ended.
    keeper: !isOnLambda,
    // Lambda has one processor for a function of this size, and nobody else is on it.
    yields: isOnLambda,
    onFailure: (report) => onFailure(report),
  });
  try {
    // Loaded while the sandboxes start, which takes longer.
    const { createService } = await import('./service.ts');
    const service = await createService(sandboxes, env, new URL('playground/', import.meta.url));
    onFailure = service.onSandboxFailure;
    for (const report of failed) onFailure(report);
    if (isOnLambda) {
      // The signal is sent once more, without a listener, and ends the process. `process.exit` would not:
      // it waits for all threads, and in one of them Lambda's runtime client waits for an invocation.
      process.once('SIGTERM', () => {
        void service.close().finally(() => process.kill(process.pid, 'SIGTERM'));
      });
    }
    return service;
  } catch (error) {
    void sandboxes.close();
    throw error;
  }
}
