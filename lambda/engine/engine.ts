/** One execution from start to finish: obtain the code, detect, run, report. */

import { isUtf8 } from 'node:buffer';
import { EngineError, type ErrorReport, errorName, type Json } from '../contract/errors.ts';
import type {
  Engine,
  ExecuteRequest,
  Execution,
  ExecutionContext,
  ExecutionMetadata,
  OutputFile,
} from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { inlineCodeUrl } from '../contract/inline.ts';
import type { LeftFile } from '../contract/protocol.ts';
import { collectGarbage } from '../contract/reclaim.ts';
import { createEgress, type EgressRecord } from '../egress/egress.ts';
import type { FetchSession } from '../egress/session.ts';
import type { SandboxPool } from '../sandbox/pool.ts';
import type { RunServices, SandboxResult } from '../sandbox/run.ts';
import type { Settings } from '../settings/settings.ts';
import { detect } from './detect.ts';
import { admitInlineCode, describeInlineCode, verifyInlineCode } from './inline-code.ts';
import { fetchQuota, importOptions, runLimits } from './limits.ts';

export interface EngineOptions {
  readonly settings: Settings;
  /** Where guests run; closed together with the engine. */
  readonly sandboxes: SandboxPool;
  /** The engine's version, which requests name in their User-Agent. */
  readonly version: string;
  /** Called after each outbound request, sent or rejected. */
  readonly onOutboundRequest: (record: EgressRecord) => void;
}

/** Executions that may wait for a sandbox, beyond those that have one. */
const MAX_QUEUED = 100;

/**
 * Every run waits at least this long for a sandbox, for one that is starting, say. A run that may
 * take all of the time left then uses some of the time that the handler keeps for the answer.
 */
const MIN_PATIENCE_MS = 500;
/** Code that is collected as garbage as soon as it has run. */
const LARGE_DOWNLOAD_BYTES = 8 * 1024 * 1024;

export function createEngine(options: EngineOptions): Engine {
  const { settings, sandboxes } = options;
  const egress = createEgress({
    ...settings,
    version: options.version,
    onRequest: options.onOutboundRequest,
  });
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
        // Its downloads are garbage now, which V8 would keep for a long time.
        if ((execution.metadata.resourceSizeBytes ?? 0) > LARGE_DOWNLOAD_BYTES) {
          await collectGarbage();
        }
        return execution;
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
              // The invocation may have less time left than a download may take.
              signal:
                timeLeftMs() < settings.downloadTimeoutMs
                  ? AbortSignal.timeout(Math.ceil(Math.max(1, timeLeftMs())))
                  : null,
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
      const url = code.url ?? inlineCodeUrl(codeType);
      metadata = { ...metadata, url, codeType, detectedBy };
      if (source.kind === 'inline') await verifyInlineCode(source, url, request.integrity);
      const limits = runLimits(request.limits, settings, timeLeftMs());
      session = egress.openSession({
        runId: context.requestId,
        quota: fetchQuota(request, settings),
        allowedHosts: request.limits.fetch.allowedHosts,
        cachePartition: sha256,
        imports: importOptions(request, settings, url),
      });
      const result = await sandboxes.run(
        { ...request.inputs, codeType, isGuessed: !isDeclared, url, sha256, limits },
        bytes,
        countRefusals(session, () => {
          fetchesRefused += 1;
        }),
        Math.max(MIN_PATIENCE_MS, timeLeftMs() - limits.timeoutMs),
      );
      if (result === null) {
        throw new EngineError(
          'OVERLOADED',
          'No sandbox became free in time; try again in a moment',
        );
      }
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
}

function countRefusals(session: FetchSession, onRefusal: () => void): RunServices {
  return {
    async fetch(request, body, signal) {
      const result = await session.fetch(request, body, signal);
      if (!result.ok && (result.error.kind === 'not-allowed' || result.error.kind === 'quota')) {
        onRefusal();
      }
      return result;
    },
    async import(request, _body, signal) {
      const result = await session.importModule(request, signal);
      if (request.computed && !result.ok && result.rule !== null) onRefusal();
      return result;
    },
  };
}

function report(
  result: SandboxResult,
  metadata: ExecutionMetadata,
  outputs: readonly string[],
  { counts, importCounts }: FetchSession,
  fetchesRefused: number,
): Execution {
  const { codeType, outcome, truncated } = result;
  const failed = outcome.status === 'error';
  const isAnother = codeType !== null && codeType !== metadata.codeType;
  return {
    resultJson: failed ? 'null' : checkedJson(outcome.resultJson),
    // Decoded here rather than as it arrived: a character may be cut in two by a chunk's end.
    stdout: textOf(result.stdout),
    stderr: textOf(result.stderr),
    logs: result.logs,
    files: result.files.map(outputFile),
    error: failed ? errorReport(outcome.error, importCounts.timeMs) : null,
    metadata: {
      ...metadata,
      ...(isAnother ? { codeType, detectedBy: 'content' as const } : {}),
      executionTimeMs: rounded(result.executionTimeMs),
      cpuTimeMs: result.cpuTimeMs === null ? null : rounded(result.cpuTimeMs),
      memoryPeakBytes: result.memoryPeakBytes,
      exitCode: outcome.exitCode,
      fetch: { ...counts },
      imports: { ...importCounts, timeMs: rounded(importCounts.timeMs) },
      missingOutputs: missingOutputs(outputs, result.files),
      truncated: { ...truncated, error: failed && outcome.error.truncated === true },
    },
    fetchesRefused,
  };
}

function missingOutputs(outputs: readonly string[], files: readonly LeftFile[]): readonly string[] {
  if (outputs.length === 0) return outputs;
  const left = new Set(files.map(({ path }) => path));
  return outputs.filter((path) => !left.has(path));
}

function outputFile({ path, size, content }: LeftFile): OutputFile {
  if (content === null) return { path, size };
  if (isUtf8(content)) return { path, size, content: textOf(content) };
  return { path, size, content: { base64: Buffer.from(content).toString('base64') } };
}

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return length === 0 ? '' : Buffer.from(buffer, byteOffset, length).toString('utf8');
}

/** Not a failure of the code or of its download: there is no execution to report. */
function isEngineFailure(code: string): boolean {
  return code === 'OVERLOADED' || code === 'INTERNAL_ERROR';
}

/** To microseconds. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The sandbox is not trusted to send JSON. @throws {SyntaxError} after a defect or an escape */
function checkedJson(resultJson: string): string {
  JSON.parse(resultJson);
  return resultJson;
}

/** @param importsMs what the run has waited for modules, which is part of its wall time */
function errorReport(error: ErrorReport, importsMs: number): ErrorReport {
  const { code, name, message, stack, details } = error;
  if (code !== 'TIMEOUT' || importsMs === 0) return { code, name, message, stack, details };
  return {
    code,
    name,
    message: `${message}, ${importsMs.toFixed(1)} ms of that for the download of imports`,
    stack,
    details: { ...(details as Readonly<Record<string, Json>>), importsMs: rounded(importsMs) },
  };
}
