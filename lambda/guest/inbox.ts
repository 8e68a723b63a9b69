/**
 * What the host sends. An idle process blocks until the next run arrives, which takes half the time
 * of a turn through the event loop; while a run waits for the host's answers, the event loop turns.
 * Runs wait here for their turn; answers and recalls are delivered as they arrive.
 */

import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { FrameReader } from '../contract/frame.ts';
import type { HostMessage, RecallMessage, ReplyMessage, RunMessage } from '../contract/protocol.ts';
import { Batches, type BatchImports } from './batches.ts';

export interface WaitingRun {
  readonly message: RunMessage;
  code: Uint8Array;
  /** What the runs of its batch have imported; `null`: it came by itself. */
  readonly imports: BatchImports | null;
}

interface InboxEvents {
  onAnswer(message: ReplyMessage, body: Uint8Array): void;
  /** Runs that had not begun have been dropped. */
  onRecall(message: RecallMessage): void;
  /** The host is gone. */
  onEnd(): void;
}

const STDIN_FD = 0;
const CHUNK_BYTES = 64 * 1024;
/** The host is trusted: its frames are as large as the code and the responses in them. */
const MAX_BYTES = 0xffffffff;

const readAsync = promisify(read);

export class Inbox {
  readonly #frames = new FrameReader({ maxHeaderBytes: MAX_BYTES, maxBodyBytes: MAX_BYTES });
  readonly #events: InboxEvents;
  readonly #batches = new Batches();
  #runs: WaitingRun[] = [];
  #runsArrived = 0;
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  /** A read that is under way: there is never a second one. */
  #reading: Promise<void> | null = null;

  constructor(events: InboxEvents) {
    this.#events = events;
  }

  get hasRun(): boolean {
    return this.#runs.length > 0;
  }

  /** The next run; the whole process sleeps until it is there. */
  async nextRun(): Promise<WaitingRun> {
    for (;;) {
      const run = this.#runs.shift();
      if (run !== undefined) return run;
      if (this.#reading !== null) await this.#reading;
      else this.#take(readSync(STDIN_FD, this.#chunk));
    }
  }

  /** Resolves when a run is there, or has come and been taken meanwhile; the event loop turns. */
  async runArrival(): Promise<void> {
    const before = this.#runsArrived - this.#runs.length;
    while (this.#runsArrived === before) await this.receive();
  }

  /** Waits for more from the host, and delivers it; the event loop turns. */
  async receive(): Promise<void> {
    this.#reading ??= this.#read();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { bytesRead } = await readAsync(STDIN_FD, this.#chunk, 0, CHUNK_BYTES, null);
    this.#reading = null;
    this.#take(bytesRead);
  }

  #take(bytes: number): void {
    if (bytes === 0) this.#events.onEnd();
    const chunk = this.#chunk.subarray(0, bytes);
    // Most messages are small, and a copy of one is cheaper than another chunk.
    const isSmall = bytes <= CHUNK_BYTES / 4;
    if (!isSmall) this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#frames.push(isSmall ? Buffer.from(chunk) : chunk, (message, body) =>
      // The host is trusted: its messages are what they say.
      this.#deliver(message as HostMessage, body),
    );
  }

  #deliver(message: HostMessage, body: Uint8Array): void {
    switch (message.type) {
      case 'run':
        this.#addRun({ message, code: body, imports: null });
        break;
      case 'batch':
        this.#batches.begin(message, body);
        break;
      case 'batch-end':
        this.#batches.end(message.slot);
        break;
      case 'item':
        this.#addRun(this.#batches.runOf(message, body));
        break;
      case 'recall': {
        const { firstRunId, lastRunId } = message;
        this.#runs = this.#runs.filter(
          ({ message: { runId } }) => runId < firstRunId || runId > lastRunId,
        );
        this.#events.onRecall(message);
        break;
      }
      default:
        this.#events.onAnswer(message, body);
    }
  }

  #addRun(run: WaitingRun): void {
    this.#runs.push(run);
    this.#runsArrived += 1;
  }
}
