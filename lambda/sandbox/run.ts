/**
 * The host's side of one run: collects what the guest prints, answers its calls, and kills the
 * process when the run exceeds a limit that the process cannot, or does not, enforce itself.
 */

import {
  type CallName,
  type CallRequest,
  type CallResult,
  SOURCE_MAPS_TIMEOUT_MS,
} from '../contract/calls.ts';
import type { LogEntry } from '../contract/execution.ts';
import type { CodeType } from '../contract/languages.ts';
import { limitError } from '../contract/limit-error.ts';
import type { RunObserver } from '../contract/observer.ts';
import type {
  CallMessage,
  DoneMessage,
  LeftFile,
  LeftFiles,
  RunLimits,
  RunMessage,
  RunOutcome,
  SandboxMessage,
} from '../contract/protocol.ts';
import { Backpressure } from './backpressure.ts';
import { CollectedFiles } from './collected-files.ts';
import { CollectedOutput } from './collected-output.ts';
import { crashOutcome } from './crash.ts';
import type { ExitReport, ProcessUsage, SandboxProcess } from './process.ts';

/** The host's answers to the calls of a guest. They never reject. */
export type RunServices = {
  readonly [Name in CallName]: (
    request: CallRequest<Name>,
    body: Uint8Array,
    signal: AbortSignal,
  ) => Promise<CallResult<Name>>;
};

export interface SandboxResult {
  /** What the code has turned out to be; `null` where the host ended the run. */
  readonly codeType: CodeType | null;
  readonly outcome: RunOutcome;
  readonly executionTimeMs: number;
  readonly cpuTimeMs: number | null;
  readonly memoryPeakBytes: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly logs: readonly LogEntry[];
  /** None where the host ended the run. */
  readonly files: readonly LeftFile[];
  readonly truncated: {
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly logs: boolean;
    readonly files: boolean;
  };
  readonly kept: readonly string[];
  /** What all compiled code takes that the process keeps. */
  readonly keptBytes: number;
  readonly retire: boolean;
}

type Ending = Pick<
  SandboxResult,
  | 'codeType'
  | 'outcome'
  | 'executionTimeMs'
  | 'cpuTimeMs'
  | 'memoryPeakBytes'
  | 'kept'
  | 'keptBytes'
  | 'retire'
>;

/** What a run reports to its owner. */
interface RunEvents {
  /** The run is over; called once. */
  onEnd(result: SandboxResult): void;
  /** The run is not brief: it waits for the host, or was still going on when the host looked. */
  onLasting(): void;
}

/** The code that the process has been sent. */
export interface KnownCodes {
  /** Whether the process keeps the text of a module that a run imports; notes that it has it now. */
  isKept(sha256: string, bytes: number): boolean;
}

const noBytes = new Uint8Array();
/** How long after a deadline the process may still report it by itself. */
const GRACE_MS = 50;
const WATCH_INTERVAL_MS = 25;
/** By how much the process may grow beyond the guest's own memory: garbage, copies in transit. */
const GROWTH_SLACK_BYTES = 320 * 1024 * 1024;
/** V8 needs about six times the size of a WebAssembly module for it. */
export const MODULE_FACTOR = 8;

/** A run that has been sent to the sandbox. Its time starts with {@link begin}. */
export class SandboxRun {
  readonly #sandbox: SandboxProcess;
  readonly #runId: number;
  readonly #limits: RunLimits;
  readonly #services: () => RunServices;
  readonly #events: RunEvents;
  readonly #output: CollectedOutput;
  readonly #files: CollectedFiles;
  readonly #calls = new Map<number, AbortController>();
  readonly #codes: KnownCodes;
  readonly #backpressure: Backpressure;
  #settled = false;
  #stopped: RunOutcome | null = null;
  /** When the host ended the run, the sandbox might have ended it already: that was not read. */
  #unread = false;
  /** What the process had used, as far as the system has been asked, when the run began. */
  #usageBefore: ProcessUsage = { cpuMs: 0, residentBytes: 0 };
  #usage: ProcessUsage | null = null;
  #maxGrowthBytes = 0;
  #startMs = 0;
  /** What the process may take once the run has failed: it looks its places up. */
  #extraMs = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor(
    sandbox: SandboxProcess,
    { runId, limits }: Pick<RunMessage, 'runId' | 'limits'>,
    services: () => RunServices,
    events: RunEvents,
    codes: KnownCodes,
    observer: RunObserver | null,
  ) {
    this.#sandbox = sandbox;
    this.#runId = runId;
    this.#limits = limits;
    this.#services = services;
    this.#events = events;
    this.#codes = codes;
    this.#backpressure = new Backpressure(sandbox);
    this.#output = new CollectedOutput(limits, observer);
    this.#files = new CollectedFiles(limits.maxOutputBytes);
  }

  /** The run is over, or the host has killed the process to end it. */
  get stopping(): boolean {
    return this.#stopped !== null || this.#settled;
  }

  /**
   * The sandbox begins with the run.
   * @param usage of the process, when the system was last asked
   * @param codeBytes of the run's code, also where the process keeps it
   */
  begin(usage: ProcessUsage, codeBytes: number): void {
    this.#usageBefore = usage;
    this.#maxGrowthBytes =
      this.#limits.memoryBytes + GROWTH_SLACK_BYTES + MODULE_FACTOR * codeBytes;
    this.#startMs = performance.now();
    this.#watchFor(this.#limits.timeoutMs + GRACE_MS);
  }

  #watchFor(leftMs: number): void {
    const delayMs = Math.min(WATCH_INTERVAL_MS, Math.ceil(leftMs));
    // A turn of the event loop later: a host that was busy, or frozen, first reads what has arrived.
    this.#watch = setTimeout(() => setImmediate(() => this.#observe()), delayMs);
  }

  /** The last line of defence: stops guests that cannot be interrupted, and leaks of the engine. */
  #observe(): void {
    if (this.#settled) return;
    this.#events.onLasting();
    const limits = this.#limits;
    const elapsedMs = performance.now() - this.#startMs;
    const usage = this.#sandbox.usage() ?? this.#usage;
    if (this.#usage === null && usage !== null) {
      // Runs since the system was last asked have used CPU time, too.
      const cpuMs = Math.max(this.#usageBefore.cpuMs, usage.cpuMs - elapsedMs);
      this.#usageBefore = { ...this.#usageBefore, cpuMs };
    }
    this.#usage = usage;
    const cpuMs = usage === null ? 0 : usage.cpuMs - this.#usageBefore.cpuMs;
    const grownBytes = usage === null ? 0 : usage.residentBytes - this.#usageBefore.residentBytes;
    if (elapsedMs >= limits.timeoutMs + GRACE_MS + this.#extraMs) {
      this.#stop(limitError('timeoutMs', limits, elapsedMs));
    } else if (limits.cpuMs < limits.timeoutMs && cpuMs > limits.cpuMs + GRACE_MS) {
      this.#stop(limitError('cpuMs', limits, cpuMs));
    } else if (grownBytes > this.#maxGrowthBytes) {
      this.#stop(limitError('memoryMb', limits));
    } else {
      this.#watchFor(limits.timeoutMs + GRACE_MS + this.#extraMs - elapsedMs);
    }
  }

  #stop(error: ReturnType<typeof limitError>): void {
    if (this.stopping) return;
    this.#stopped = { status: 'error', error, exitCode: null };
    this.#unread = this.#backpressure.holds;
    this.#sandbox.kill();
    this.#backpressure.release();
  }

  /** Nobody wants the result any more: what it is does not matter. */
  abandon(): void {
    this.#stop(limitError('timeoutMs', this.#limits, 0));
  }

  #settle(ending: Ending, { files, truncated }: LeftFiles): void {
    this.#settled = true;
    clearTimeout(this.#watch);
    this.#backpressure.release();
    for (const call of this.#calls.values()) call.abort();
    if (this.#calls.size > 0) this.#calls.clear();
    const { codeType, outcome, executionTimeMs, cpuTimeMs } = ending;
    const { memoryPeakBytes, kept, keptBytes, retire } = ending;
    const { stdout, stderr, logs, logsDropped } = this.#output;
    this.#events.onEnd({
      codeType,
      outcome,
      executionTimeMs,
      cpuTimeMs,
      memoryPeakBytes,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      logs,
      files,
      truncated: {
        stdout: stdout.truncated,
        stderr: stderr.truncated,
        logs: logsDropped,
        files: truncated,
      },
      kept,
      keptBytes,
      retire,
    });
  }

  /** Answers a call of the guest, unless the guest aborts it or the run ends first. */
  async #answer({ callId, name, request }: CallMessage, body: Uint8Array): Promise<void> {
    this.#events.onLasting();
    if (name === 'sourceMap') this.#extraMs = SOURCE_MAPS_TIMEOUT_MS;
    const controller = new AbortController();
    this.#calls.set(callId, controller);
    // The request is of this name: every message of a sandbox is checked when it arrives.
    const serve = this.#services()[name] as (
      ...args: readonly [CallRequest, Uint8Array, AbortSignal]
    ) => Promise<CallResult>;
    const result = await serve(request, body, controller.signal);
    if (!this.#calls.delete(callId) || this.#settled) return;
    const runId = this.#runId;
    if (!('body' in result)) {
      this.#sandbox.send({ type: 'reply', runId, callId, reply: result });
      return;
    }
    const { body: bytes, ...reply } = result;
    const isKept = 'sha256' in reply && this.#codes.isKept(reply.sha256, reply.bytes);
    this.#sandbox.send({ type: 'reply', runId, callId, reply }, isKept ? noBytes : bytes);
  }

  /** Handles a message of the sandbox. Ignores messages of other runs. */
  receive(message: SandboxMessage, body: Uint8Array): void {
    const runId = this.#runId;
    if (!('runId' in message) || message.runId !== runId || this.#settled) return;
    switch (message.type) {
      case 'started':
      case 'output':
      case 'log':
      case 'logs-dropped':
        this.#backpressure.heed(this.#output.add(message, body));
        break;
      case 'call':
        void this.#answer(message, body);
        break;
      case 'call-abort': {
        const controller = this.#calls.get(message.callId);
        this.#calls.delete(message.callId);
        controller?.abort();
        break;
      }
      case 'file':
        this.#files.add(message, body);
        break;
      case 'files-dropped':
        this.#files.markTruncated();
        break;
      case 'done':
        // Where the sandbox and the host both see a limit exceeded, the first of them reports it.
        if (this.#stopped === null || this.#unread) this.#end(message, body);
        break;
    }
  }

  #end(message: DoneMessage, body: Uint8Array): void {
    // The sandbox keeps results within the limit, unless a guest broke out of its language.
    if (body.length > this.#limits.maxResultBytes) {
      this.#sandbox.kill();
      return;
    }
    const { outcome } = message;
    const ending = {
      ...message,
      retire: message.retire || this.#stopped !== null,
      keptBytes: message.keptBytes ?? 0,
      outcome:
        outcome.status === 'error'
          ? outcome
          : { ...outcome, resultJson: Buffer.from(body).toString() },
    };
    this.#settle(ending, this.#files);
  }

  /** The process has exited. */
  exited(report: ExitReport): void {
    if (this.#settled) return;
    // The kernel counts CPU time in hundredths of a second, the sandbox more finely.
    const usage = this.#usage;
    const cpuTimeMs = usage === null ? null : Math.max(0, usage.cpuMs - this.#usageBefore.cpuMs);
    const ending: Ending = {
      codeType: null,
      outcome: this.#stopped ?? crashOutcome(report, this.#limits),
      executionTimeMs: performance.now() - this.#startMs,
      cpuTimeMs,
      // Only the guest's own memory counts, and nobody can tell what that was.
      memoryPeakBytes: null,
      kept: [],
      keptBytes: 0,
      retire: true,
    };
    this.#settle(ending, { files: [], truncated: false });
  }
}
