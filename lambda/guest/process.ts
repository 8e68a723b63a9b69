/**
 * The sandbox process: reads runs from stdin, runs one guest at a time, and tells the host what
 * happens on file descriptor 3, as it happens. Its stdout and stderr are no part of the protocol.
 */

import { writeSync } from 'node:fs';
import { encodeFrame, FrameReader } from '../sandbox/frame.ts';
import type { HostMessage, LeftFiles, RunMessage, SandboxMessage } from '../sandbox/protocol.ts';
import { createRuntimes } from './registry.ts';
import { type LinkedRun, linkRun, processCpuMs } from './run-host.ts';

const HOST_FD = 3;
/**
 * What a larger run held is given back before the host counts what the next one has; a process that
 * V8 will not let it go from is replaced.
 */
const LARGE_RUN_BYTES = 128 * 1024 * 1024;
const MAX_RESIDENT_BYTES = 256 * 1024 * 1024;
/** The host is trusted: its frames are as large as the code and the responses in them. */
const MAX_FRAME_BYTES = 0xffffffff;
/** A run that waited for this process has begun by then. */
const WARM_UP_AFTER_MS = 250;

// The process has an empty environment; scripts get the one time zone that is the same everywhere.
process.env.TZ = 'UTC';

const [maxMemoryBytes = 0, maxFetchBytes = 0] = process.argv.slice(2).map(Number);
const runtimes = createRuntimes(new URL('./', import.meta.url), maxMemoryBytes);
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
setTimeout(() => {
  idle = idle.then(warmUp);
}, WARM_UP_AFTER_MS);

function receive(message: HostMessage, body: Uint8Array): void {
  if (message.type !== 'run') active?.receive(message, body);
  else idle = idle.then(() => execute(message, body));
}

async function execute(run: RunMessage, code: Uint8Array): Promise<void> {
  const linked = linkRun(run, send, maxFetchBytes);
  active = linked;
  const runtime = runtimes[run.codeType];
  const report = await runtime.execute(run, code, linked.host);
  linked.close();
  active = null;
  const executionTimeMs = linked.elapsedMs();
  const cpuMs = processCpuMs();
  if (report.left) sendFiles(run.runId, report.left);
  const isLarge = (report.memoryPeakBytes ?? 0) > LARGE_RUN_BYTES;
  if (isLarge) await prepare();
  send({
    type: 'done',
    runId: run.runId,
    outcome: report.outcome,
    executionTimeMs,
    cpuTimeMs: cpuMs - linked.cpuAtStartMs,
    processCpuMs: cpuMs,
    memoryPeakBytes: report.memoryPeakBytes,
    kept: runtime.kept(),
    retire: report.retire || (isLarge && process.memoryUsage.rss() > MAX_RESIDENT_BYTES),
  });
  if (!isLarge) await prepare();
}

function sendFiles(runId: number, { files, truncated }: LeftFiles): void {
  for (const { path, size, content } of files) {
    send({ type: 'file', runId, path, size, hasContent: content !== null }, content ?? undefined);
  }
  if (truncated) send({ type: 'files-dropped', runId });
}

async function prepare(): Promise<void> {
  for (const runtime of Object.values(runtimes)) await runtime.prepare();
}

async function warmUp(): Promise<void> {
  for (const runtime of Object.values(runtimes)) await runtime.warmUp?.();
}

function send(message: SandboxMessage, body?: Uint8Array): void {
  for (const part of encodeFrame(message, body)) {
    let written = 0;
    while (written < part.length) written += writeSync(HOST_FD, part, written);
  }
}
