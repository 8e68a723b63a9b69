/**
 * The host's side of one run: collects what the guest prints, serves what it asks for, and kills
 * the process when a limit is over that the process cannot, or does not, enforce itself.
 */

import type { Json } from '../engine/errors.ts';
import { limitError } from '../guest/limit-error.ts';
import { collectFiles } from './collected-files.ts';
import type { ExitReport, ProcessUsage, SandboxProcess } from './process.ts';
import type {
  GuestFetchRequest,
  GuestFetchResult,
  ImportedModule,
  LeftFile,
  LeftFiles,
  LogLevel,
  RunLimits,
  RunMessage,
  RunOutcome,
  SandboxMessage,
} from './protocol.ts';

export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly fields: Json;
}

/** What a guest may ask of the host. Neither ever rejects. */
export interface RunServices {
  fetch(
    request: GuestFetchRequest,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<GuestFetchResult>;
  importModule(url: string, signal: AbortSignal): Promise<ImportedModule>;
}

export interface SandboxResult {
  readonly outcome: RunOutcome;
  readonly executionTimeMs: number;
  readonly cpuTimeMs: number | null;
  readonly memoryPeakBytes: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly logs: readonly LogEntry[];
  /** Of a run that came to an end by itself. */
  readonly files: readonly LeftFile[];
  readonly truncated: {
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly logs: boolean;
    readonly files: boolean;
  };
  readonly kept: readonly string[];
  readonly retire: boolean;
}

type Ending = Pick<
  SandboxResult,
  'outcome' | 'executionTimeMs' | 'cpuTimeMs' | 'memoryPeakBytes' | 'kept' | 'retire'
>;

export interface ActiveRun {
  readonly result: Promise<SandboxResult>;
  /** The host itself has killed the process. */
  readonly stopping: boolean;
  receive(message: SandboxMessage, body: Uint8Array): void;
  exited(report: ExitReport): void;
}

/** How long after a deadline the process may still report it by itself. */
const GRACE_MS = 50;
const WATCH_INTERVAL_MS = 25;
/** Resident memory beyond the guest's own: garbage, compiled code, copies on their way. */
const RESIDENT_SLACK_BYTES = 320 * 1024 * 1024;

/** @param before what the process had used when it became idle */
export function startRun(
  sandbox: SandboxProcess,
  before: ProcessUsage,
  message: RunMessage,
  code: Uint8Array,
  services: RunServices,
): ActiveRun {
  const { runId, limits } = message;
  const startMs = performance.now();
  // First of all: the sandbox wakes up while the host does its own part.
  sandbox.send(message, code);
  const output = { stdout: capped(limits.maxOutputBytes), stderr: capped(limits.maxOutputBytes) };
  const logs: LogEntry[] = [];
  const left = collectFiles(limits.maxOutputBytes);
  const calls = new Map<number, AbortController>();
  let logsDropped = false;
  let settled = false;
  let stopped: RunOutcome | null = null;
  let usage: ProcessUsage | null = null;
  let peakBytes = 0;
  const { promise, resolve } = Promise.withResolvers<SandboxResult>();

  const deadlineMs = startMs + limits.timeoutMs + GRACE_MS;
  let watch = setTimeout(observe, Math.min(WATCH_INTERVAL_MS, deadlineMs - startMs));

  /** The last line of defence: for guests that cannot be interrupted, and for leaks of the engine. */
  function observe(): void {
    const nowMs = performance.now();
    usage = sandbox.usage() ?? usage;
    const cpuMs = usage === null ? 0 : usage.cpuMs - before.cpuMs;
    const residentBytes = usage?.residentBytes ?? 0;
    peakBytes = Math.max(peakBytes, residentBytes - before.residentBytes);
    if (nowMs >= deadlineMs) {
      stop(limitError('timeoutMs', limits, nowMs - startMs));
    } else if (limits.cpuMs < limits.timeoutMs && cpuMs > limits.cpuMs + GRACE_MS) {
      stop(limitError('cpuMs', limits, cpuMs));
    } else if (residentBytes > limits.memoryBytes + RESIDENT_SLACK_BYTES) {
      stop(limitError('memoryMb', limits, residentBytes / 2 ** 20));
    } else {
      watch = setTimeout(observe, Math.min(WATCH_INTERVAL_MS, Math.ceil(deadlineMs - nowMs)));
    }
  }

  function stop(error: ReturnType<typeof limitError>): void {
    if (settled || stopped !== null) return;
    stopped = { status: 'error', error, exitCode: null };
    sandbox.kill();
  }

  function settle(ending: Ending, { files, truncated }: LeftFiles): void {
    settled = true;
    clearTimeout(watch);
    for (const call of calls.values()) call.abort();
    calls.clear();
    const { stdout, stderr } = output;
    const { outcome, executionTimeMs, cpuTimeMs, memoryPeakBytes, kept, retire } = ending;
    resolve({
      ...{ outcome, executionTimeMs, cpuTimeMs, memoryPeakBytes, kept, retire },
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      logs,
      files,
      truncated: {
        stdout: stdout.truncated,
        stderr: stderr.truncated,
        logs: logsDropped,
        files: truncated,
      },
    });
  }

  /** Serves a call of the guest, unless it is withdrawn or the run ends first. */
  async function serve<Result>(
    callId: number,
    action: (signal: AbortSignal) => Promise<Result>,
    answer: (result: Result) => void,
  ): Promise<void> {
    const controller = new AbortController();
    calls.set(callId, controller);
    const result = await action(controller.signal);
    if (calls.delete(callId) && !settled) answer(result);
  }

  function receive(received: SandboxMessage, body: Uint8Array): void {
    if (received.type === 'ready' || received.runId !== runId || settled) return;
    switch (received.type) {
      case 'output':
        output[received.stream].add(body, received.truncated);
        break;
      case 'log': {
        const { level, message: text, fields, timestamp } = received;
        if (logs.length < limits.maxLogEntries)
          logs.push({ level, message: text, timestamp, fields });
        else logsDropped = true;
        break;
      }
      case 'logs-dropped':
        logsDropped = true;
        break;
      case 'fetch': {
        const { callId, request } = received;
        void serve(
          callId,
          (signal) => services.fetch(request, body, signal),
          (result) =>
            result.ok
              ? sandbox.send(
                  {
                    type: 'fetch-result',
                    runId,
                    callId,
                    result: { ok: true, response: result.response },
                  },
                  result.body,
                )
              : sandbox.send({ type: 'fetch-result', runId, callId, result }),
        );
        break;
      }
      case 'import': {
        const { callId, url } = received;
        void serve(
          callId,
          (signal) => services.importModule(url, signal),
          (result) =>
            result.ok
              ? sandbox.send(
                  {
                    type: 'import-result',
                    runId,
                    callId,
                    result: { ok: true, url: result.url, contentType: result.contentType },
                  },
                  result.source,
                )
              : sandbox.send({ type: 'import-result', runId, callId, result }),
        );
        break;
      }
      case 'fetch-abort': {
        const controller = calls.get(received.callId);
        calls.delete(received.callId);
        controller?.abort();
        break;
      }
      case 'file':
        left.add(received, body);
        break;
      case 'files-dropped':
        left.drop();
        break;
      case 'done':
        // A deadline that both sides have seen is told once, by whoever was first.
        if (stopped === null) settle(received, left);
        break;
    }
  }

  function exited(report: ExitReport): void {
    if (settled) return;
    // The kernel counts in hundredths of a second.
    const cpuTimeMs = usage === null ? null : Math.max(0, usage.cpuMs - before.cpuMs);
    const ending: Ending = {
      outcome: stopped ?? crashOutcome(report, limits),
      executionTimeMs: performance.now() - startMs,
      cpuTimeMs,
      memoryPeakBytes: usage === null ? null : peakBytes,
      kept: [],
      retire: true,
    };
    settle(ending, { files: [], truncated: false });
  }

  return {
    result: promise,
    get stopping() {
      return stopped !== null || settled;
    },
    receive,
    exited,
  };
}

function crashOutcome(report: ExitReport, limits: RunLimits): RunOutcome {
  const outOfMemory = /heap out of memory|Out of memory|allocation failed/i.test(report.stderr);
  if (outOfMemory) {
    return { status: 'error', error: limitError('memoryMb', limits), exitCode: null };
  }
  const how = report.signal ?? `exit code ${report.code}`;
  return {
    status: 'error',
    exitCode: null,
    error: {
      code: 'SANDBOX_CRASHED',
      name: 'SandboxCrashed',
      message: `The sandbox process died during the run (${how}); the next request finds a new one`,
      stack: null,
      details: null,
    },
  };
}

interface CappedBytes {
  readonly truncated: boolean;
  add(chunk: Uint8Array, truncated: boolean): void;
  bytes(): Uint8Array;
}

const empty = Buffer.alloc(0);

/** The sandbox keeps to the cap by itself; this one holds even where it does not. */
function capped(maxBytes: number): CappedBytes {
  // One buffer that grows: a chunk may be a single byte, and an object for each would cost more.
  let bytes = empty;
  let length = 0;
  let cut = false;
  return {
    get truncated() {
      return cut;
    },
    add(chunk, truncated) {
      const kept = chunk.subarray(0, maxBytes - length);
      cut ||= truncated || kept.length < chunk.length;
      if (length + kept.length > bytes.length) {
        const grown = Buffer.alloc(Math.min(maxBytes, 2 * (length + kept.length)));
        grown.set(bytes);
        bytes = grown;
      }
      bytes.set(kept, length);
      length += kept.length;
    },
    bytes: () => (length === 0 ? empty : bytes.subarray(0, length)),
  };
}
