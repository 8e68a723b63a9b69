/** Runs WebAssembly in the test's own process, with a host that records every call. */

import { createHash } from 'node:crypto';
import type { GuestFetchRequest, GuestFetchResult } from '../../../lambda/contract/calls.ts';
import type { Json } from '../../../lambda/contract/errors.ts';
import type { LogLevel } from '../../../lambda/contract/protocol.ts';
import type { RunHost, RunReport, Runtime } from '../../../lambda/guest/runtime/runtime.ts';
import { createWasmRuntime } from '../../../lambda/guest/webassembly/runtime.ts';
import { type RunOptions, runMessage } from '../run-message.ts';
import { answeredBy } from './host-calls.ts';

export interface GuestOptions extends RunOptions {
  readonly runtime?: Runtime;
  readonly respond?: (
    request: GuestFetchRequest,
    body: Uint8Array,
  ) => GuestFetchResult | Promise<GuestFetchResult>;
}

export interface GuestRun extends RunReport {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as they were written. */
  readonly printed: string;
  readonly logs: readonly { level: LogLevel; message: string; fields: Json }[];
  readonly requests: readonly GuestFetchRequest[];
  readonly aborted: number;
}

// jest formats stacks for its sources, and loses positions in modules on the way: V8's own format.
Error.prepareStackTrace = (error, frames) =>
  [String(error), ...frames.map((frame) => `    at ${frame}`)].join('\n');

const shared = createWasmRuntime();

export async function runGuest(code: Uint8Array, options: GuestOptions = {}): Promise<GuestRun> {
  const { runtime = shared, respond, ...message } = options;
  const run = runMessage('wasm', {
    url: 'https://example.com/code/program.wasm',
    sha256: createHash('sha256').update(code).digest('hex'),
    ...message,
  });
  const chunks: { stream: string; bytes: Buffer }[] = [];
  const logs: { level: LogLevel; message: string; fields: Json }[] = [];
  const requests: GuestFetchRequest[] = [];
  let aborted = 0;
  const deadline = performance.now() + run.limits.timeoutMs;
  const room = (stream: string): number =>
    chunks
      .filter((chunk) => chunk.stream === stream)
      .reduce((left, { bytes }) => left - bytes.length, run.limits.maxOutputBytes);
  const host: RunHost = {
    started() {},
    write(stream, chunk) {
      const kept = Buffer.from(chunk.subarray(0, room(stream)));
      chunks.push({ stream, bytes: kept });
      return kept.length === chunk.length;
    },
    room,
    log: (level, text, fields) => void logs.push({ level, message: text, fields }),
    call: answeredBy({
      fetch(request, body) {
        requests.push(request);
        const refusal = { kind: 'not-allowed', message: 'no network', causeCode: null } as const;
        return {
          result: Promise.resolve(respond?.(request, body) ?? { ok: false, error: refusal }),
          abort: () => {
            aborted += 1;
          },
        };
      },
    }),
    timeLeftMs: () => deadline - performance.now(),
    cpuLeftMs: () => run.limits.cpuMs,
  };
  const report = await runtime.execute(run, run.codeKept ? new Uint8Array(0) : code, host);
  const text = (stream?: string): string =>
    Buffer.concat(
      chunks.filter((chunk) => !stream || chunk.stream === stream).map(({ bytes }) => bytes),
    ).toString();
  return {
    ...report,
    stdout: text('stdout'),
    stderr: text('stderr'),
    printed: text(),
    logs,
    requests,
    aborted,
  };
}
