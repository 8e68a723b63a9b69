/** The resources `incoming-response` and `future-incoming-response`. */

import type { GuestFetchResult } from '../../../../../contract/calls.ts';
import { type HostFunction, type HostValue, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { blockingFunction, hostFunction, wit } from '../binding/parameters.ts';
import { Pollable } from '../io/poll.ts';
import { News, oneTurn, type Readiness } from '../io/readiness.ts';
import { errorCodeOf } from './error-code.ts';
import { Fields } from './fields.ts';
import { IncomingBody } from './incoming-body.ts';

export class IncomingResponse extends HeldResource {
  readonly resource = 'wasi:http/types/incoming-response';
  readonly status: number;
  readonly headers: Fields;
  readonly #holdings: Holdings;
  #body: Uint8Array | null;

  constructor(
    holdings: Holdings,
    status: number,
    headers: readonly (readonly [string, string])[],
    body: Uint8Array,
  ) {
    super(holdings);
    this.#holdings = holdings;
    this.status = status;
    this.headers = Fields.received(holdings, asDecoded(headers));
    this.#body = body;
  }

  override [Symbol.dispose](): void {
    this.headers[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  /** @throws {ResultError} the second time */
  consume(): IncomingBody {
    if (this.#body === null) throw new ResultError();
    const body = this.#body;
    this.#body = null;
    return new IncomingBody(this.#holdings, body);
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
  readonly #holdings: Holdings;
  readonly #news = new News();
  readonly #abort: () => void;
  #state: GuestFetchResult | 'pending' | 'taken' = 'pending';

  /** @param abort called where nobody waits for it any more */
  constructor(holdings: Holdings, result: Promise<GuestFetchResult>, abort: () => void) {
    super(holdings);
    this.#holdings = holdings;
    this.#abort = abort;
    this.readiness = { isReady: () => this.#state !== 'pending', news: this.#news };
    void result.then((settled) => {
      this.#state = settled;
      this.#news.tell();
    });
  }

  override [Symbol.dispose](): void {
    if (this.#state === 'pending') this.#abort();
    super[Symbol.dispose]();
  }

  /** An `option<result<result<incoming-response, error-code>>>`. */
  take(): HostValue {
    const state = this.#state;
    if (state === 'pending') return undefined;
    if (state === 'taken') return { tag: 'error' };
    this.#state = 'taken';
    if (!state.ok) return { tag: 'ok', value: { tag: 'error', value: errorCodeOf(state.error) } };
    const { status, headers } = state.response;
    const value = new IncomingResponse(this.#holdings, status, headers, state.body);
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
