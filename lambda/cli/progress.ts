/** A line at the bottom of a terminal that says how far a run is; in a pipe there is none. */

import type { StreamEvent } from '../client/client.ts';
import type { PreparedRequest } from './request.ts';
import type { Screen } from './screen.ts';

/** What takes less time needs no line. */
const PATIENCE_MS = 1000;

export class Progress {
  readonly #screen: Screen;
  readonly #inputs: number;
  readonly #startedAt = performance.now();
  #ended = 0;
  #isShown = false;
  /** Whether the run has printed a line to its half, which is not to be cleared. */
  #isInLine = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen, { url, inputs }: PreparedRequest['request']) {
    this.#screen = screen;
    this.#inputs = inputs?.length ?? 0;
    if (screen.columns === 0 || url === undefined) return;
    this.#timer = setInterval(() => {
      const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
      this.#show(`Waiting for ${seconds} s: ${url}`);
    }, PATIENCE_MS);
  }

  event(event: StreamEvent['event']): void {
    clearInterval(this.#timer);
    if (event === 'start') this.#clear();
    if (event !== 'item' || this.#screen.columns === 0) return;
    this.#ended += 1;
    this.#show(`${this.#ended} of ${this.#inputs} inputs`);
  }

  /** Makes room for what the run prints. */
  makeRoom(text: string): void {
    this.#clear();
    this.#isInLine = !text.endsWith('\n');
  }

  /** Ends a line that the run has left open, for what is not the run's. In a pipe there is nothing to part. */
  endLine(): void {
    if (this.#isInLine && this.#screen.columns > 0) this.#screen.err('\n');
    this.#isInLine = false;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#isShown) this.#screen.err('\r\x1b[K');
    this.#isShown = false;
  }

  /** A line that is too long would go on in a second one, which is not cleared. */
  #show(text: string): void {
    if (this.#isInLine) return;
    const room = this.#screen.columns - 1;
    const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    this.#screen.err(`\r\x1b[K${shown}`);
    this.#isShown = true;
  }
}
