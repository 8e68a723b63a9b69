/**
 * The sandbox process: reads runs from stdin, runs one guest at a time, and tells the host what
 * happens on file descriptor 3, as it happens. Its stdout and stderr are no part of the protocol.
 */

import { writeSync } from 'node:fs';
import { encodeFrame, FrameReader } from '../sandbox/frame.ts';
import type { HostMessage, RunMessage, SandboxMessage } from '../sandbox/protocol.ts';
import { createRuntimes } from './registry.ts';
import { type LinkedRun, linkRun, processCpuMs } from './run-host.ts';

const HOST_FD = 3;
/** The host is trusted: its frames are as large as the code and the responses in them. */
const MAX_FRAME_BYTES = 0xffffffff;

// The process has an empty environment; scripts get the one time zone that is the same everywhere.
process.env.TZ = 'UTC';

const runtimes = createRuntimes(new URL('./', import.meta.url), Number(process.argv[2]));
const frames = new FrameReader(MAX_FRAME_BYTES);
let active: LinkedRun | null = null;
let idle = Promise.resolve();

process.stdin.on('data', (chunk) => {
  for (const { message, body } of frames.push(chunk)) receive(message as HostMessage, body);
});
// The host is gone.
process.stdin.on('end', () => process.exit(0));

await prepare();
send({ type: 'ready', processCpuMs: processCpuMs() });

function receive(message: HostMessage, body: Uint8Array): void {
  if (message.type !== 'run') active?.receive(message, body);
  else idle = idle.then(() => execute(message, body));
}

async function execute(run: RunMessage, code: Uint8Array): Promise<void> {
  const linked = linkRun(run, send);
  active = linked;
  const runtime = runtimes[run.codeType];
  const report = await runtime.execute(run, code, linked.host);
  linked.close();
  active = null;
  const cpuMs = processCpuMs();
  send({
    type: 'done',
    runId: run.runId,
    outcome: report.outcome,
    executionTimeMs: linked.elapsedMs(),
    cpuTimeMs: cpuMs - linked.cpuAtStartMs,
    processCpuMs: cpuMs,
    memoryPeakBytes: report.memoryPeakBytes,
    kept: runtime.kept(),
    retire: report.retire,
  });
  await prepare();
}

async function prepare(): Promise<void> {
  for (const runtime of Object.values(runtimes)) await runtime.prepare();
}

function send(message: SandboxMessage, body?: Uint8Array): void {
  for (const part of encodeFrame(message, body)) {
    let written = 0;
    while (written < part.length) written += writeSync(HOST_FD, part, written);
  }
}
