/** One run's link to the host: caps what the guest sends, matches answers to questions. */

import { isShallow } from '../contract/depth.ts';
import type { Json } from '../contract/errors.ts';
import {
  type AnswerMessage,
  type GuestFetchRequest,
  type GuestImportRequest,
  type ImportedModule,
  type LogLevel,
  MAX_HEADERS,
  type RunMessage,
  type SandboxMessage,
} from '../contract/protocol.ts';
import type { PendingFetch, RunHost } from './runtime/runtime.ts';

type FetchResult = Awaited<PendingFetch['result']>;

export interface LinkedRun {
  readonly runId: number;
  readonly host: RunHost;
  /** Hands over an answer of the host. */
  receive(message: AnswerMessage, body: Uint8Array): void;
  /** Whether the guest has asked for what has not been answered. */
  isWaiting(): boolean;
  /** Nothing is sent or received any more. */
  close(): void;
  elapsedMs(): number;
  /** CPU time of the process when the run began. */
  readonly cpuAtStartMs: number;
}

/** Characters; the host takes much less. */
const MAX_HEAD_LENGTH = 1024 * 1024;
const MAX_URL_LENGTH = 64 * 1024;

const overFailure = {
  ok: false,
  error: { kind: 'aborted', message: 'The run is over', causeCode: null },
} as const;

/** What would not fit into a message is refused here: it is no attack on the host. */
function faultOf({ url, method, headers }: GuestFetchRequest): FetchResult | null {
  const length = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (headers.length <= MAX_HEADERS && url.length + method.length + length <= MAX_HEAD_LENGTH) {
    return null;
  }
  const message = `The URL and headers are longer than ${MAX_HEAD_LENGTH} characters together, or the headers are more than ${MAX_HEADERS}.`;
  return { ok: false, error: { kind: 'bad-request', message, causeCode: null } };
}

/** CPU time of the process until now. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * @param send writes a message to the host before it returns
 * @param maxFetchBytes no run may send a larger request body
 */
export function linkRun(
  run: RunMessage,
  send: (message: SandboxMessage, body?: Uint8Array) => void,
  maxFetchBytes: number = Number.POSITIVE_INFINITY,
): LinkedRun {
  const { runId, limits } = run;
  const startMs = performance.now();
  const cpuAtStartMs = processCpuMs();
  const fetches = new Map<number, (result: FetchResult) => void>();
  const imports = new Map<number, (module: ImportedModule) => void>();
  const printed = { stdout: 0, stderr: 0 };
  let logEntries = 0;
  let logBytes = 0;
  let lastCall = 0;
  let open = true;

  const elapsedMs = (): number => performance.now() - startMs;

  const host: RunHost = {
    write(stream, chunk) {
      const room = limits.maxOutputBytes - printed[stream];
      if (room < 0 || !open) return false;
      const truncated = chunk.length > room;
      printed[stream] += chunk.length;
      const kept = truncated ? chunk.subarray(0, room) : chunk;
      if (chunk.length > 0) send({ type: 'output', runId, stream, truncated }, kept);
      return !truncated;
    },
    room: (stream) => Math.max(0, limits.maxOutputBytes - printed[stream]),
    log(level: LogLevel, message: string, fields: Json, cut = false) {
      if (logEntries > limits.maxLogEntries || !open) return;
      const kept = isShallow(fields) ? fields : null;
      logEntries += 1;
      logBytes += Buffer.byteLength(message) + (kept === null ? 0 : JSON.stringify(kept).length);
      if (logEntries > limits.maxLogEntries || logBytes > limits.maxOutputBytes) {
        logEntries = limits.maxLogEntries + 1;
        send({ type: 'logs-dropped', runId });
        return;
      }
      const timestamp = new Date().toISOString();
      send({ type: 'log', runId, level, message, fields: kept, timestamp });
      if (cut || kept !== fields) send({ type: 'logs-dropped', runId });
    },
    fetch(request: GuestFetchRequest, body: Uint8Array): PendingFetch {
      const refused = open ? faultOf(request) : overFailure;
      if (refused !== null) return { result: Promise.resolve(refused), abort() {} };
      lastCall += 1;
      const callId = lastCall;
      const result = new Promise<FetchResult>((resolve) => {
        fetches.set(callId, resolve);
      });
      // A byte more than any quota is enough for the host to reject the body.
      send({ type: 'fetch', runId, callId, request }, body.subarray(0, maxFetchBytes + 1));
      return {
        result,
        abort() {
          const resolve = fetches.get(callId);
          if (!fetches.delete(callId) || !open) return;
          send({ type: 'fetch-abort', runId, callId });
          const error = {
            kind: 'aborted',
            message: 'The request was aborted',
            causeCode: null,
          } as const;
          resolve?.({ ok: false, error });
        },
      };
    },
    importModule({ url, computed }: GuestImportRequest) {
      const refused = (code: string, message: string): Promise<ImportedModule> =>
        Promise.resolve({ ok: false, code, message, rule: null });
      if (!open) return refused('ABORTED', 'The run is over');
      if (url.length > MAX_URL_LENGTH) {
        return refused('URL_NOT_ALLOWED', `its URL is longer than ${MAX_URL_LENGTH} characters`);
      }
      lastCall += 1;
      const callId = lastCall;
      return new Promise((resolve) => {
        imports.set(callId, resolve);
        send({ type: 'import', runId, callId, url, computed });
      });
    },
    timeLeftMs: () => limits.timeoutMs - elapsedMs(),
    // Where both limits are the same, the error names the wall time.
    cpuLeftMs: () =>
      limits.cpuMs < limits.timeoutMs ? limits.cpuMs - (processCpuMs() - cpuAtStartMs) : Infinity,
  };

  return {
    runId,
    host,
    receive(message, body) {
      // An answer may come too late for the run that asked.
      if (message.runId !== runId) return;
      if (message.type === 'fetch-result') {
        const settle = fetches.get(message.callId);
        fetches.delete(message.callId);
        settle?.(message.result.ok ? { ...message.result, body } : message.result);
      } else {
        const settle = imports.get(message.callId);
        imports.delete(message.callId);
        settle?.(message.result.ok ? { ...message.result, source: body } : message.result);
      }
    },
    isWaiting: () => fetches.size + imports.size > 0,
    close() {
      open = false;
      // Clearing makes a new table.
      if (fetches.size > 0) fetches.clear();
      if (imports.size > 0) imports.clear();
    },
    elapsedMs,
    cpuAtStartMs,
  };
}
