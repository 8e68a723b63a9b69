/**
 * What the host sends. An idle process blocks until the next run arrives, which takes half the time
 * of a turn through the event loop; while a run waits for the host's answers, the event loop turns.
 */

import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { FrameReader } from '../contract/frame.ts';
import type { HostMessage } from '../contract/protocol.ts';

export interface Arrival {
  readonly message: HostMessage;
  readonly body: Uint8Array;
}

const STDIN_FD = 0;
const CHUNK_BYTES = 64 * 1024;
/** The host is trusted: its frames are as large as the code and the responses in them. */
const MAX_FRAME_BYTES = 0xffffffff;

const readAsync = promisify(read);

export class Inbox {
  readonly #frames = new FrameReader(MAX_FRAME_BYTES);
  readonly #onEnd: () => void;
  readonly #arrived: Arrival[] = [];
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  /** A read that is under way: there is never a second one. */
  #reading: Promise<void> | null = null;

  /** @param onEnd the host is gone */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** The next message; the whole process sleeps until it is there. */
  async next(): Promise<Arrival> {
    for (;;) {
      const arrival = this.#arrived.shift();
      if (arrival !== undefined) return arrival;
      if (this.#reading !== null) await this.#reading;
      else this.#take(readSync(STDIN_FD, this.#chunk));
    }
  }

  /** Settles when something has arrived that {@link next} or {@link take} give; the event loop turns. */
  async arrival(): Promise<void> {
    while (this.#arrived.length === 0) {
      this.#reading ??= this.#read();
      await this.#reading;
    }
  }

  /** What has arrived. */
  take(): Arrival[] {
    return this.#arrived.splice(0);
  }

  async #read(): Promise<void> {
    const { bytesRead } = await readAsync(STDIN_FD, this.#chunk, 0, CHUNK_BYTES, null);
    this.#reading = null;
    this.#take(bytesRead);
  }

  #take(bytes: number): void {
    if (bytes === 0) this.#onEnd();
    const chunk = this.#chunk.subarray(0, bytes);
    // Most messages are small, and a copy of one is cheaper than another chunk.
    const isSmall = bytes <= CHUNK_BYTES / 4;
    if (!isSmall) this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#frames.push(isSmall ? Buffer.from(chunk) : chunk, (message, body) => {
      // The host's word is taken for it.
      this.#arrived.push({ message: message as HostMessage, body });
    });
  }
}
