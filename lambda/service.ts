/** Reads the settings, and puts the parts of the service together: engine, telemetry and API. */

import packageJson from '../package.json' with { type: 'json' };
import {
  createHandler,
  createStreamingHandler,
  type ExecutionMode,
  type LambdaHandler,
  type StreamingHandler,
} from './api/pipeline.ts';
import { createEngine } from './engine/engine.ts';
import type { FailureReport, SandboxPool } from './sandbox/pool.ts';
import { loadSettings } from './settings/settings.ts';
import { logBatchProgress, logOutboundRequest, logSandboxFailure } from './telemetry/engine-log.ts';
import { createLogger } from './telemetry/invocation-log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createTally } from './telemetry/tally.ts';
import { createScriptLog } from './telemetry/telemetry.ts';
import { createTracing } from './telemetry/tracing.ts';

export interface Service {
  createHandler(): LambdaHandler;
  /** @param mode how an answer gets to the platform; as a result, where absent */
  createStreamingHandler(mode?: ExecutionMode): StreamingHandler;
  /** A sandbox died or did not start; for the engine's log. */
  onSandboxFailure(report: FailureReport): void;
  close(): Promise<void>;
}

/**
 * @param env the settings, and what telemetry reads of the environment
 * @param playgroundFolder what the build has made of the playground
 * @throws {SettingsError} naming each variable that does not parse
 */
export async function createService(
  sandboxes: SandboxPool,
  env: { [name: string]: string | undefined },
  playgroundFolder: URL,
): Promise<Service> {
  const { version } = packageJson;
  const settings = loadSettings(env);
  const logger = createLogger(env);
  const tracing = await createTracing(version);
  const tally = createTally();
  const engine = createEngine({
    settings,
    sandboxes,
    version,
    onOutboundRequest(record) {
      if (record.rule === 'credential') tally.count('credentialsRefused');
      logOutboundRequest(logger, record);
    },
    onSecretFailure(reason) {
      tally.count('secretFailures');
      logger.error('secret_failure', { reason });
    },
    onBatchProgress: (progress) => logBatchProgress(logger, progress),
  });
  const metrics = createMetrics(env);
  const scriptLog = createScriptLog(settings, env, logger);
  const telemetry = { logger, metrics, scriptLog, tally, tracing };
  const parts = { version, playgroundFolder };
  return {
    createHandler: () => createHandler(engine, settings, telemetry, parts),
    createStreamingHandler: (mode) =>
      createStreamingHandler(engine, settings, telemetry, parts, mode),
    onSandboxFailure: (report) => logSandboxFailure(logger, report),
    close: () => engine.close(),
  };
}
