/**
 * The pool of sandbox processes: started before they are needed, running one guest at a time,
 * replaced at once when they die. While all are busy, runs are also sent ahead, behind others that
 * are known to be brief, so that a sandbox need not wait for the host between two of them.
 */

import type { RunMessage } from '../contract/protocol.ts';
import { type Keeper, startKeeper } from './keeper.ts';
import { Pace } from './pace.ts';
import {
  type ExitReport,
  type ProcessUsage,
  type SandboxProcess,
  startSandboxProcess,
} from './process.ts';
import { type RunServices, type SandboxResult, SandboxRun } from './run.ts';

export interface PoolOptions {
  /** Folder of the bundled guest. */
  readonly directory: URL;
  readonly size: number;
  readonly maxMemoryBytes: number;
  readonly maxFetchBytes: number;
  /** A sandbox died or did not start; for the engine's log. */
  readonly onFailure: (report: ExitReport & { readonly duringRun: boolean }) => void;
}

/** What is to be run; the pool adds the rest of the message. */
export type Job = Omit<RunMessage, 'type' | 'runId' | 'codeKept'>;

export interface PoolHealth {
  readonly size: number;
  readonly idle: number;
  readonly busy: number;
  readonly starting: number;
  readonly queued: number;
  readonly failedStarts: number;
}

export interface SandboxPool {
  /**
   * Waits for a process and runs the code in it.
   * @returns how it ended and what it printed; `null` where no process was free within `patienceMs`
   */
  run(
    job: Job,
    code: Uint8Array,
    services: RunServices,
    patienceMs: number,
  ): Promise<SandboxResult | null>;
  health(): PoolHealth;
  close(): Promise<void>;
}

/** A process that has not said it is ready by then is taken for hung. */
const START_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;
/** Runs that may wait in a sandbox behind the one under way. */
const MAX_AHEAD = 2;
/** Code beyond this is sent when it is its turn: it may have to be sent once more. */
const MAX_AHEAD_BYTES = 64 * 1024;

interface Member {
  readonly process: SandboxProcess;
  /** `spent`: it is killed when the run under way has ended, or has been already. */
  state: 'starting' | 'ready' | 'spent' | 'dead';
  /** What it has been sent: the first is under way, the others were sent ahead. */
  readonly line: Sent[];
  /** What the process had used when it became idle: the baseline of its next run. */
  idleUsage: ProcessUsage;
  /** Hashes of the compiled modules that the process keeps. */
  kept: ReadonlySet<string>;
}

/** A run that is asked for. */
interface Order {
  readonly job: Job;
  readonly code: Uint8Array;
  readonly services: RunServices;
  /** When it gives up waiting for a process, on the clock of `performance.now()`. */
  readonly patientUntilMs: number;
  readonly settle: (result: SandboxResult | null) => void;
}

interface Sent {
  readonly order: Order;
  readonly run: SandboxRun;
  lasted: boolean;
}

interface Waiting {
  readonly order: Order;
  readonly timer: NodeJS.Timeout;
}

const noCode = new Uint8Array();

export function createPool(options: PoolOptions): SandboxPool {
  const members = new Set<Member>();
  const queue: Waiting[] = [];
  const retries = new Set<NodeJS.Timeout>();
  const pace = new Pace();
  let failedStarts = 0;
  let nextRunId = 1;
  let closed = false;
  let onEmpty: (() => void) | null = null;
  let keeper: Keeper | null = null;

  for (let started = 0; started < options.size; started++) start();

  function start(): void {
    const timer = setTimeout(onStartTimeout, START_TIMEOUT_MS);
    timer.unref();
    const member: Member = {
      state: 'starting',
      line: [],
      idleUsage: { cpuMs: 0, residentBytes: 0 },
      kept: new Set(),
      process: startSandboxProcess(options, {
        onMessage(message, body) {
          if (message.type === 'ready') {
            if (member.state !== 'starting') return;
            clearTimeout(timer);
            failedStarts = 0;
            const residentBytes = member.process.usage()?.residentBytes ?? 0;
            member.idleUsage = { cpuMs: message.processCpuMs, residentBytes };
            member.state = 'ready';
            sendWaiting();
            // Only now: no request waits for a shell to start.
            setImmediate(() => {
              if (closed) return;
              keeper ??= startKeeper();
              watchMembers();
            });
          } else {
            if (message.type === 'done') {
              const { residentBytes } = member.idleUsage;
              member.idleUsage = { cpuMs: message.processCpuMs, residentBytes };
            }
            member.line[0]?.run.receive(message, body);
          }
        },
        onExit(report) {
          clearTimeout(timer);
          bury(member, report);
        },
      }),
    };
    members.add(member);

    function onStartTimeout(): void {
      // After a freeze of the whole environment all timers are due at once: give it one more chance.
      setTimeout(() => {
        if (member.state === 'starting') member.process.kill();
      }, 1000).unref();
    }
  }

  function bury(member: Member, report: ExitReport): void {
    const { state } = member;
    const current = member.line[0]?.run;
    const expected = current?.stopping ?? state === 'spent';
    member.state = 'dead';
    members.delete(member);
    watchMembers();
    takeBack(member);
    current?.exited(report);
    if (members.size === 0) onEmpty?.();
    if (closed) return;
    if (!expected) options.onFailure({ ...report, duringRun: current !== undefined });
    if (state !== 'starting') {
      start();
      return;
    }
    failedStarts += 1;
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (failedStarts - 1), LONGEST_RETRY_MS);
    const retry = setTimeout(() => {
      retries.delete(retry);
      start();
    }, delayMs);
    retry.unref();
    retries.add(retry);
  }

  function watchMembers(): void {
    keeper?.watch([...members].flatMap(({ process }) => process.pid ?? []));
  }

  /** A process that is idle, best one that keeps the compiled code; else one to send it ahead to. */
  function memberFor({ job, code }: Order): Member | undefined {
    let found: Member | undefined;
    for (const member of members) {
      if (member.state !== 'ready') continue;
      const waiting = member.line.length;
      if (waiting === 0 && member.kept.has(job.sha256)) return member;
      if (found !== undefined && found.line.length <= waiting) continue;
      if (waiting === 0 || (code.length <= MAX_AHEAD_BYTES && isFreeSoon(member))) found = member;
    }
    return found;
  }

  function isFreeSoon({ line }: Member): boolean {
    return (
      line.length <= MAX_AHEAD &&
      line.every(({ order, lasted }) => !lasted && pace.isBrief(order.job.sha256))
    );
  }

  function send(order: Order, member: Member): void {
    // What is before it may make the process let go of it.
    const codeKept = member.line.length === 0 && member.kept.has(order.job.sha256);
    const message: RunMessage = { ...order.job, type: 'run', runId: nextRunId++, codeKept };
    const run = new SandboxRun(
      member.process,
      message,
      codeKept ? noCode : order.code,
      order.services,
      {
        onEnd: (result) => finish(member, sent, result),
        onLasting: () => {
          sent.lasted = true;
          takeBack(member);
        },
      },
    );
    const sent: Sent = { order, run, lasted: false };
    member.line.push(sent);
    if (member.line.length === 1) run.begin(member.idleUsage);
  }

  function finish(member: Member, { order, lasted }: Sent, result: SandboxResult): void {
    pace.record(order.job.sha256, result.executionTimeMs, lasted || result.retire);
    if (result.retire && member.state === 'ready') member.state = 'spent';
    if (member.state === 'spent') {
      takeBack(member);
      member.process.kill();
    }
    member.line.shift();
    member.kept = new Set(result.kept);
    member.line[0]?.run.begin(member.idleUsage);
    order.settle(result);
    sendWaiting();
  }

  /**
   * Gives what was sent ahead to other processes. This one would turn to it all the same, though
   * nobody would listen: it is not to outlive the run under way.
   */
  function takeBack(member: Member): void {
    const ahead = member.line.splice(1);
    if (ahead.length === 0) return;
    if (member.state === 'ready') member.state = 'spent';
    queue.unshift(...ahead.map(({ order }) => waiting(order)));
    sendWaiting();
  }

  function sendWaiting(): void {
    if (closed) return;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const member = memberFor(next.order);
      if (member === undefined) return;
      queue.shift();
      clearTimeout(next.timer);
      send(next.order, member);
    }
  }

  function waiting(order: Order): Waiting {
    const patienceMs = Math.max(0, order.patientUntilMs - performance.now());
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(entry), 1);
      order.settle(null);
    }, patienceMs);
    const entry: Waiting = { order, timer };
    return entry;
  }

  return {
    run: (job, code, services, patienceMs) =>
      new Promise((settle) => {
        if (closed) {
          settle(null);
          return;
        }
        const patientUntilMs = performance.now() + patienceMs;
        const order: Order = { job, code, services, patientUntilMs, settle };
        const member = queue.length === 0 ? memberFor(order) : undefined;
        if (member === undefined) queue.push(waiting(order));
        else send(order, member);
      }),
    health() {
      const count = (is: (member: Member) => boolean): number => [...members].filter(is).length;
      const ahead = [...members].reduce((sum, { line }) => sum + Math.max(0, line.length - 1), 0);
      const idle = count(({ state, line }) => state === 'ready' && line.length === 0);
      const starting = count(({ state }) => state === 'starting');
      return {
        size: options.size,
        idle,
        busy: members.size - idle - starting,
        starting: starting + retries.size,
        queued: queue.length + ahead,
        failedStarts,
      };
    },
    async close() {
      closed = true;
      for (const retry of retries) clearTimeout(retry);
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const member of members) member.process.kill();
      if (members.size > 0) await empty;
      for (const { order, timer } of queue.splice(0)) {
        clearTimeout(timer);
        order.settle(null);
      }
      keeper?.close();
    },
  };
}
