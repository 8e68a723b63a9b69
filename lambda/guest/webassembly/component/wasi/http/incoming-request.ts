/** The resource `incoming-request`: what a component is asked. */

import { type HostFunction, ResultError } from '../../host.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostFunction, wit } from '../binding/parameters.ts';
import { wholeContent } from './arriving-body.ts';
import { Fields } from './fields.ts';
import { IncomingBody } from './incoming-body.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export class IncomingRequest extends HeldResource {
  readonly resource = 'wasi:http/types/incoming-request';
  readonly request: ReceivedRequest;
  readonly headers: Fields;
  readonly #holdings: Holdings;
  #body: Uint8Array | null;

  constructor(holdings: Holdings, request: ReceivedRequest) {
    super(holdings);
    this.#holdings = holdings;
    this.request = request;
    this.headers = Fields.received(holdings, request.headers);
    this.#body = request.body;
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
    return new IncomingBody(this.#holdings, wholeContent(body));
  }
}

const named: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH'.split(' '),
);

export function incomingRequestFunctions(): {
  readonly [name: string]: HostFunction;
} {
  const request = wit.resource(IncomingRequest);
  return {
    '[method]incoming-request.method': hostFunction([request], ({ request: { method } }) =>
      named.has(method) ? { tag: method.toLowerCase() } : { tag: 'other', value: method },
    ),
    '[method]incoming-request.path-with-query': hostFunction(
      [request],
      ({ request: { url } }) => `${url.pathname}${url.search}`,
    ),
    '[method]incoming-request.scheme': hostFunction([request], ({ request: { url } }) => ({
      tag: url.protocol === 'http:' ? 'HTTP' : 'HTTPS',
    })),
    '[method]incoming-request.authority': hostFunction(
      [request],
      ({ request: { url } }) => url.host,
    ),
    '[method]incoming-request.headers': hostFunction([request], (self) => self.headers.view()),
    '[method]incoming-request.consume': hostFunction([request], (self) => self.consume()),
  };
}
