/** Step 5 of egress, the response: a body that is read while it arrives. */

import type { Dispatcher } from 'undici';
import type { EgressFailure } from '../policy/failure.ts';
import { Body } from './body.ts';

/** What is there of a body. */
export interface BodyPiece {
  /** Not empty, unless the body has ended. */
  readonly bytes: Buffer;
  /** The body has ended behind these bytes. */
  readonly ended: boolean;
}

/** Where the body comes from. */
interface BodySource extends Pick<Dispatcher.DispatchController, 'pause' | 'resume'> {
  /** The length that the response declares; 0 where it declares none. */
  readonly expectedBytes: number;
  readonly maxBytes: number;
  /** Ends the exchange, which makes the flow fail. */
  cancel(): void;
}

/** Where so much waits for a reader, the server waits, too. */
const MAX_WAITING_BYTES = 256 * 1024;
/** A body that is complete so soon needs no reader: it goes with its headers. */
const MOMENT_MS = 2;
/** The same for a body whose declared length is small: its server has all of it. */
const MAX_SMALL_BYTES = 1024 * 1024;
const SMALL_MOMENT_MS = 10;

/**
 * Holds the server to its reader's pace: the connection is not read while nobody reads the body. What
 * arrived before a failure is read before it. Has one reader at a time.
 */
export class BodyFlow {
  /** Resolves when nothing more will arrive: to why it failed, `null` where it did not. */
  readonly over: Promise<EgressFailure | null>;
  /** What came behind the body, once it has ended. */
  rawTrailers: Dispatcher.DispatchController['rawTrailers'] = null;
  readonly #source: BodySource;
  readonly #onOver: (failure: EgressFailure | null) => void;
  readonly #isSmall: boolean;
  #waiting: Body;
  #waitingBytes = 0;
  #takenBytes = 0;
  #state: 'open' | 'ended' | EgressFailure = 'open';
  #wanted: 'nothing' | 'something' | 'all' = 'nothing';
  #wake: () => void = () => {};

  constructor(source: BodySource) {
    const { expectedBytes } = source;
    this.#source = source;
    this.#isSmall = expectedBytes > 0 && expectedBytes <= MAX_SMALL_BYTES;
    this.#waiting = this.#isSmall ? new Body(MAX_SMALL_BYTES, expectedBytes) : newBody();
    const { promise, resolve } = Promise.withResolvers<EgressFailure | null>();
    this.over = promise;
    this.#onOver = resolve;
  }

  append(piece: Buffer): void {
    this.#waiting.append(piece);
    this.#waitingBytes += piece.length;
    if (this.#wanted === 'all') return;
    if (this.#wanted === 'something') this.#wanted = 'nothing';
    else if (this.#hasRoom) return;
    else this.#source.pause();
    this.#wake();
  }

  get #hasRoom(): boolean {
    return this.#waitingBytes <= (this.#isSmall ? MAX_SMALL_BYTES : MAX_WAITING_BYTES);
  }

  end(rawTrailers: BodyFlow['rawTrailers'] = null): void {
    this.rawTrailers = rawTrailers;
    this.#settle('ended', null);
  }

  /** That its reader has given it up is no failure of it. */
  fail(failure: EgressFailure): void {
    this.#settle(failure, failure.kind === 'aborted' ? null : failure);
  }

  #settle(state: 'ended' | EgressFailure, failure: EgressFailure | null): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#onOver(failure);
    this.#wake();
  }

  /** Waits for a moment. @returns the body, where it is complete */
  async complete(): Promise<Buffer | null> {
    // Most small bodies arrive together with their headers.
    await null;
    if (this.#state === 'open' && this.#hasRoom) {
      const timer = setTimeout(() => this.#wake(), this.#isSmall ? SMALL_MOMENT_MS : MOMENT_MS);
      await this.#news();
      clearTimeout(timer);
    }
    return this.#state === 'ended' ? this.#take() : null;
  }

  /**
   * Waits for what arrives next.
   * @param whole waits for all that is left
   * @throws {EgressFailure}
   */
  async read(whole: boolean): Promise<BodyPiece> {
    if (whole) this.#makeRoom();
    while (this.#state === 'open' && (whole || this.#waitingBytes === 0)) {
      this.#wanted = whole ? 'all' : 'something';
      const news = this.#news();
      // It may arrive at once.
      this.#source.resume();
      await news;
    }
    this.#wanted = 'nothing';
    const state = this.#state;
    const failed = state !== 'open' && state !== 'ended';
    if (failed && (whole || this.#waitingBytes === 0)) throw state;
    const bytes = this.#take();
    // The next piece arrives while the reader works on this one.
    if (state === 'open') this.#source.resume();
    return { bytes, ended: state === 'ended' };
  }

  cancel(): void {
    if (this.#state === 'open') this.#source.cancel();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(): Buffer {
    const bytes = this.#waiting.finish();
    this.#takenBytes += bytes.length;
    this.#waiting = newBody();
    this.#waitingBytes = 0;
    return bytes;
  }

  #makeRoom(): void {
    const { maxBytes, expectedBytes } = this.#source;
    const body = new Body(maxBytes, Math.max(0, expectedBytes - this.#takenBytes));
    if (this.#waitingBytes > 0) body.append(this.#waiting.finish());
    this.#waiting = body;
  }
}

function newBody(): Body {
  return new Body(MAX_WAITING_BYTES, 0);
}
