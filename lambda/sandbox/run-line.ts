/**
 * The line of runs in one process: the first is under way, the others have been sent ahead, behind
 * runs that are known to be brief, so that the process need not wait for the host between two runs.
 * When a run turns out not to be brief, the line gives back what is behind it.
 */

import type { RunMessage, SandboxMessage } from '../contract/protocol.ts';
import type { Occupant, OccupantExit } from './fleet.ts';
import type { Order } from './order.ts';
import type { Pace } from './pace.ts';
import type { ExitReport, ProcessUsage, SandboxProcess } from './process.ts';
import { type SandboxResult, SandboxRun } from './run.ts';

interface LineEvents {
  /** A run has ended, so that there may be room for another one. */
  onRoom(): void;
  /** These orders were sent ahead and did not run: other processes must have them. */
  onGivenBack(orders: readonly Order[]): void;
}

/** Runs that may wait in a process behind the one under way. */
const MAX_AHEAD = 2;
/** Longer code is not sent ahead: it may have to be sent once more. */
const MAX_AHEAD_BYTES = 64 * 1024;

const noCode = new Uint8Array();

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
  /** What the process had used when it became idle: the next run starts from there. */
  #idleUsage: ProcessUsage;
  /** Hashes of the compiled modules that the process keeps. */
  #kept: ReadonlySet<string> = new Set();
  #lastRunId = 0;

  /** @param idleUsage of the process, which is ready for its first run */
  constructor(process: SandboxProcess, idleUsage: ProcessUsage, pace: Pace, events: LineEvents) {
    this.#process = process;
    this.#idleUsage = idleUsage;
    this.#pace = pace;
    this.#events = events;
  }

  /** Runs in the process, the one under way included. */
  get length(): number {
    return this.#sent.length;
  }

  get isIdle(): boolean {
    return this.#state === 'open' && this.#sent.length === 0;
  }

  /** Whether the process keeps the compiled module of this hash. */
  keeps(sha256: string): boolean {
    return this.#kept.has(sha256);
  }

  /** Whether the order may be sent now: to an idle process, or ahead. */
  accepts({ code }: Order): boolean {
    if (this.#state !== 'open') return false;
    return this.#sent.length === 0 || (code.length <= MAX_AHEAD_BYTES && this.#isFreeSoon());
  }

  #isFreeSoon(): boolean {
    return (
      this.#sent.length <= MAX_AHEAD &&
      this.#sent.every(({ order, lasted }) => !lasted && this.#pace.isBrief(order.job.sha256))
    );
  }

  /** Sends an order that the line {@link accepts}. */
  send(order: Order): void {
    // The runs before it may make the process drop the module.
    const codeKept = this.#sent.length === 0 && this.#kept.has(order.job.sha256);
    this.#lastRunId += 1;
    const message: RunMessage = { ...order.job, type: 'run', runId: this.#lastRunId, codeKept };
    const run = new SandboxRun(
      this.#process,
      message,
      codeKept ? noCode : order.code,
      order.services,
      {
        onEnd: (result) => this.#finish(sent, result),
        onLasting: () => {
          sent.lasted = true;
          this.#giveBackAhead();
        },
      },
    );
    const sent: Sent = { order, run, lasted: false };
    this.#sent.push(sent);
    if (this.#sent.length === 1) run.begin(this.#idleUsage);
  }

  receive(message: SandboxMessage, body: Uint8Array): void {
    if (message.type === 'done') {
      const { residentBytes } = this.#idleUsage;
      this.#idleUsage = { cpuMs: message.processCpuMs, residentBytes };
    }
    this.#sent[0]?.run.receive(message, body);
  }

  exited(report: ExitReport): OccupantExit {
    const current = this.#sent[0]?.run;
    const expected = current?.stopping ?? this.#state === 'spent';
    this.#state = 'exited';
    this.#giveBackAhead();
    current?.exited(report);
    return { expected, duringRun: current !== undefined };
  }

  #finish({ order, lasted }: Sent, result: SandboxResult): void {
    this.#pace.record(order.job.sha256, result.executionTimeMs, lasted || result.retire);
    if (result.retire && this.#state === 'open') this.#state = 'spent';
    if (this.#state === 'spent') {
      this.#giveBackAhead();
      this.#process.kill();
    }
    this.#sent.shift();
    this.#kept = new Set(result.kept);
    this.#sent[0]?.run.begin(this.#idleUsage);
    order.settle(result);
    this.#events.onRoom();
  }

  /**
   * The process would still turn to the runs that were sent ahead, though nobody listens: it must
   * not outlive the run under way.
   */
  #giveBackAhead(): void {
    const ahead = this.#sent.splice(1);
    if (ahead.length === 0) return;
    if (this.#state === 'open') this.#state = 'spent';
    this.#events.onGivenBack(ahead.map(({ order }) => order));
  }
}
