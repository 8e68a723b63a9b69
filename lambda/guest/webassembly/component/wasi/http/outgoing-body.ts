/** The resource `outgoing-body`, of a request or a response. */

import { type HostFunction, ResultError } from '../../host.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostAction, hostFunction, trap, wit } from '../binding/parameters.ts';
import { failed } from '../io/error.ts';
import { type ByteSink, OutputStream } from '../io/output-stream.ts';
import { httpError } from './error-code.ts';
import { Fields } from './fields.ts';

/** Where the bytes of a body go. */
export interface OutgoingContent extends Omit<ByteSink, 'close'> {
  readonly of: 'request' | 'response';
  /**
   * The body is complete.
   * @throws {ResultError} an `error-code`
   */
  finish(): void;
  /** It never will be. Nothing, where it is complete. */
  giveUp(): void;
}

export class OutgoingBody extends HeldResource {
  readonly resource = 'wasi:http/types/outgoing-body';
  readonly #holdings: Holdings;
  readonly #content: OutgoingContent;
  readonly #contentLength: number | null;
  #stream: 'none' | 'open' | 'closed' = 'none';
  #size = 0;

  /** @param contentLength what the headers say */
  constructor(holdings: Holdings, content: OutgoingContent, contentLength: number | null) {
    super(holdings);
    this.#holdings = holdings;
    this.#content = content;
    this.#contentLength = contentLength;
  }

  /** @throws {ResultError} the second time */
  write(): OutputStream {
    if (this.#stream !== 'none') throw new ResultError();
    this.#stream = 'open';
    const content = this.#content;
    return new OutputStream(this.#holdings, {
      room: () => content.room(),
      readiness: content.readiness,
      write: (bytes) => this.#write(bytes),
      close: () => {
        this.#stream = 'closed';
      },
    });
  }

  /** @throws {ResultError} an `error-code` */
  finish(trailers: Fields | undefined): void {
    if (this.#stream === 'open')
      trap('outgoing-body.finish: its output-stream is not dropped yet.');
    const trailerBytes = trailers?.entries.reduce(sectionBytes, 0) ?? 0;
    trailers?.[Symbol.dispose]();
    const { of } = this.#content;
    try {
      if (this.#contentLength !== null && this.#contentLength !== this.#size) {
        throw httpError(`HTTP-${of}-body-size`, BigInt(this.#size));
      }
      // The host's client ends a body without any, and an answer is JSON: to leave them out is no success.
      if (trailerBytes > 0) throw httpError(`HTTP-${of}-trailer-section-size`, trailerBytes);
      this.#content.finish();
    } finally {
      this[Symbol.dispose]();
    }
  }

  /** Dropped before it is finished, it is incomplete. */
  override [Symbol.dispose](): void {
    if (this.#stream === 'open') trap('outgoing-body: dropped before its output-stream.');
    this.#content.giveUp();
    super[Symbol.dispose]();
  }

  #write(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (this.#contentLength !== null && size > this.#contentLength) {
      throw failed(this.#holdings, 'The body is longer than its Content-Length.', {
        http: { tag: `HTTP-${this.#content.of}-body-size`, value: BigInt(size) },
      });
    }
    this.#content.write(bytes);
    this.#size = size;
  }
}

function sectionBytes(sum: number, [name, value]: Fields['entries'][number]): number {
  return sum + name.length + value.length;
}

/** That the run may hold no more of a body. */
export function tooLarge(holdings: Holdings, of: OutgoingContent['of'], size: number): ResultError {
  return failed(holdings, 'The body is larger than the run may hold.', {
    http: { tag: `HTTP-${of}-body-size`, value: BigInt(size) },
  });
}

/**
 * What the headers say of the length of a body; `null` where they say nothing.
 * @throws {ResultError} where that is no number, or not one
 */
export function contentLengthOf(headers: Fields): number | null {
  const values = new Set(
    headers.values('content-length').map((value) => Buffer.from(value).toString()),
  );
  if (values.size === 0) return null;
  const [text = ''] = values;
  const length = Number(text);
  if (values.size > 1 || !/^\d+$/.test(text) || !Number.isSafeInteger(length))
    throw new ResultError();
  return length;
}

export function outgoingBodyFunctions(): { readonly [name: string]: HostFunction } {
  const body = wit.resource(OutgoingBody);
  return {
    '[method]outgoing-body.write': hostFunction([body], (self) => self.write()),
    '[static]outgoing-body.finish': hostAction(
      [body, wit.option(wit.resource(Fields))],
      (self, trailers) => self.finish(trailers),
    ),
  };
}
