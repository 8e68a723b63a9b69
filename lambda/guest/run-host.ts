/** One run's link to the host: caps what the guest sends, matches answers to questions. */

import { type CallResult, hostCalls } from '../contract/calls.ts';
import { isShallow } from '../contract/depth.ts';
import type { Json } from '../contract/errors.ts';
import type { LogLevel, ReplyMessage, RunMessage, SandboxMessage } from '../contract/protocol.ts';
import { wholeLength } from '../contract/whole-characters.ts';
import type { RunHost } from './runtime/runtime.ts';

/** What the guest prints at once travels in messages of this size. */
const MAX_PIECE_BYTES = 64 * 1024;

export interface LinkedRun {
  readonly runId: number;
  readonly host: RunHost;
  /** Hands over an answer of the host. */
  receive(message: ReplyMessage, body: Uint8Array): void;
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
  const calls = new Map<number, (result: CallResult) => void>();
  const printed = { stdout: 0, stderr: 0 };
  let logEntries = 0;
  let logBytes = 0;
  let lastCall = 0;
  let open = true;
  const maxPrintedBytes = limits.maxStreamBytes ?? limits.maxOutputBytes;
  /** Somebody listens who has not been told that the code runs. */
  let isStartDue = limits.maxStreamBytes !== undefined;

  /** While source maps were loaded, which is after the run has failed. */
  const mapping = { underWay: 0, sinceMs: 0, ms: 0 };

  const elapsedMs = (): number => performance.now() - startMs - mapping.ms;

  function excludeTime(until: Promise<unknown>): void {
    if (mapping.underWay === 0) mapping.sinceMs = performance.now();
    mapping.underWay += 1;
    void until.then(() => {
      mapping.underWay -= 1;
      if (mapping.underWay === 0) mapping.ms += performance.now() - mapping.sinceMs;
    });
  }

  const host: RunHost = {
    started(codeType = run.codeType) {
      if (!isStartDue || !open) return;
      isStartDue = false;
      send({ type: 'started', runId, codeType });
    },
    write(stream, chunk) {
      const room = maxPrintedBytes - printed[stream];
      if (room < 0 || !open) return false;
      host.started();
      const truncated = chunk.length > room;
      printed[stream] += chunk.length;
      let rest = truncated ? cutAtCharacter(chunk, room) : chunk;
      // In pieces, so that nobody has to hold more than one at a time.
      for (; rest.length > MAX_PIECE_BYTES; rest = rest.subarray(MAX_PIECE_BYTES)) {
        const piece = rest.subarray(0, MAX_PIECE_BYTES);
        send({ type: 'output', runId, stream, truncated: false }, piece);
      }
      if (chunk.length > 0) send({ type: 'output', runId, stream, truncated }, rest);
      return !truncated;
    },
    room: (stream) => Math.max(0, maxPrintedBytes - printed[stream]),
    log(level: LogLevel, message: string, fields: Json, cut = false) {
      if (logEntries > limits.maxLogEntries || !open) return;
      host.started();
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
    call(name, request, body) {
      const call = hostCalls[name];
      const refusal = open
        ? call.isRequest(request)
          ? null
          : call.failed('bad-request', 'The request is too long, or is no request')
        : call.failed('aborted', 'The run is over');
      if (refusal !== null) return { result: Promise.resolve(refusal), abort() {} };
      lastCall += 1;
      const callId = lastCall;
      const { promise, resolve } = Promise.withResolvers<CallResult<typeof name>>();
      // The reply is one to this request.
      calls.set(callId, resolve as (result: CallResult) => void);
      if (name === 'sourceMap') excludeTime(promise);
      // A byte more than any quota is enough for the host to reject the body.
      send({ type: 'call', runId, callId, name, request }, body?.subarray(0, maxFetchBytes + 1));
      return {
        result: promise,
        abort() {
          if (!calls.delete(callId) || !open) return;
          send({ type: 'call-abort', runId, callId });
          resolve(call.failed('aborted', 'The request was aborted'));
        },
      };
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
      const { callId, reply } = message;
      const settle = calls.get(callId);
      calls.delete(callId);
      settle?.((reply.ok ? { ...reply, body } : reply) as CallResult);
    },
    isWaiting: () => calls.size > 0,
    close() {
      open = false;
      // Clearing makes a new table.
      if (calls.size > 0) calls.clear();
    },
    elapsedMs,
    cpuAtStartMs,
  };
}

function cutAtCharacter(chunk: Uint8Array, length: number): Uint8Array {
  const cut = chunk.subarray(0, length);
  return cut.subarray(0, wholeLength(cut));
}
