/**
 * The line of runs in one process: the first is under way, the others have been sent ahead, behind
 * runs that are known to be brief, so that the process need not wait for the host between two runs.
 * When a run turns out not to be brief, the line gives back what is behind it.
 */

import type { RunLimits, SandboxMessage } from '../contract/protocol.ts';
import type { Occupant, OccupantExit } from './fleet.ts';
import type { Batch, Order } from './order.ts';
import type { Pace } from './pace.ts';
import type { ExitReport, ProcessUsage, SandboxProcess } from './process.ts';
import { type KnownCodes, MODULE_FACTOR, type SandboxResult, SandboxRun } from './run.ts';
import { SentBatches } from './sent-batches.ts';

interface LineEvents {
  /** A run has ended, so that there may be room for another one. */
  onRoom(): void;
  /** These orders were sent ahead and did not run: other processes must have them. */
  onGivenBack(orders: readonly Order[]): void;
}

/** Runs that may wait in a process behind the one under way. */
const MAX_AHEAD = 2;
/** The same, of those of a batch: nobody waits for one of them alone. */
export const MAX_AHEAD_IN_BATCH = 6;
/** Longer code is not sent ahead: it may have to be sent once more. */
const MAX_AHEAD_BYTES = 64 * 1024;
/**
 * A process that runs what was recalled for longer than this after the run before is replaced. Nobody
 * waits for it meanwhile but for want of other processes; a busy machine needs the time to answer.
 */
const RECALL_GRACE_MS = 200;
/** The system is asked for what a process uses after runs that last, else this often. */
const MEASURE_INTERVAL_MS = 100;
/**
 * A process that has grown by more than this between two runs, beside the modules that it keeps, is
 * replaced: what earlier guests left in it is nobody's limit.
 */
const MAX_GROWTH_BYTES = 256 * 1024 * 1024;
const LARGE_RUN_BYTES = 64 * 1024 * 1024;

const noCode = new Uint8Array();
const noModules: ReadonlyMap<string, number> = new Map();

interface Sent {
  readonly order: Order;
  readonly run: SandboxRun;
  /** It waited for the host, or was still going on when the host looked at it. */
  lasted: boolean;
}

export class RunLine implements Occupant {
  readonly #process: SandboxProcess;
  readonly #pace: Pace;
  readonly #events: LineEvents;
  readonly #sent: Sent[] = [];
  /** `spent`: accepts no more runs; the process is killed when the run under way has ended. */
  #state: 'open' | 'spent' | 'exited' = 'open';
  /** What the process had used when the system was last asked. */
  #usage: ProcessUsage;
  #measuredAtMs = performance.now();
  readonly #startBytes: number;
  /** Sizes of the code that the process keeps, by hash. */
  #kept: ReadonlyMap<string, number> = noModules;
  #keptBytes = 0;
  /** Sizes of what the run under way imports, by hash. */
  readonly #imports = new Map<string, number>();
  readonly #imported: KnownCodes = {
    isKept: (sha256, bytes) => {
      this.#imports.set(sha256, bytes);
      return this.#kept.has(sha256);
    },
  };
  /** Of a batch, the process keeps the modules by itself, so that it needs them whole. */
  readonly #importedByBatch: KnownCodes = {
    isKept: (sha256, bytes) => {
      this.#imports.set(sha256, bytes);
      return false;
    },
  };
  readonly #batches: SentBatches;
  #lastRunId = 0;
  /** Last of the runs that the process has been told to drop, until it says that it has. */
  #recalling: number | null = null;
  #recallTimer: NodeJS.Timeout | undefined;

  /** @param process ready for its first run */
  constructor(process: SandboxProcess, pace: Pace, events: LineEvents) {
    this.#process = process;
    this.#pace = pace;
    this.#events = events;
    this.#batches = new SentBatches(process);
    this.#usage = process.usage() ?? { cpuMs: 0, residentBytes: 0 };
    this.#startBytes = this.#usage.residentBytes;
  }

  /** Runs in the process, the one under way included. */
  get length(): number {
    return this.#sent.length;
  }

  get isIdle(): boolean {
    return this.#state === 'open' && this.#sent.length === 0 && this.#recalling === null;
  }

  /** What all compiled code takes that the process keeps. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Whether the process keeps the code of this hash. */
  keeps(sha256: string): boolean {
    return this.#kept.has(sha256);
  }

  /** Whether the order may be sent now: to an idle process, or ahead. */
  accepts({ code, batch }: Order): boolean {
    if (this.#state !== 'open' || this.#recalling !== null) return false;
    if (this.#sent.length === 0) return true;
    const isShort = code.length <= MAX_AHEAD_BYTES || (batch !== null && this.#batches.has(batch));
    return isShort && this.#isFreeSoon(batch === null ? MAX_AHEAD : MAX_AHEAD_IN_BATCH);
  }

  #isFreeSoon(maxAhead: number): boolean {
    return (
      this.#sent.length <= maxAhead &&
      this.#sent.every(
        ({ order, lasted }) => !lasted && this.#paceOf(order).isBrief(order.job.sha256),
      )
    );
  }

  #paceOf({ batch }: Order): Pace {
    return batch?.pace ?? this.#pace;
  }

  /** Sends an order that the line {@link accepts}. */
  send(order: Order): void {
    const { batch } = order;
    this.#lastRunId += 1;
    const runId = this.#lastRunId;
    // Before all else: the sandbox wakes up while the host does the rest.
    const limits =
      batch === null ? this.#sendRun(order, runId) : this.#batches.send(batch, order, runId);
    const run = new SandboxRun(
      this.#process,
      { runId, limits },
      order.services,
      {
        onEnd: (result) => this.#finish(sent, result),
        onLasting: () => {
          sent.lasted = true;
          this.#giveBackAhead();
        },
      },
      batch === null ? this.#imported : this.#importedByBatch,
      order.observer,
    );
    const sent: Sent = { order, run, lasted: false };
    this.#sent.push(sent);
    if (this.#sent.length === 1) this.#begin(sent);
  }

  #begin({ order, run }: Sent): void {
    run.begin(this.#usage, order.code.length);
    if (order.signal?.aborted) run.abandon();
  }

  /** Ends the run under way, if it is of this signal; one that waits behind it ends when its turn comes. */
  abandon(signal: AbortSignal): void {
    const current = this.#sent[0];
    if (current?.order.signal === signal) current.run.abandon();
  }

  #sendRun({ job, code }: Order, runId: number): RunLimits {
    // The runs before it may make the process drop the module.
    const codeKept = this.#sent.length === 0 && this.#kept.has(job.sha256);
    this.#process.send({ ...job, type: 'run', runId, codeKept }, codeKept ? noCode : code);
    return job.limits;
  }

  /** No more runs of the batch will come. */
  endBatch(batch: Batch): void {
    if (this.#state !== 'exited') this.#batches.end(batch);
  }

  receive(message: SandboxMessage, body: Uint8Array): void {
    if (message.type === 'recalled') this.#recalled(message.lastRunId);
    else this.#sent[0]?.run.receive(message, body);
  }

  exited(report: ExitReport): OccupantExit {
    const { run: current, order } = this.#sent[0] ?? {};
    const expected = current?.stopping ?? this.#state === 'spent';
    this.#state = 'exited';
    clearTimeout(this.#recallTimer);
    this.#giveBackAhead();
    current?.exited(report);
    return { expected, duringRun: current !== undefined, requestId: order?.requestId ?? null };
  }

  #finish({ order, lasted }: Sent, result: SandboxResult): void {
    // Other work of the machine makes no run of a batch any longer for those behind it.
    const timeMs = order.batch === null ? null : result.cpuTimeMs;
    this.#paceOf(order).record(
      order.job.sha256,
      timeMs ?? result.executionTimeMs,
      lasted || result.retire,
    );
    this.#kept = this.#sizesOf(result.kept);
    this.#keptBytes = result.keptBytes;
    if (this.#imports.size > 0) this.#imports.clear();
    const isLarge = (result.memoryPeakBytes ?? 0) > LARGE_RUN_BYTES;
    if (this.#state === 'open') {
      if (lasted || isLarge || performance.now() - this.#measuredAtMs > MEASURE_INTERVAL_MS) {
        this.#measure();
      }
      if (result.retire || this.#isLarge()) this.#state = 'spent';
    }
    if (this.#state === 'spent') {
      this.#giveBackAhead();
      this.#process.kill();
    }
    this.#sent.shift();
    const next = this.#sent[0];
    if (next !== undefined) this.#begin(next);
    if (this.#recalling !== null && this.#state === 'open') this.#awaitRecall();
    order.settle(result);
    this.#events.onRoom();
  }

  /** Of the code that the process says it keeps, those that it can have. */
  #sizesOf(hashes: readonly string[]): ReadonlyMap<string, number> {
    if (hashes.length === 0) return noModules;
    return new Map(
      hashes.flatMap((hash) => {
        const bytes =
          this.#kept.get(hash) ??
          this.#imports.get(hash) ??
          this.#sent.find(({ order }) => order.job.sha256 === hash)?.order.code.length;
        return bytes === undefined ? [] : [[hash, bytes] as const];
      }),
    );
  }

  #measure(): void {
    this.#usage = this.#process.usage() ?? this.#usage;
    this.#measuredAtMs = performance.now();
  }

  #isLarge(): boolean {
    const grownBytes = this.#usage.residentBytes - this.#startBytes;
    if (grownBytes <= MAX_GROWTH_BYTES) return false;
    const keptBytes = [...this.#kept.values()].reduce((sum, bytes) => sum + bytes, 0);
    return grownBytes > MAX_GROWTH_BYTES + MODULE_FACTOR * keptBytes;
  }

  /** Takes back all runs but the one under way: the process is told to drop them. */
  #giveBackAhead(): void {
    const ahead = this.#sent.splice(1);
    if (ahead.length === 0) return;
    if (this.#state === 'open') {
      this.#recalling = this.#lastRunId;
      const firstRunId = this.#lastRunId - ahead.length + 1;
      this.#process.send({ type: 'recall', firstRunId, lastRunId: this.#lastRunId });
    }
    this.#events.onGivenBack(ahead.map(({ order }) => order));
  }

  /**
   * The process may have begun with a recalled run before it read that. Nobody listens to that run,
   * which is brief, as a rule.
   */
  #awaitRecall(): void {
    const giveUp = (): void => {
      if (this.#recalling === null || this.#state !== 'open') return;
      this.#state = 'spent';
      this.#process.kill();
    };
    // A turn of the event loop later: a host that was busy, or frozen, first reads what has arrived.
    this.#recallTimer = setTimeout(() => setImmediate(giveUp), RECALL_GRACE_MS);
  }

  #recalled(lastRunId: number): void {
    if (lastRunId !== this.#recalling) return;
    this.#recalling = null;
    clearTimeout(this.#recallTimer);
    this.#events.onRoom();
  }
}
