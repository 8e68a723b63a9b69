/** The body of a request: sent as a whole where it is complete before the component waits, else as it comes. */

import type { GuestFetchError } from '../../../../../contract/calls.ts';
import { type HostVariant, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import type { Holdings } from '../binding/holdings.ts';
import { closed, failed } from '../io/error.ts';
import { MAX_WRITE_BYTES } from '../io/output-stream.ts';
import { News } from '../io/readiness.ts';
import { errorCodeOf } from './error-code.ts';
import { HeldBytes } from './held-bytes.ts';
import { type OutgoingContent, tooLarge } from './outgoing-body.ts';

/** The request that the body is of. */
export interface BodyCarrier {
  /** Sends it with a whole body. */
  sendWhole(body: Uint8Array): void;
  /** Sends it with a body that is to come. @returns the number under which the host takes its pieces */
  sendHead(): number;
  /** The last piece has been handed over. */
  bodySent(): void;
  /** Ends it: there will be no more of the body. */
  abandon(): void;
}

type State = 'open' | 'finished' | 'given up';

/** While so much waits for the server to take it, the component may not write. */
const MAX_WAITING_BYTES = 256 * 1024;

export class RequestBody implements OutgoingContent {
  readonly of = 'request';
  readonly readiness = {
    isReady: (): boolean => this.#failure !== null || this.#hasRoom,
    news: new News(),
  };
  readonly #holdings: Holdings;
  readonly #contentLength: number | null;
  readonly #held: HeldBytes;
  #state: State = 'open';
  #carrier: BodyCarrier | null = null;
  #isStreamed = false;
  /** Wakes who sends, when there is more. */
  #wake: () => void = () => {};
  #failure: HostVariant | 'no more is wanted' | null = null;

  constructor(holdings: Holdings, contentLength: number | null) {
    this.#holdings = holdings;
    this.#contentLength = contentLength;
    this.#held = new HeldBytes(holdings);
  }

  /**
   * Sends it with its request. Until the component waits for something, it may still come to its end:
   * then it has a length, which not every server can do without.
   */
  sendBy(carrier: BodyCarrier, host: Wasi2Context['host']): void {
    this.#carrier = carrier;
    if (this.#state === 'open') setImmediate(() => void this.#stream(carrier, host));
    else this.#conclude(carrier);
  }

  /** Before the request is sent, nobody takes anything: then only the run's memory bounds it. */
  get #hasRoom(): boolean {
    return this.#carrier === null || this.#held.length <= MAX_WAITING_BYTES;
  }

  /** @throws {ResultError} where the request has failed */
  room(): number {
    const failure = this.#failure;
    if (failure === 'no more is wanted') throw closed();
    if (failure) throw failed(this.#holdings, 'The request has failed.', { http: failure });
    return this.#hasRoom ? MAX_WRITE_BYTES : 0;
  }

  write(bytes: Uint8Array): void {
    // Memory for all of a body, where it is to be sent as a whole.
    const expected = this.#carrier === null ? this.#contentLength : null;
    if (!this.#held.append(bytes, expected)) {
      throw tooLarge(this.#holdings, 'request', this.#held.length + bytes.length);
    }
    this.#wake();
  }

  finish(): void {
    const failure = this.#failure;
    // A server may answer before it has read all; that is no failure.
    if (failure && failure !== 'no more is wanted') throw new ResultError(failure);
    this.#end('finished');
  }

  giveUp(): void {
    this.#end('given up');
  }

  #end(state: State): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    if (this.#carrier) this.#conclude(this.#carrier);
  }

  #conclude(carrier: BodyCarrier): void {
    if (this.#state === 'given up') {
      this.#held.take();
      carrier.abandon();
    } else if (!this.#isStreamed) {
      carrier.sendWhole(this.#held.take());
    }
    this.#wake();
  }

  async #stream(carrier: BodyCarrier, host: Wasi2Context['host']): Promise<void> {
    if (this.#state !== 'open') return;
    this.#isStreamed = true;
    const upload = carrier.sendHead();
    for (let last = false; !last; ) {
      const state = await this.#untilWanted();
      if (state === 'given up') return;
      last = state === 'finished';
      const piece = this.#held.take();
      this.readiness.news.tell();
      const result = await host.call('fetchSend', { upload, last }, piece).result;
      if (!result.ok) {
        this.#fail(result.error);
        return;
      }
    }
    carrier.bodySent();
  }

  /** Waits for something to send, or the end. */
  async #untilWanted(): Promise<State> {
    while (this.#held.length === 0 && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#state;
  }

  #fail(error: GuestFetchError): void {
    this.#failure = error.kind === 'aborted' ? 'no more is wanted' : errorCodeOf(error);
    this.#held.take();
    this.readiness.news.tell();
  }
}
