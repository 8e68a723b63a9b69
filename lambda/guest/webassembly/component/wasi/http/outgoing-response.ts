/** The resources `outgoing-response` and `response-outparam`, by which a component answers a request. */

import { type HostFunction, type HostVariant, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostAction, hostFunction, wit } from '../binding/parameters.ts';
import { errorCode, httpError } from './error-code.ts';
import { Fields } from './fields.ts';
import { contentLengthOf, OutgoingBody } from './outgoing-body.ts';

export class OutgoingResponse extends HeldResource {
  readonly resource = 'wasi:http/types/outgoing-response';
  readonly headers: Fields;
  status = 200;
  readonly #holdings: Holdings;
  #body: Promise<Uint8Array | null> | null = null;

  constructor(holdings: Holdings, headers: Fields) {
    super(holdings);
    this.#holdings = holdings;
    this.headers = headers.freeze();
  }

  override [Symbol.dispose](): void {
    this.headers[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  /** Empty where it has none; `null` in the end where it was given up. */
  get whenFinished(): Promise<Uint8Array | null> {
    return this.#body ?? Promise.resolve(new Uint8Array(0));
  }

  /** @throws {ResultError} the second time, or where Content-Length is no number */
  body(): OutgoingBody {
    if (this.#body) throw new ResultError();
    const length = contentLengthOf(this.headers);
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    this.#body = promise;
    return new OutgoingBody(this.#holdings, 'response', length, resolve);
  }
}

/** A response, its body yet to be finished; or the `error-code` that the component answers with. */
export type Answer =
  | { readonly response: Pick<OutgoingResponse, 'status' | 'headers' | 'whenFinished'> }
  | { readonly error: HostVariant };

export class ResponseOutparam extends HeldResource {
  readonly resource = 'wasi:http/types/response-outparam';
  /** Absent for as long as the component has not answered. */
  answer: Answer | null = null;
}

export function outgoingResponseFunctions({ holdings }: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  const response = wit.resource(OutgoingResponse);
  const outparam = wit.resource(ResponseOutparam);
  return {
    '[constructor]outgoing-response': hostFunction(
      [wit.resource(Fields)],
      (headers) => new OutgoingResponse(holdings, headers),
    ),
    '[method]outgoing-response.status-code': hostFunction([response], (self) => self.status),
    '[method]outgoing-response.set-status-code': hostAction([response, wit.u16], (self, status) => {
      if (status < 100 || status > 999) throw new ResultError();
      self.status = status;
    }),
    '[method]outgoing-response.headers': hostFunction([response], (self) => self.headers.view()),
    '[method]outgoing-response.body': hostFunction([response], (self) => self.body()),
    '[static]response-outparam.set': hostAction(
      [outparam, wit.variant({ ok: response, error: errorCode })],
      (self, result) => {
        self.answer = result.tag === 'ok' ? { response: result.value } : { error: result.value };
        self[Symbol.dispose]();
      },
    ),
    '[method]response-outparam.send-informational': hostAction(
      [outparam, wit.u16, wit.resource(Fields)],
      (_self, _status, headers) => {
        headers[Symbol.dispose]();
        throw httpError('internal-error', 'Informational responses are not sent by this host.');
      },
    ),
  };
}
