/** The resources `incoming-response` and `future-incoming-response`. */

import type { GuestFetchResponse, GuestFetchResult } from '../../../../../contract/calls.ts';
import { type HostFunction, type HostValue, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { blockingFunction, hostFunction, wit } from '../binding/parameters.ts';
import { Pollable } from '../io/poll.ts';
import { News, oneTurn, type Readiness } from '../io/readiness.ts';
import { ArrivingContent, type IncomingContent, wholeContent } from './arriving-body.ts';
import { errorCodeOf } from './error-code.ts';
import type { Exchange } from './exchange.ts';
import { Fields } from './fields.ts';
import { IncomingBody } from './incoming-body.ts';

export class IncomingResponse extends HeldResource {
  readonly resource = 'wasi:http/types/incoming-response';
  readonly status: number;
  readonly headers: Fields;
  readonly #holdings: Holdings;
  /** `null` once it is consumed. */
  #content: IncomingContent | null;

  constructor(
    holdings: Holdings,
    { status, headers }: GuestFetchResponse,
    content: IncomingContent,
  ) {
    super(holdings);
    this.#holdings = holdings;
    this.status = status;
    this.headers = Fields.received(holdings, asDecoded(headers));
    this.#content = content;
  }

  override [Symbol.dispose](): void {
    this.#content?.cancel();
    this.#content = null;
    this.headers[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  /** @throws {ResultError} the second time */
  consume(): IncomingBody {
    if (this.#content === null) throw new ResultError();
    const content = this.#content;
    this.#content = null;
    return new IncomingBody(this.#holdings, content);
  }
}

/** The host has decoded the body: what the headers say of its coding, and its length, is over. */
function asDecoded(headers: readonly (readonly [string, string])[]) {
  if (!headers.some(([name]) => name === 'content-encoding')) return headers;
  return headers.filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
}

export class FutureIncomingResponse extends HeldResource {
  readonly resource = 'wasi:http/types/future-incoming-response';
  readonly readiness: Readiness;
  readonly #context: Wasi2Context;
  readonly #exchange: Exchange;
  readonly #maxSilenceMs: number | null;
  readonly #news = new News();
  #state: GuestFetchResult | 'pending' | 'taken' = 'pending';

  /** @param maxSilenceMs the longest time between two pieces of the body; `null`: no such limit */
  constructor(context: Wasi2Context, exchange: Exchange, maxSilenceMs: number | null) {
    super(context.holdings);
    this.#context = context;
    this.#exchange = exchange;
    this.#maxSilenceMs = maxSilenceMs;
    this.readiness = { isReady: () => this.#state !== 'pending', news: this.#news };
    void exchange.result.then((settled) => {
      this.#state = settled;
      this.#news.tell();
    });
  }

  /** Nobody waits for the response any more, or for its body. */
  override [Symbol.dispose](): void {
    if (this.#state !== 'taken') this.#exchange.abandon();
    super[Symbol.dispose]();
  }

  /** An `option<result<result<incoming-response, error-code>>>`. */
  take(): HostValue {
    const state = this.#state;
    if (state === 'pending') return undefined;
    if (state === 'taken') return { tag: 'error' };
    this.#state = 'taken';
    if (!state.ok) return { tag: 'ok', value: { tag: 'error', value: errorCodeOf(state.error) } };
    const content =
      state.rest === null
        ? wholeContent(state.body, state.trailers)
        : new ArrivingContent(this.#context, state.rest, this.#maxSilenceMs);
    const value = new IncomingResponse(this.#context.holdings, state.response, content);
    return { tag: 'ok', value: { tag: 'ok', value } };
  }
}

export function incomingResponseFunctions(context: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  const { holdings } = context;
  const response = wit.resource(IncomingResponse);
  const future = wit.resource(FutureIncomingResponse);
  return {
    '[method]incoming-response.status': hostFunction([response], (self) => self.status),
    '[method]incoming-response.headers': hostFunction([response], (self) => self.headers.view()),
    '[method]incoming-response.consume': hostFunction([response], (self) => self.consume()),
    '[method]future-incoming-response.subscribe': hostFunction(
      [future],
      ({ readiness }) => new Pollable(holdings, readiness),
    ),
    '[method]future-incoming-response.get': blockingFunction([future], (self) =>
      self.readiness.isReady() ? self.take() : oneTurn(context).then(() => self.take()),
    ),
  };
}
