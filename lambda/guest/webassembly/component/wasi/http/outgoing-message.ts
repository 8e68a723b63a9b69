/** What `outgoing-request` and `outgoing-response` share: headers, and a body that is taken once. */

import { ResultError } from '../../host.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import type { Fields } from './fields.ts';
import { contentLengthOf, OutgoingBody, type OutgoingContent } from './outgoing-body.ts';

export abstract class OutgoingMessage<Content extends OutgoingContent> extends HeldResource {
  readonly headers: Fields;
  readonly #holdings: Holdings;
  #content: Content | null = null;

  constructor(holdings: Holdings, headers: Fields) {
    super(holdings);
    this.#holdings = holdings;
    this.headers = headers.freeze();
  }

  override [Symbol.dispose](): void {
    this.headers[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  /** Of its body; `null` where it has none. */
  get content(): Content | null {
    return this.#content;
  }

  /** @throws {ResultError} the second time, or where Content-Length is no number */
  body(): OutgoingBody {
    if (this.#content) throw new ResultError();
    const contentLength = contentLengthOf(this.headers);
    this.#content = this.openContent(this.#holdings, contentLength);
    return new OutgoingBody(this.#holdings, this.#content, contentLength);
  }

  /** @param contentLength what the headers say */
  protected abstract openContent(holdings: Holdings, contentLength: number | null): Content;
}
