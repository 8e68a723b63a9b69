/**
 * The sandbox process: reads runs from stdin, runs one guest at a time, and tells the host what
 * happens on file descriptor 3, as it happens. Its stdout and stderr are no part of the protocol.
 */

import { writeSync } from 'node:fs';
import { encodeFrame } from '../contract/frame.ts';
import type { LeftFiles, RunMessage, SandboxMessage } from '../contract/protocol.ts';
import { Inbox } from './inbox.ts';
import { loadRuntimes } from './registry.ts';
import { linkRun, processCpuMs } from './run-host.ts';

const HOST_FD = 3;
/**
 * What a larger run held is given back before the host counts what the next one has; a process that
 * V8 will not let it go from is replaced.
 */
const LARGE_RUN_BYTES = 128 * 1024 * 1024;
const MAX_RESIDENT_BYTES = 256 * 1024 * 1024;
/** A turn of the event loop costs a tenth of a small run. */
const RUNS_PER_TURN = 16;
/** A run that the process was started for has begun by then. */
const WARM_UP_AFTER_MS = 250;

// The process has an empty environment; scripts get the one time zone that is the same everywhere.
process.env.TZ = 'UTC';

const [maxMemoryBytes = 0, maxFetchBytes = 0] = process.argv.slice(2).map(Number);
const runtimes = await loadRuntimes({ directory: new URL('./', import.meta.url), maxMemoryBytes });
const inbox = new Inbox(() => process.exit(0));

await prepare();
send({ type: 'ready', processCpuMs: processCpuMs() });
if (await staysIdle()) await warmUp();
for (let messages = 1; ; messages += 1) {
  const { message, body } = await inbox.next();
  // An answer may come too late for the run that asked.
  if (message.type === 'run') await execute(message, body);
  // What V8 wants done between tasks has no other time: the process sleeps from here on.
  if (messages % RUNS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
}

async function staysIdle(): Promise<boolean> {
  for (;;) {
    const startMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(true), WARM_UP_AFTER_MS);
    void inbox.arrival().then(() => resolve(false));
    const idle = await promise;
    clearTimeout(timer);
    // A Lambda environment is frozen until there is a request, which is then not to wait for this.
    const wasFrozen = performance.now() - startMs > 2 * WARM_UP_AFTER_MS;
    if (!idle || !wasFrozen) return idle;
  }
}

async function execute(run: RunMessage, code: Uint8Array): Promise<void> {
  let listening = false;
  const linked = linkRun(run, sendAndListen, maxFetchBytes);
  const runtime = runtimes[run.codeType];
  const report = await runtime.execute(run, code, linked.host);
  linked.close();
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

  function sendAndListen(message: SandboxMessage, body?: Uint8Array): void {
    send(message, body);
    if (message.type === 'fetch' || message.type === 'import') void listen();
  }

  /** Takes answers in for as long as the run waits for any. */
  async function listen(): Promise<void> {
    if (listening) return;
    listening = true;
    while (linked.isWaiting()) {
      await inbox.arrival();
      // What has arrived may be the next run.
      if (!linked.isWaiting()) break;
      for (const { message, body } of inbox.take()) {
        if (message.type !== 'run') linked.receive(message, body);
      }
    }
    listening = false;
  }
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
