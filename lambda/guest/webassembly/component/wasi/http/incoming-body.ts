/** The resources `incoming-body` and `future-trailers`. A body is all there before it can be read. */

import { type HostFunction, type HostValue, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostFunction, trap, wit } from '../binding/parameters.ts';
import { bytesInMemory, InputStream } from '../io/input-stream.ts';
import { Pollable } from '../io/poll.ts';
import { always } from '../io/readiness.ts';

export class IncomingBody extends HeldResource {
  readonly resource = 'wasi:http/types/incoming-body';
  readonly #holdings: Holdings;
  readonly #bytes: Uint8Array;
  #stream: 'none' | 'open' | 'closed' = 'none';

  constructor(holdings: Holdings, bytes: Uint8Array) {
    super(holdings);
    this.#holdings = holdings;
    this.#bytes = bytes;
  }

  /** @throws {ResultError} the second time */
  stream(): InputStream {
    if (this.#stream !== 'none') throw new ResultError();
    this.#stream = 'open';
    const close = (): void => {
      this.#stream = 'closed';
    };
    return new InputStream(this.#holdings, { ...bytesInMemory(this.#bytes), close });
  }

  finish(): FutureTrailers {
    if (this.#stream === 'open') trap('incoming-body.finish: its input-stream is not dropped yet.');
    this[Symbol.dispose]();
    return new FutureTrailers(this.#holdings);
  }
}

/** There are none: the host's requests give none. */
class FutureTrailers extends HeldResource {
  readonly resource = 'wasi:http/types/future-trailers';
  #isTaken = false;

  take(): HostValue {
    if (this.#isTaken) return { tag: 'error' };
    this.#isTaken = true;
    return { tag: 'ok', value: { tag: 'ok', value: undefined } };
  }
}

export function incomingBodyFunctions({ holdings }: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  const body = wit.resource(IncomingBody);
  const trailers = wit.resource(FutureTrailers);
  return {
    '[method]incoming-body.stream': hostFunction([body], (self) => self.stream()),
    '[static]incoming-body.finish': hostFunction([body], (self) => self.finish()),
    '[method]future-trailers.subscribe': hostFunction(
      [trailers],
      () => new Pollable(holdings, always),
    ),
    '[method]future-trailers.get': hostFunction([trailers], (self) => self.take()),
  };
}
