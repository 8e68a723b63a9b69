/**
 * The pool of sandbox processes: a fleet that is ready before it is needed, a line of runs in each
 * process, which runs one guest at a time, and a queue of orders for when all lines are full.
 */

import type { SandboxHealth } from '../contract/execution.ts';
import { type FailureReport, Fleet } from './fleet.ts';
import { noKeeper, startKeeper } from './keeper.ts';
import type { Attendance, Batch, Job, Order } from './order.ts';
import { OrderQueue } from './order-queue.ts';
import { BATCH_PENALTY_RUNS, Pace } from './pace.ts';
import { type SandboxProcessOptions, startSandboxProcess } from './process.ts';
import type { RunServices, SandboxResult } from './run.ts';
import { MAX_AHEAD_IN_BATCH, RunLine } from './run-line.ts';

export type { FailureReport } from './fleet.ts';
export type { Job } from './order.ts';

const nobody: Attendance = { observer: null, signal: null, requestId: null };

export interface PoolOptions extends SandboxProcessOptions {
  /** Processes. */
  readonly size: number;
  /** Whether something must kill the processes when this one is killed: the platform itself does not. */
  readonly keeper: boolean;
  /** A sandbox died or did not start; for the engine's log. */
  readonly onFailure: (report: FailureReport) => void;
}

export interface SandboxPool {
  /**
   * Waits for a process and runs the code in it.
   * @param attendance who follows the run; nobody, where absent
   * @returns how it ended and what it printed; `null` where no process was free within `patienceMs`,
   *   or none will start
   */
  run(
    job: Job,
    code: Uint8Array,
    services: RunServices,
    patienceMs: number,
    attendance?: Attendance,
  ): Promise<SandboxResult | null>;
  /**
   * @param deadlineMs when all of its runs must have ended, on the clock of `performance.now()`
   * @param attendance `signal` ends all of its runs
   */
  openBatch(
    job: Job,
    code: Uint8Array,
    deadlineMs: number,
    attendance?: Omit<Attendance, 'observer'>,
  ): PoolBatch;
  health(): SandboxHealth;
  close(): Promise<void>;
}

/** Runs that differ in their input only. */
export interface PoolBatch {
  /**
   * How many of its runs keep all processes busy: one in each or, while they are brief, some ahead.
   * More of them would only stand in the way of others.
   */
  readonly width: number;
  /**
   * @param services called at each call of the guest, for the same ones
   * @returns `null` where no process was free before the deadline
   */
  run(inputJson: string, services: () => RunServices): Promise<SandboxResult | null>;
  /** No more runs will come. */
  close(): void;
}

/** While none will start, a run waits for the next attempt, as one that succeeds takes no longer. */
const DOWN_PATIENCE_MS = 250;

export function createPool(options: PoolOptions): SandboxPool {
  const queue = new OrderQueue();
  const pace = new Pace();
  let closed = false;
  const fleet = new Fleet<RunLine>({
    size: options.size,
    startProcess: (events) => startSandboxProcess(options, events),
    startKeeper: options.keeper ? startKeeper : () => noKeeper,
    occupy: (process) =>
      new RunLine(process, pace, {
        onRoom: sendWaiting,
        onGivenBack(orders) {
          queue.putBack(orders);
          sendWaiting();
        },
      }),
    onReady: sendWaiting,
    onFailure: options.onFailure,
    onDown: () => queue.clear(),
  });

  /** An idle process, best one that keeps the compiled code; else one to send the order ahead to. */
  function lineFor(order: Order): RunLine | undefined {
    let found: RunLine | undefined;
    for (const line of fleet.occupants) {
      if (line.isIdle && line.keeps(order.job.sha256)) return line;
      if (found !== undefined && found.length <= line.length) continue;
      if (line.accepts(order)) found = line;
    }
    return found;
  }

  function sendWaiting(): void {
    if (closed) return;
    for (let order = queue.first; order !== undefined; order = queue.first) {
      const line = lineFor(order);
      if (line === undefined) return;
      queue.removeFirst();
      line.send(order);
    }
  }

  function run(order: Omit<Order, 'settle'>): Promise<SandboxResult | null> {
    return new Promise((settle) => {
      if (closed || order.signal?.aborted) {
        settle(null);
        return;
      }
      const latestMs = fleet.isDown ? performance.now() + DOWN_PATIENCE_MS : order.patientUntilMs;
      const patientUntilMs = Math.min(order.patientUntilMs, latestMs);
      const settled: Order = { ...order, patientUntilMs, settle };
      const line = queue.length === 0 ? lineFor(settled) : undefined;
      if (line === undefined) queue.add(settled);
      else line.send(settled);
    });
  }

  /** Once the signal is aborted, its runs are ended. @returns what undoes this */
  function heed(signal: AbortSignal | null): () => void {
    if (signal === null) return () => {};
    const abandon = (): void => {
      queue.dismiss(signal);
      for (const line of fleet.occupants) line.abandon(signal);
    };
    signal.addEventListener('abort', abandon);
    return () => signal.removeEventListener('abort', abandon);
  }

  return {
    run(job, code, services, patienceMs, attendance = nobody) {
      const patientUntilMs = performance.now() + patienceMs;
      const ended = run({
        job,
        code,
        services: () => services,
        patientUntilMs,
        batch: null,
        ...attendance,
      });
      return attendance.signal === null ? ended : ended.finally(heed(attendance.signal));
    },
    openBatch(job, code, deadlineMs, { signal, requestId } = nobody) {
      const unheed = heed(signal);
      const batch: Batch = { job, code, deadlineMs, pace: new Pace(BATCH_PENALTY_RUNS) };
      return {
        get width() {
          return options.size * (batch.pace.isBrief(job.sha256) ? 1 + MAX_AHEAD_IN_BATCH : 1);
        },
        run: (inputJson, services) =>
          run({
            job: { ...job, inputJson },
            code,
            services,
            patientUntilMs: deadlineMs,
            batch,
            observer: null,
            signal,
            requestId,
          }),
        close() {
          unheed();
          for (const line of fleet.occupants) line.endBatch(batch);
        },
      };
    },
    health() {
      const lines = [...fleet.occupants];
      const idle = lines.filter(({ isIdle }) => isIdle).length;
      const ahead = lines.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0);
      return {
        size: options.size,
        idle,
        busy: lines.length - idle,
        starting: fleet.starting,
        queued: queue.length + ahead,
        failedStarts: fleet.failedStarts,
        replaced: fleet.replaced,
        keptBytes: lines.reduce((sum, { keptBytes }) => sum + keptBytes, 0),
        maxKeptBytes: options.codeCacheBytes,
      };
    },
    async close() {
      closed = true;
      await fleet.close();
      queue.clear();
    },
  };
}
