/** One run's link to the host: caps what the guest sends, matches answers to questions. */

import { isShallow } from '../contract/depth.ts';
import type { Json } from '../contract/errors.ts';
import type {
  FetchResultMessage,
  GuestFetchRequest,
  ImportedModule,
  ImportResultMessage,
  LogLevel,
  RunMessage,
  SandboxMessage,
} from '../contract/protocol.ts';
import type { PendingFetch, RunHost } from './runtime/runtime.ts';

type FetchResult = Awaited<PendingFetch['result']>;

export interface LinkedRun {
  readonly host: RunHost;
  /** Hands over an answer of the host. */
  receive(message: FetchResultMessage | ImportResultMessage, body: Uint8Array): void;
  /** Whether the guest has asked for what has not been answered. */
  isWaiting(): boolean;
  /** Nothing is sent or received any more. */
  close(): void;
  elapsedMs(): number;
  /** CPU time of the process when the run began. */
  readonly cpuAtStartMs: number;
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
      const told = isShallow(fields) ? fields : null;
      logEntries += 1;
      logBytes += Buffer.byteLength(message) + (told === null ? 0 : JSON.stringify(told).length);
      if (logEntries > limits.maxLogEntries || logBytes > limits.maxOutputBytes) {
        logEntries = limits.maxLogEntries + 1;
        send({ type: 'logs-dropped', runId });
        return;
      }
      const timestamp = new Date().toISOString();
      send({ type: 'log', runId, level, message, fields: told, timestamp });
      if (cut || told !== fields) send({ type: 'logs-dropped', runId });
    },
    fetch(request: GuestFetchRequest, body: Uint8Array): PendingFetch {
      lastCall += 1;
      const callId = lastCall;
      const result = new Promise<FetchResult>((resolve) => {
        fetches.set(callId, resolve);
      });
      // A byte more than any quota is enough for the host to refuse the body.
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
    importModule(url) {
      lastCall += 1;
      const callId = lastCall;
      return new Promise((resolve) => {
        imports.set(callId, resolve);
        send({ type: 'import', runId, callId, url });
      });
    },
    timeLeftMs: () => limits.timeoutMs - elapsedMs(),
    // A run that may compute for all of its time is told of its time, not of its CPU time.
    cpuLeftMs: () =>
      limits.cpuMs < limits.timeoutMs ? limits.cpuMs - (processCpuMs() - cpuAtStartMs) : Infinity,
  };

  return {
    host,
    receive(message, body) {
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
