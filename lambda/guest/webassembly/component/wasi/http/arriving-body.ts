/** What comes in as a body: all of it at once, or as the host hands it on while it is read. */

import type { BodyReadResult, Fields as Pairs } from '../../../../../contract/calls.ts';
import type { PendingCall } from '../../../../runtime/runtime.ts';
import type { HostVariant } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { closed, failed } from '../io/error.ts';
import { type ByteSource, bytesInMemory } from '../io/input-stream.ts';
import { always, News, type Readiness, within } from '../io/readiness.ts';
import { errorCodeOf } from './error-code.ts';

/** What stands behind a body, or why that never came. */
export type Trailers = 'pending' | { readonly fields: Pairs } | { readonly failure: HostVariant };

export interface IncomingContent extends ByteSource {
  /** Reads to the end, for nothing but the trailers. Called once nobody reads any more. */
  drain(): void;
  readonly trailers: Trailers;
  /** Nobody wants the rest. */
  cancel(): void;
}

export function wholeContent(bytes: Uint8Array, fields: Pairs = []): IncomingContent {
  return { ...bytesInMemory(bytes), trailers: { fields }, drain() {}, cancel() {} };
}

type Context = Pick<Wasi2Context, 'host' | 'holdings'>;

/**
 * Has one piece at a time, and asks for the next one when that is read: the host reads 256 KiB ahead and
 * holds the server to that pace.
 */
export class ArrivingContent implements IncomingContent {
  readonly readiness: Readiness = {
    isReady: () => this.#piece.length > 0 || this.#trailers !== 'pending',
    news: new News(),
  };
  readonly #context: Context;
  readonly #rest: number;
  readonly #maxSilenceMs: number | null;
  #piece: Uint8Array = new Uint8Array(0);
  #charged = 0;
  #trailers: Trailers = 'pending';
  #reading: PendingCall<'fetchRead'> | null = null;
  #isDrained = false;
  #hasFailedOnce = false;

  /**
   * @param rest the host's number for it
   * @param maxSilenceMs the longest time between two pieces; `null`: only the request's own time bounds it
   */
  constructor(context: Context, rest: number, maxSilenceMs: number | null) {
    this.#context = context;
    this.#rest = rest;
    this.#maxSilenceMs = maxSilenceMs;
    this.#ask();
  }

  get trailers(): Trailers {
    return this.#trailers;
  }

  read(max: number): Uint8Array {
    const piece = this.#piece.subarray(0, max);
    if (piece.length > 0) {
      this.#hold(this.#piece.subarray(piece.length));
      return piece;
    }
    if (this.#piece.length > 0 || this.#trailers === 'pending') return piece;
    if ('fields' in this.#trailers || this.#hasFailedOnce) throw closed();
    this.#hasFailedOnce = true;
    throw failed(this.#context.holdings, 'The body broke off.', { http: this.#trailers.failure });
  }

  close(): void {}

  drain(): void {
    this.#isDrained = true;
    this.#hold(new Uint8Array(0));
  }

  cancel(): void {
    this.#hold(new Uint8Array(0), false);
    if (this.#trailers !== 'pending') return;
    this.#trailers = { failure: { tag: 'HTTP-response-incomplete' } };
    if (this.#reading) this.#reading.abort();
    else this.#context.host.call('fetchCancel', { rest: this.#rest });
  }

  /** Keeps what is left of the piece that is there; where nothing is, the next one is asked for. */
  #hold(piece: Uint8Array, asks = true): void {
    this.#piece = piece;
    if (piece.length > 0) return;
    this.#context.holdings.release(this.#charged);
    this.#charged = 0;
    if (asks) this.#ask();
  }

  #ask(): void {
    if (this.#reading || this.#trailers !== 'pending') return;
    const reading = this.#context.host.call('fetchRead', { rest: this.#rest, whole: false });
    this.#reading = reading;
    const timer = within(this.#context, this.#maxSilenceMs, () => this.#fallSilent());
    void reading.result.then((result) => {
      clearTimeout(timer);
      this.#reading = null;
      if (this.#trailers === 'pending') this.#take(result);
    });
  }

  #take(result: BodyReadResult): void {
    if (!result.ok) {
      this.#end({ failure: errorCodeOf(result.error) });
      return;
    }
    const { body, ended, trailers = [] } = result;
    if (!this.#isDrained && !this.#keep(body)) {
      const value = 'The body is larger than the run may hold.';
      this.cancel();
      this.#end({ failure: { tag: 'internal-error', value } });
      return;
    }
    if (ended) this.#end({ fields: trailers });
    else if (this.#piece.length === 0) this.#ask();
    this.readiness.news?.tell();
  }

  #keep(body: Uint8Array): boolean {
    if (!this.#context.holdings.charge(body.length)) return false;
    this.#charged = body.length;
    this.#piece = body;
    return true;
  }

  #fallSilent(): void {
    this.cancel();
    this.#end({ failure: { tag: 'connection-read-timeout' } });
  }

  #end(trailers: Trailers): void {
    this.#trailers = trailers;
    this.readiness.news?.tell();
  }
}

/** That the trailers are known. */
export function trailersReadiness(content: IncomingContent): Readiness {
  const { news } = content.readiness;
  const isReady = (): boolean => content.trailers !== 'pending';
  return news ? { isReady, news } : always;
}
