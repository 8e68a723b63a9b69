/**
 * The sandbox process: reads runs from stdin, runs one guest at a time, and reports to the host on
 * file descriptor 3 what happens, as it happens. The protocol does not use its stdout and stderr.
 */

import { writeSync } from 'node:fs';
import { freeCompilationsAtOnce } from '../contract/compilers.ts';
import { encodeFrame } from '../contract/frame.ts';
import type {
  DoneMessage,
  GuestError,
  LeftFiles,
  RecallMessage,
  RunOutcome,
  SandboxMessage,
} from '../contract/protocol.ts';
import { Inbox, type WaitingRun } from './inbox.ts';
import { loadRuntimes } from './registry.ts';
import { type LinkedRun, linkRun, processCpuMs } from './run-host.ts';
import { CodeBudget } from './runtime/code-budget.ts';

const HOST_FD = 3;
/** What a larger run held is given back before the host looks at what the process has. */
const LARGE_RUN_BYTES = 64 * 1024 * 1024;
/** In UTF-16 units, of which each may take six bytes of JSON. */
const MAX_ERROR_LENGTH = 512 * 1024;
/** A turn of the event loop costs a tenth of a small run. */
const RUNS_PER_TURN = 16;
/** If the process was started for a run, that run has begun by then. */
const WARM_UP_AFTER_MS = 250;
/** A process with fewer would be none the better for it. After each further one, it warms up by a step. */
const RUNS_BEFORE_WARM_UP = 2;

// The process has an empty environment; scripts get the one time zone that is the same everywhere.
process.env.TZ = 'UTC';
freeCompilationsAtOnce();

const [maxMemoryBytes = 0, maxFetchBytes = 0, codeCacheBytes = 0] = process.argv
  .slice(2, 5)
  .map(Number);
const budget = new CodeBudget(codeCacheBytes);
const runtimes = await loadRuntimes({
  budget,
  directory: new URL('./', import.meta.url),
  maxMemoryBytes,
  codeCacheBytes,
  rehearse: process.argv[5] === 'rehearse',
  seeds: Buffer.from(process.argv[6] ?? '', 'base64url'),
});
const noCode = new Uint8Array(0);
/** Each once: languages may share one. */
const distinctRuntimes = new Set(Object.values(runtimes));
/** The run under way. */
let current: LinkedRun | null = null;
let receiving = false;
/** To be answered when the run under way, which it recalls, has ended. */
let recall: RecallMessage | null = null;
const inbox = new Inbox({
  onAnswer: (message, body) => current?.receive(message, body),
  onRecall(message) {
    const { firstRunId, lastRunId } = message;
    if (current !== null && current.runId >= firstRunId && current.runId <= lastRunId) {
      recall = message;
    } else {
      send({ type: 'recalled', lastRunId });
    }
  },
  onEnd: () => process.exit(0),
});

await prepare();
send({ type: 'ready' });
const warmUp = warmUpSteps();
if (await staysIdle()) await warmUpWhileIdle();
for (let runs = 1; ; runs += 1) {
  const waiting = await inbox.nextRun();
  await execute(waiting);
  // What V8 wants done between tasks has no other time: the process sleeps from here on.
  if (runs % RUNS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  // Of a batch, others follow at once.
  const isAlone = waiting.imports === null && !inbox.hasRun;
  if (isAlone && runs > RUNS_BEFORE_WARM_UP) await warmUp.next();
}

async function staysIdle(): Promise<boolean> {
  for (;;) {
    const startMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(true), WARM_UP_AFTER_MS);
    void inbox.runArrival().then(() => resolve(false));
    const idle = await promise;
    clearTimeout(timer);
    // Lambda freezes the process until there is a request, which must not wait for the warm-up.
    const wasFrozen = performance.now() - startMs > 2 * WARM_UP_AFTER_MS;
    if (!idle || !wasFrozen) return idle;
  }
}

async function execute(waiting: WaitingRun): Promise<void> {
  const { message: run } = waiting;
  const { runId } = run;
  const linked = linkRun(run, sendAndReceive, maxFetchBytes);
  current = linked;
  const runtime = runtimes[run.codeType];
  const host = waiting.imports?.answerFor(linked.host) ?? linked.host;
  const report = await runtime.execute(run, takeCode(waiting), host);
  // A run that is cut off while it waits may go on by itself later: not in this process.
  const isCutOff = linked.isWaiting() && hitDeadline(report.outcome);
  linked.close();
  current = null;
  const executionTimeMs = linked.elapsedMs();
  const cpuTimeMs = processCpuMs() - linked.cpuAtStartMs;
  if (report.left) sendFiles(runId, report.left);
  const isLarge = (report.memoryPeakBytes ?? 0) > LARGE_RUN_BYTES;
  if (isLarge) await prepare();
  const { outcome, result } = split(report.outcome);
  send(
    {
      type: 'done',
      runId,
      codeType: report.codeType ?? run.codeType,
      outcome,
      executionTimeMs,
      cpuTimeMs,
      memoryPeakBytes: report.memoryPeakBytes,
      kept: runtime.kept(),
      keptBytes: budget.usedBytes,
      retire: report.retire || isCutOff || (runtime.charge?.(cpuTimeMs) ?? false),
    },
    result,
  );
  if (recall !== null) send({ type: 'recalled', lastRunId: recall.lastRunId });
  recall = null;
  if (!isLarge) await prepare();
}

/** Nobody else holds it: code of megabytes can be collected as soon as it has run. */
function takeCode(waiting: WaitingRun): Uint8Array {
  const { code } = waiting;
  waiting.code = noCode;
  return code;
}

function hitDeadline(outcome: RunOutcome): boolean {
  if (outcome.status === 'success') return false;
  return outcome.error.code === 'TIMEOUT' || outcome.error.code === 'CPU_LIMIT';
}

/** The result is the frame's body: a header is kept small. */
function split(outcome: RunOutcome): { outcome: DoneMessage['outcome']; result?: Uint8Array } {
  if (outcome.status === 'error') return { outcome: { ...outcome, error: cut(outcome.error) } };
  const { status, exitCode, resultJson } = outcome;
  return { outcome: { status, exitCode }, result: Buffer.from(resultJson) };
}

/** An error fits into a header, however long the names are that a guest gives to things. */
function cut(error: GuestError): GuestError {
  const { name, message, stack, details } = error;
  const length = name.length + message.length + (stack?.length ?? 0);
  if (length + JSON.stringify(details).length <= MAX_ERROR_LENGTH) return error;
  const text = (whole: string): string => whole.slice(0, MAX_ERROR_LENGTH / 4);
  const texts = { name: text(name), message: text(message), stack: stack && text(stack) };
  return { ...error, ...texts, details: null, truncated: true };
}

function sendAndReceive(message: SandboxMessage, body?: Uint8Array): void {
  send(message, body);
  if (message.type === 'call') void receive();
}

/** Takes answers in for as long as the run under way waits for any. */
async function receive(): Promise<void> {
  if (receiving) return;
  receiving = true;
  while (current?.isWaiting()) await inbox.receive();
  receiving = false;
}

function sendFiles(runId: number, { files, truncated }: LeftFiles): void {
  for (const { path, size, content } of files) {
    send({ type: 'file', runId, path, size, hasContent: content !== null }, content ?? undefined);
  }
  if (truncated) send({ type: 'files-dropped', runId });
}

async function prepare(): Promise<void> {
  for (const runtime of distinctRuntimes) await runtime.prepare();
}

async function* warmUpSteps(): AsyncGenerator<void> {
  for (const runtime of distinctRuntimes) yield* runtime.warmUp?.() ?? [];
}

async function warmUpWhileIdle(): Promise<void> {
  while (!inbox.hasRun && !(await warmUp.next()).done) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function send(message: SandboxMessage, body?: Uint8Array): void {
  for (const part of encodeFrame(message, body)) {
    let written = 0;
    while (written < part.length) written += writeSync(HOST_FD, part, written);
  }
}
