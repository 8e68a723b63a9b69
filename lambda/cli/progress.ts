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
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen, { url, inputs }: PreparedRequest['request']) {
    this.#screen = screen;
    this.#inputs = inputs?.length ?? 0;
    if (!screen.isTerminal || url === undefined) return;
    this.#timer = setInterval(() => {
      const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
      this.#show(`Waiting for ${url} (${seconds} s)`);
    }, PATIENCE_MS);
  }

  event(event: StreamEvent['event']): void {
    clearInterval(this.#timer);
    if (event === 'start') this.clear();
    if (event !== 'item' || !this.#screen.isTerminal) return;
    this.#ended += 1;
    this.#show(`${this.#ended} of ${this.#inputs} inputs`);
  }

  /** Makes room for what is printed. */
  clear(): void {
    if (this.#isShown) this.#screen.err('\r\x1b[K');
    this.#isShown = false;
  }

  close(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #show(text: string): void {
    this.#screen.err(`\r\x1b[K${text}`);
    this.#isShown = true;
  }
}
