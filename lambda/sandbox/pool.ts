/**
 * The pool of sandbox processes: started before they are needed, given one run at a time, replaced
 * at once when they die.
 */

import { type Keeper, startKeeper } from './keeper.ts';
import {
  type ExitReport,
  type ProcessUsage,
  type SandboxProcess,
  startSandboxProcess,
} from './process.ts';
import type { RunMessage } from './protocol.ts';
import { type ActiveRun, type RunServices, type SandboxResult, startRun } from './run.ts';

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

interface Member {
  readonly process: SandboxProcess;
  state: 'starting' | 'idle' | 'busy' | 'dead';
  run: ActiveRun | null;
  /** What the process had used when it became idle: the baseline of its next run. */
  idleUsage: ProcessUsage;
  /** Hashes of the compiled modules that the process keeps. */
  kept: ReadonlySet<string>;
}

interface Waiting {
  readonly sha256: string;
  take(member: Member): void;
}

export function createPool(options: PoolOptions): SandboxPool {
  const members = new Set<Member>();
  const queue: Waiting[] = [];
  const retries = new Set<NodeJS.Timeout>();
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
      run: null,
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
            release(member);
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
            member.run?.receive(message, body);
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
    const { state, run } = member;
    const expected = run?.stopping ?? false;
    member.state = 'dead';
    members.delete(member);
    watchMembers();
    if (members.size === 0) onEmpty?.();
    run?.exited(report);
    if (closed) return;
    if (!expected) options.onFailure({ ...report, duringRun: run !== null });
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

  function release(member: Member): void {
    member.run = null;
    member.state = 'idle';
    const next = queue.shift();
    next?.take(member);
  }

  /** Prefers a process that keeps the compiled code. */
  function idleMember(sha256: string): Member | undefined {
    let found: Member | undefined;
    for (const member of members) {
      if (member.state !== 'idle') continue;
      if (member.kept.has(sha256)) return member;
      found ??= member;
    }
    return found;
  }

  function acquire(sha256: string, patienceMs: number): Promise<Member | null> | Member {
    const member = idleMember(sha256);
    if (member !== undefined) return member;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        sha256,
        take(found) {
          clearTimeout(timer);
          // Taken in this very turn, before another request can see it idle.
          found.state = 'busy';
          resolve(found);
        },
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        resolve(null);
      }, patienceMs);
      queue.push(waiting);
    });
  }

  return {
    async run(job, code, services, patienceMs) {
      if (closed) return null;
      const acquired = acquire(job.sha256, patienceMs);
      const member = acquired instanceof Promise ? await acquired : acquired;
      if (member === null) return null;
      member.state = 'busy';
      const runId = nextRunId++;
      const codeKept = member.kept.has(job.sha256);
      const message: RunMessage = { ...job, type: 'run', runId, codeKept };
      const run = startRun(
        member.process,
        member.idleUsage,
        message,
        codeKept ? new Uint8Array() : code,
        services,
      );
      member.run = run;
      const result = await run.result;
      if (member.state === 'busy') {
        member.kept = new Set(result.kept);
        if (result.retire) member.process.kill();
        else release(member);
      }
      return result;
    },
    health() {
      const count = (state: Member['state']): number =>
        [...members].filter((member) => member.state === state).length;
      return {
        size: options.size,
        idle: count('idle'),
        busy: count('busy'),
        starting: count('starting') + retries.size,
        queued: queue.length,
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
      keeper?.close();
    },
  };
}
