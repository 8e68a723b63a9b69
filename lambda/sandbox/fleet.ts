/**
 * The processes and their replacement: as many as the pool is to have, started before they are
 * needed, and replaced at once when they die. A process that does not start is tried again, after
 * pauses that grow.
 */

import type { SandboxMessage } from '../contract/protocol.ts';
import type { Keeper } from './keeper.ts';
import type { ExitReport, SandboxEvents, SandboxProcess } from './process.ts';

/** Who uses a process, from when it is ready until it exits. */
export interface Occupant {
  receive(message: SandboxMessage, body: Uint8Array): void;
  exited(report: ExitReport): OccupantExit;
}

export interface OccupantExit {
  /** The host has killed the process, or was about to: not a failure. */
  readonly expected: boolean;
  readonly duringRun: boolean;
  readonly requestId: string | null;
}

interface FleetOptions<User extends Occupant> {
  readonly size: number;
  startProcess(events: SandboxEvents): SandboxProcess;
  startKeeper(): Keeper;
  /** The process is ready. */
  occupy(process: SandboxProcess): User;
  /** A process has got its occupant. */
  onReady(): void;
  /** A process died or did not start. */
  onFailure(report: FailureReport): void;
  /** The fleet {@link Fleet.isDown}, since now or still. */
  onDown(): void;
}

export interface FailureReport extends ExitReport {
  readonly duringRun: boolean;
  /** Of the request whose run it ended. */
  readonly requestId: string | null;
}

/** A process that is not ready by then hangs. */
const START_TIMEOUT_MS = 10_000;
/** After a freeze of the whole environment all timers are due at once: the process has this more. */
const START_GRACE_MS = 1000;
/** No request waits for a shell to start, and what is over by then needs none. */
const KEEPER_AFTER_MS = 50;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;
/** As many starts fail by chance; after more it is the environment that lets none start. */
const MAX_FAILED_STARTS = 3;

interface Member<User> {
  readonly process: SandboxProcess;
  /** `null` while the process is starting. */
  occupant: User | null;
  /** It was not ready in time and has been killed: what it has sent by then does not count. */
  givenUp: boolean;
}

export class Fleet<User extends Occupant> {
  readonly #options: FleetOptions<User>;
  readonly #members = new Set<Member<User>>();
  readonly #occupants = new Set<User>();
  readonly #retries = new Set<NodeJS.Timeout>();
  #failedStarts = 0;
  #replaced = 0;
  #keeper: Keeper | null = null;
  /** Until there is a keeper. */
  #hiring: NodeJS.Timeout | undefined;
  #closed = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: FleetOptions<User>) {
    this.#options = options;
    for (let started = 0; started < options.size; started++) this.#start();
  }

  /** Of all processes that have been ready and have not exited. */
  get occupants(): ReadonlySet<User> {
    return this.#occupants;
  }

  /** Processes that are starting, or will be tried again. */
  get starting(): number {
    return this.#members.size - this.#occupants.size + this.#retries.size;
  }

  /** Starts that have failed since the last one that succeeded. */
  get failedStarts(): number {
    return this.#failedStarts;
  }

  /** Processes that were ready, and that others have taken the place of. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Whether no process is up, and starting one has failed again and again. It is tried on. */
  get isDown(): boolean {
    return this.#occupants.size === 0 && this.#failedStarts >= MAX_FAILED_STARTS;
  }

  /** Kills all processes. Resolves when they have exited. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const retry of this.#retries) clearTimeout(retry);
    clearTimeout(this.#hiring);
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const { process } of this.#members) process.kill();
    if (this.#members.size > 0) await empty;
    this.#keeper?.close();
  }

  #start(): void {
    const timer = setTimeout(() => {
      // A turn of the event loop later: a host that was busy first reads what has arrived.
      const giveUp = () => setImmediate(() => this.#giveUp(member));
      setTimeout(giveUp, START_GRACE_MS).unref();
    }, START_TIMEOUT_MS);
    timer.unref();
    const member: Member<User> = {
      occupant: null,
      givenUp: false,
      process: this.#options.startProcess({
        onMessage: (message, body) => {
          if (member.occupant !== null) {
            member.occupant.receive(message, body);
          } else if (message.type === 'ready' && !member.givenUp) {
            clearTimeout(timer);
            this.#occupy(member);
          }
        },
        onExit: (report) => {
          clearTimeout(timer);
          this.#bury(member, report);
        },
      }),
    };
    this.#members.add(member);
  }

  #giveUp(member: Member<User>): void {
    if (member.occupant !== null || !this.#members.has(member)) return;
    member.givenUp = true;
    member.process.kill();
  }

  #occupy(member: Member<User>): void {
    this.#failedStarts = 0;
    const occupant = this.#options.occupy(member.process);
    member.occupant = occupant;
    this.#occupants.add(occupant);
    this.#options.onReady();
    if (this.#keeper !== null) this.#watchMembers();
    else this.#hiring ??= setTimeout(() => this.#hire(), KEEPER_AFTER_MS).unref();
  }

  #hire(): void {
    this.#keeper = this.#options.startKeeper();
    this.#watchMembers();
  }

  #bury(member: Member<User>, report: ExitReport): void {
    const { occupant } = member;
    this.#members.delete(member);
    this.#watchMembers();
    let exit: OccupantExit = { expected: false, duringRun: false, requestId: null };
    if (occupant !== null) {
      this.#occupants.delete(occupant);
      exit = occupant.exited(report);
    }
    if (this.#members.size === 0) this.#onEmpty?.();
    if (this.#closed) return;
    const { expected, ...circumstances } = exit;
    if (!expected) this.#options.onFailure({ ...report, ...circumstances });
    if (occupant === null) this.#retry();
    else this.#replace();
  }

  #replace(): void {
    this.#replaced += 1;
    this.#start();
  }

  #retry(): void {
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failedStarts, MAX_RETRY_MS);
    this.#failedStarts += 1;
    if (this.isDown) this.#options.onDown();
    const retry = setTimeout(() => {
      this.#retries.delete(retry);
      this.#start();
    }, delayMs);
    retry.unref();
    this.#retries.add(retry);
  }

  #watchMembers(): void {
    this.#keeper?.watch([...this.#members].flatMap(({ process }) => process.pid ?? []));
  }
}
