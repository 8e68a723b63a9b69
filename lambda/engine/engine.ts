/** One execution from start to finish: obtain the code, detect, run, report. */

import { EngineError, ExecutionAbandoned, errorName } from '../contract/errors.ts';
import type {
  Engine,
  ExecuteRequest,
  Execution,
  ExecutionContext,
  SandboxHealth,
} from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { inlineCodeUrl } from '../contract/inline.ts';
import { garbageCollector } from '../contract/reclaim.ts';
import { createEgress, type EgressRecord } from '../egress/egress.ts';
import type { FetchSession } from '../egress/session.ts';
import type { SandboxPool } from '../sandbox/pool.ts';
import type { Settings } from '../settings/settings.ts';
import { checkArguments } from './arguments.ts';
import type { BatchProgress } from './batch.ts';
import { detect } from './detect.ts';
import { admitInlineCode, describeInlineCode, verifyInlineCode } from './inline-code.ts';
import { fetchQuota, importOptions, runLimits } from './limits.ts';
import { report, rounded } from './report.ts';
import { runServices } from './run-services.ts';
import { executionStart, tellRun } from './told-run.ts';

export interface EngineOptions {
  readonly settings: Settings;
  /** Where guests run; closed together with the engine. */
  readonly sandboxes: SandboxPool;
  /** The engine's version, which requests name in their User-Agent. */
  readonly version: string;
  /** Called after each outbound request, sent or rejected. */
  readonly onOutboundRequest: (record: EgressRecord) => void;
  /** Told of a credential of the operator whose secret cannot be had. */
  readonly onSecretFailure?: (message: string) => void;
  /** Called now and then while the runs of many inputs are under way. */
  readonly onBatchProgress?: (progress: BatchProgress) => void;
}

/** Executions that may wait for a sandbox, beyond those that have one. */
const MAX_QUEUED = 100;

/**
 * Every run waits at least this long for a sandbox, for one that is starting, say. A run that may
 * take all of the time left then uses some of the time that the handler keeps for the answer.
 */
const MIN_PATIENCE_MS = 500;
/** No caller waits longer for a run to begin, however long the run may take. */
const MAX_PATIENCE_MS = 30_000;
/** Code that is collected as garbage as soon as it has run. */
const LARGE_DOWNLOAD_BYTES = 8 * 1024 * 1024;

export function createEngine(options: EngineOptions): Engine {
  const { settings, sandboxes } = options;
  const egress = createEgress({
    ...settings,
    version: options.version,
    onRequest: options.onOutboundRequest,
    ...(options.onSecretFailure && { onSecretFailure: options.onSecretFailure }),
  });
  const collectDownloads = garbageCollector(LARGE_DOWNLOAD_BYTES);
  let underWay = 0;

  return {
    async execute(request, context) {
      if (underWay >= settings.sandboxes + MAX_QUEUED) {
        throw new EngineError(
          'OVERLOADED',
          `${underWay} executions are under way here; try again in a moment`,
        );
      }
      underWay += 1;
      try {
        const execution = await execute(request, context);
        if (context.abandoned?.aborted) throw new ExecutionAbandoned();
        // What was downloaded is garbage now, which V8 would keep for a long time; not so what was cached.
        if ((execution.metadata.resourceSizeBytes ?? 0) > LARGE_DOWNLOAD_BYTES) {
          await collectDownloads();
        }
        return execution;
      } catch (error) {
        throw context.abandoned?.aborted ? new ExecutionAbandoned() : error;
      } finally {
        underWay -= 1;
      }
    },
    health: () => sandboxes.health(),
    async close() {
      await Promise.all([sandboxes.close(), egress.close()]);
    },
  };

  async function execute(request: ExecuteRequest, context: ExecutionContext): Promise<Execution> {
    const { source } = request;
    const { observer, abandoned = null } = context;
    const startMs = performance.now();
    const timeLeftMs = (): number => context.timeLeftMs - (performance.now() - startMs);
    let metadata = emptyMetadata({
      requestId: context.requestId,
      url: source.kind === 'url' ? source.url : null,
      timestamp: new Date().toISOString(),
    });
    let session: FetchSession | null = null;
    let fetchesRefused = 0;
    try {
      const code =
        source.kind === 'inline'
          ? { url: null, ...describeInlineCode(source) }
          : await egress.download({
              url: source.url,
              integrity: request.integrity,
              runId: context.requestId,
              signal: downloadSignal(abandoned, timeLeftMs()),
            });
      const { bytes, sha256 } = code;
      metadata = {
        ...metadata,
        url: code.url,
        downloadTimeMs: source.kind === 'inline' ? null : rounded(performance.now() - startMs),
        resourceSizeBytes: bytes.length,
        sha256,
      };
      if (source.kind === 'inline') admitInlineCode(source, settings);
      const { codeType, detectedBy, isDeclared } = detect(code, request.type);
      checkArguments(request.inputs.args, { codeType, bytes });
      const url = code.url ?? inlineCodeUrl(codeType);
      metadata = { ...metadata, url, codeType, detectedBy };
      if (source.kind === 'inline') await verifyInlineCode(source, url, request.integrity);
      // What many inputs print is in their items, which have the limits of a whole answer.
      const isObserved = observer !== undefined && request.batch === null;
      const limits = runLimits(request.limits, settings, timeLeftMs(), isObserved);
      const openSession = (): FetchSession =>
        egress.openSession({
          runId: context.requestId,
          quota: fetchQuota(request, settings),
          allowedHosts: request.limits.fetch.allowedHosts,
          cachePartition: sha256,
          imports: importOptions(request, settings, url),
          code: { url, sha256 },
        });
      const job = { ...request.inputs, codeType, isGuessed: !isDeclared, url, sha256, limits };
      if (request.batch !== null) {
        const { runBatch } = await import('./batch.ts');
        observer?.tell({ event: 'start', data: executionStart(metadata) });
        const deadlineMs = startMs + context.timeLeftMs;
        return await runBatch({
          inputs: request.batch,
          runs: sandboxes.openBatch(job, bytes, deadlineMs, {
            signal: abandoned,
            requestId: context.requestId,
          }),
          job,
          deadlineMs,
          metadata,
          openSession,
          abandoned,
          observer: observer ?? null,
          onProgress: options.onBatchProgress ?? null,
        });
      }
      session = openSession();
      const told = observer === undefined ? null : tellRun(observer, metadata);
      const result = await sandboxes.run(
        job,
        bytes,
        runServices(session, timeLeftMs, () => {
          fetchesRefused += 1;
        }),
        Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, timeLeftMs() - limits.timeoutMs)),
        { observer: told, signal: abandoned, requestId: context.requestId },
      );
      if (result === null) throw overloaded(sandboxes.health());
      told?.end(result);
      const { outputs } = request.inputs;
      return report(result, metadata, outputs, session, fetchesRefused);
    } catch (error) {
      if (!(error instanceof EngineError) || isEngineFailure(error.code)) throw error;
      const { code, message, details } = error;
      const report = { code, name: errorName(code), message, stack: null, details };
      return failedExecution(report, metadata);
    } finally {
      session?.close();
    }
  }

  /** The invocation may have less time left than a download may take. */
  function downloadSignal(signal: AbortSignal | null, timeLeftMs: number): AbortSignal | null {
    if (timeLeftMs >= settings.downloadTimeoutMs) return signal;
    const timeout = AbortSignal.timeout(Math.ceil(Math.max(1, timeLeftMs)));
    return signal === null ? timeout : AbortSignal.any([signal, timeout]);
  }
}

function overloaded({ idle, busy, failedStarts }: SandboxHealth): EngineError {
  const none = idle + busy === 0 && failedStarts > 0;
  const reason = none ? 'No sandbox starts here' : 'No sandbox became free in time';
  return new EngineError('OVERLOADED', `${reason}; try again in a moment`);
}

/** Not a failure of the code or of its download: there is no execution to report. */
function isEngineFailure(code: string): boolean {
  return code === 'OVERLOADED' || code === 'INTERNAL_ERROR';
}
