/** The resource `outgoing-body`, of a request or a response. */

import { type HostFunction, ResultError } from '../../host.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostAction, hostFunction, trap, wit } from '../binding/parameters.ts';
import { failed } from '../io/error.ts';
import { OutputStream } from '../io/output-stream.ts';
import { httpError } from './error-code.ts';
import { Fields } from './fields.ts';

/** What a body is in the end: its bytes, or `null` where the component gave it up. */
type Whole = Uint8Array | null;

export class OutgoingBody extends HeldResource {
  readonly resource = 'wasi:http/types/outgoing-body';
  readonly #holdings: Holdings;
  readonly #of: 'request' | 'response';
  readonly #contentLength: number | null;
  #deliver: ((body: Whole) => void) | null;
  #stream: 'none' | 'open' | 'closed' = 'none';
  #buffer = new Uint8Array(0);
  #size = 0;

  /**
   * @param contentLength what the headers say
   * @param deliver gets the body once it is finished, or given up
   */
  constructor(
    holdings: Holdings,
    of: 'request' | 'response',
    contentLength: number | null,
    deliver: (body: Whole) => void,
  ) {
    super(holdings);
    this.#holdings = holdings;
    this.#of = of;
    this.#contentLength = contentLength;
    this.#deliver = deliver;
  }

  /** @throws {ResultError} the second time */
  write(): OutputStream {
    if (this.#stream !== 'none') throw new ResultError();
    this.#stream = 'open';
    return new OutputStream(this.#holdings, {
      write: (bytes) => this.#append(bytes),
      close: () => {
        this.#stream = 'closed';
      },
    });
  }

  /** @throws {ResultError} an `error-code` */
  finish(trailers: Fields | undefined): void {
    if (this.#stream === 'open')
      trap('outgoing-body.finish: its output-stream is not dropped yet.');
    const isWhole = this.#contentLength === null || this.#contentLength === this.#size;
    const hasTrailers = trailers !== undefined && trailers.entries.length > 0;
    trailers?.[Symbol.dispose]();
    if (isWhole && !hasTrailers) this.#end(this.#buffer.subarray(0, this.#size));
    this[Symbol.dispose]();
    if (!isWhole) throw httpError(`HTTP-${this.#of}-body-size`, BigInt(this.#size));
    if (hasTrailers) throw httpError('internal-error', 'Trailers are not sent by this host.');
  }

  /** Dropped before it is finished, it is incomplete. */
  override [Symbol.dispose](): void {
    if (this.#stream === 'open') trap('outgoing-body: dropped before its output-stream.');
    this.#end(null);
    this.#holdings.release(this.#buffer.length);
    this.#buffer = new Uint8Array(0);
    super[Symbol.dispose]();
  }

  #end(body: Whole): void {
    const deliver = this.#deliver;
    this.#deliver = null;
    deliver?.(body);
  }

  #append(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    const isOver = this.#contentLength !== null && size > this.#contentLength;
    if (isOver || !this.#reserve(size)) {
      const reason = isOver ? 'longer than its Content-Length' : 'larger than the run may hold';
      throw failed(this.#holdings, `The body is ${reason}.`, {
        http: { tag: `HTTP-${this.#of}-body-size`, value: BigInt(size) },
      });
    }
    this.#buffer.set(bytes, this.#size);
    this.#size = size;
  }

  /** Twice what is needed makes appending cheap. */
  #reserve(size: number): boolean {
    if (size <= this.#buffer.length) return true;
    const capacity = this.#contentLength ?? size * 2;
    if (!this.#holdings.charge(capacity)) return false;
    const grown = new Uint8Array(capacity);
    grown.set(this.#buffer.subarray(0, this.#size));
    this.#holdings.release(this.#buffer.length);
    this.#buffer = grown;
    return true;
  }
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
