/** The resources `incoming-body` and `future-trailers`. */

import { type HostFunction, type HostValue, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { blockingFunction, hostFunction, trap, wit } from '../binding/parameters.ts';
import { InputStream } from '../io/input-stream.ts';
import { Pollable } from '../io/poll.ts';
import { oneTurn, type Readiness } from '../io/readiness.ts';
import { type IncomingContent, trailersReadiness } from './arriving-body.ts';
import { Fields } from './fields.ts';

export class IncomingBody extends HeldResource {
  readonly resource = 'wasi:http/types/incoming-body';
  readonly #holdings: Holdings;
  /** `null` once it is finished. */
  #content: IncomingContent | null;
  #stream: 'none' | 'open' | 'closed' = 'none';

  constructor(holdings: Holdings, content: IncomingContent) {
    super(holdings);
    this.#holdings = holdings;
    this.#content = content;
  }

  override [Symbol.dispose](): void {
    this.#content?.cancel();
    super[Symbol.dispose]();
  }

  /** @throws {ResultError} the second time */
  stream(): InputStream {
    const content = this.#content;
    if (this.#stream !== 'none' || !content) throw new ResultError();
    this.#stream = 'open';
    return new InputStream(this.#holdings, {
      readiness: content.readiness,
      read: (max) => content.read(max),
      close: () => {
        this.#stream = 'closed';
      },
    });
  }

  finish(): FutureTrailers {
    const content = this.#content;
    if (this.#stream === 'open' || !content) {
      return trap('incoming-body.finish: its input-stream is not dropped yet.');
    }
    this.#content = null;
    this[Symbol.dispose]();
    return new FutureTrailers(this.#holdings, content);
  }
}

class FutureTrailers extends HeldResource {
  readonly resource = 'wasi:http/types/future-trailers';
  readonly readiness: Readiness;
  readonly #holdings: Holdings;
  readonly #content: IncomingContent;
  #isTaken = false;

  constructor(holdings: Holdings, content: IncomingContent) {
    super(holdings);
    this.#holdings = holdings;
    this.#content = content;
    this.readiness = trailersReadiness(content);
    content.drain();
  }

  override [Symbol.dispose](): void {
    this.#content.cancel();
    super[Symbol.dispose]();
  }

  /** An `option<result<result<option<trailers>, error-code>>>`. */
  take(): HostValue {
    const { trailers } = this.#content;
    if (trailers === 'pending') return undefined;
    if (this.#isTaken) return { tag: 'error' };
    this.#isTaken = true;
    if ('failure' in trailers) {
      return { tag: 'ok', value: { tag: 'error', value: trailers.failure } };
    }
    const { fields } = trailers;
    const value = fields.length > 0 ? Fields.received(this.#holdings, fields) : undefined;
    return { tag: 'ok', value: { tag: 'ok', value } };
  }
}

export function incomingBodyFunctions(context: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  const { holdings } = context;
  const body = wit.resource(IncomingBody);
  const trailers = wit.resource(FutureTrailers);
  return {
    '[method]incoming-body.stream': hostFunction([body], (self) => self.stream()),
    '[static]incoming-body.finish': hostFunction([body], (self) => self.finish()),
    '[method]future-trailers.subscribe': hostFunction(
      [trailers],
      ({ readiness }) => new Pollable(holdings, readiness),
    ),
    '[method]future-trailers.get': blockingFunction([trailers], (self) =>
      self.readiness.isReady() ? self.take() : oneTurn(context).then(() => self.take()),
    ),
  };
}
