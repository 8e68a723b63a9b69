/** Puts the parts of the service together: engine, telemetry and API. */

import type { Logger } from '@aws-lambda-powertools/logger';
import {
  createHandler,
  createStreamingHandler,
  type ExecutionMode,
  type LambdaHandler,
  type StreamingHandler,
} from './api/pipeline.ts';
import { createEngine } from './engine/engine.ts';
import type { SandboxPool } from './sandbox/pool.ts';
import type { Settings } from './settings/settings.ts';
import { logBatchProgress, logOutboundRequest } from './telemetry/engine-log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createScriptLog } from './telemetry/telemetry.ts';

export interface ServiceOptions {
  readonly settings: Settings;
  readonly sandboxes: SandboxPool;
  readonly logger: Logger;
  readonly env: { [name: string]: string | undefined };
  /** What the build has made of the playground. */
  readonly playgroundFolder: URL;
  readonly version: string;
}

export interface Service {
  createHandler(): LambdaHandler;
  /** @param mode how an answer gets to the platform; as a result, where absent */
  createStreamingHandler(mode?: ExecutionMode): StreamingHandler;
  close(): Promise<void>;
}

export function createService(options: ServiceOptions): Service {
  const { settings, sandboxes, logger, env, playgroundFolder, version } = options;
  const engine = createEngine({
    settings,
    sandboxes,
    version,
    onOutboundRequest: (record) => logOutboundRequest(logger, record),
    onSecretFailure: (reason) => logger.error('secret_failure', { reason }),
    onBatchProgress: (progress) => logBatchProgress(logger, progress),
  });
  const metrics = createMetrics(env);
  const scriptLog = createScriptLog(settings, env, logger);
  const telemetry = { logger, metrics, scriptLog };
  const parts = { version, playgroundFolder };
  return {
    createHandler: () => createHandler(engine, settings, telemetry, parts),
    createStreamingHandler: (mode) =>
      createStreamingHandler(engine, settings, telemetry, parts, mode),
    close: () => engine.close(),
  };
}
