/** A sandbox process without a process: keeps what it is sent, and says what a test has it say. */

import type { DoneMessage, HostMessage, SandboxMessage } from '../../lambda/contract/protocol.ts';
import type { Job, Order } from '../../lambda/sandbox/order.ts';
import type {
  ExitReport,
  ProcessUsage,
  SandboxEvents,
  SandboxProcess,
} from '../../lambda/sandbox/process.ts';
import type { SandboxResult } from '../../lambda/sandbox/run.ts';
import { noServices } from './run-message.ts';

export class FakeProcess implements SandboxProcess {
  readonly pid: number;
  readonly sent: { readonly message: HostMessage; readonly code: string }[] = [];
  killed = false;
  paused = false;
  cpuMs = 0;
  residentBytes = 0;
  readonly #events: SandboxEvents | null;

  /** @param events where it was started by a fleet */
  constructor(pid = 1, events: SandboxEvents | null = null) {
    this.pid = pid;
    this.#events = events;
  }

  send(message: HostMessage, body: Uint8Array = new Uint8Array()): void {
    this.sent.push({ message, code: Buffer.from(body).toString() });
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  kill(): void {
    this.killed = true;
  }

  usage(): ProcessUsage {
    return { cpuMs: this.cpuMs, residentBytes: this.residentBytes };
  }

  say(message: SandboxMessage): void {
    this.#events?.onMessage(message, new Uint8Array());
  }

  becomeReady(): void {
    this.say({ type: 'ready' });
  }

  exit(report: Partial<ExitReport> = {}): void {
    this.#events?.onExit({ signal: null, code: 0, stderr: '', ...report });
  }
}

/** The end of a run that has succeeded in an instant. */
export function done(runId: number, more: Partial<DoneMessage> = {}): DoneMessage {
  return {
    type: 'done',
    runId,
    codeType: 'javascript',
    outcome: { status: 'success', exitCode: null },
    executionTimeMs: 0.1,
    cpuTimeMs: 0.1,
    memoryPeakBytes: 1,
    kept: [],
    retire: false,
    ...more,
  };
}

export interface TestOrder extends Order {
  /** What it was settled with. */
  readonly results: readonly (SandboxResult | null)[];
}

export function orderOf(
  code: string,
  { sha256 = '0'.repeat(64), patienceMs = 1000, timeoutMs = 1000 } = {},
): TestOrder {
  const results: (SandboxResult | null)[] = [];
  // All that the host itself reads of a job.
  const job = {
    sha256,
    limits: {
      timeoutMs,
      cpuMs: 1000,
      memoryBytes: 16 * 2 ** 20,
      maxOutputBytes: 1000,
      maxLogEntries: 3,
      maxResultBytes: 2 ** 20,
    },
  } as unknown as Job;
  return {
    job,
    code: Buffer.from(code),
    // Answers never come.
    services: () => ({
      ...noServices,
      fetch: () => new Promise(() => {}),
      import: () => new Promise(() => {}),
    }),
    requestId: 'request-1',
    patientUntilMs: performance.now() + patienceMs,
    batch: null,
    observer: null,
    signal: null,
    settle: (result) => results.push(result),
    results,
  };
}
