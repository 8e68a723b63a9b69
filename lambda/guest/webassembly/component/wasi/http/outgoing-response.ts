/** The resources `outgoing-response` and `response-outparam`, by which a component answers a request. */

import { type HostFunction, type HostVariant, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostAction, hostFunction, wit } from '../binding/parameters.ts';
import { unhindered } from '../io/output-stream.ts';
import { errorCode, httpError } from './error-code.ts';
import { Fields } from './fields.ts';
import { HeldBytes } from './held-bytes.ts';
import { type OutgoingContent, tooLarge } from './outgoing-body.ts';
import { OutgoingMessage } from './outgoing-message.ts';

export class OutgoingResponse extends OutgoingMessage<AnswerBody> {
  readonly resource = 'wasi:http/types/outgoing-response';
  status = 200;

  protected openContent(holdings: Holdings, contentLength: number | null): AnswerBody {
    return new AnswerBody(holdings, contentLength);
  }
}

/** A body that is part of the run's result. */
class AnswerBody implements OutgoingContent {
  readonly of = 'response';
  readonly room = unhindered.room;
  readonly readiness = unhindered.readiness;
  /** Absent where the body is not complete. */
  bytes: Uint8Array | null = null;
  readonly #holdings: Holdings;
  readonly #contentLength: number | null;
  readonly #held: HeldBytes;

  constructor(holdings: Holdings, contentLength: number | null) {
    this.#holdings = holdings;
    this.#contentLength = contentLength;
    this.#held = new HeldBytes(holdings);
  }

  write(bytes: Uint8Array): void {
    if (this.#held.append(bytes, this.#contentLength)) return;
    throw tooLarge(this.#holdings, 'response', this.#held.length + bytes.length);
  }

  finish(): void {
    this.bytes = this.#held.take();
  }

  giveUp(): void {
    this.#held.take();
  }
}

/** A response, its body `null` where it has none; or the `error-code` that the component answers with. */
export type Answer =
  | { readonly response: Pick<OutgoingResponse, 'status' | 'headers' | 'content'> }
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
