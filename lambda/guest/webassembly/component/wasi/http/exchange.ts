/** One request of a component, from its head to the response. */

import type {
  GuestFetchError,
  GuestFetchRequest,
  GuestFetchResult,
} from '../../../../../contract/calls.ts';
import type { PendingCall } from '../../../../runtime/runtime.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { within } from '../io/readiness.ts';
import type { BodyCarrier } from './request-body.ts';

/** What the request is without its body. */
export type RequestHead = Omit<GuestFetchRequest, 'hasBody' | 'upload' | 'whole'>;

interface ExchangeOptions {
  /** Gives the body a number of its own within the run. */
  readonly nextUpload: () => number;
  /** From the end of the request to the response's headers; `null`: only the host's limit counts. */
  readonly firstByteMs: number | null;
}

const empty = new Uint8Array(0);

export class Exchange implements BodyCarrier {
  readonly result: Promise<GuestFetchResult>;
  readonly #host: Wasi2Context['host'];
  readonly #head: RequestHead;
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: GuestFetchResult) => void;
  #call: PendingCall<'fetch'> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #state: 'open' | 'over' | { readonly rest: number } = 'open';

  constructor(host: Wasi2Context['host'], head: RequestHead, options: ExchangeOptions) {
    this.#host = host;
    this.#head = head;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<GuestFetchResult>();
    this.result = promise;
    this.#resolve = resolve;
  }

  sendWithoutBody(): void {
    this.#send(false, null, empty);
    this.bodySent();
  }

  sendWhole(body: Uint8Array): void {
    // Those methods never have one: an empty one is none.
    const isNone = body.length === 0 && /^(?:GET|HEAD)$/.test(this.#head.method);
    this.#send(!isNone, null, body);
    this.bodySent();
  }

  sendHead(): number {
    const upload = this.#options.nextUpload();
    this.#send(true, upload, empty);
    return upload;
  }

  bodySent(): void {
    const { firstByteMs } = this.#options;
    if (this.#state !== 'open') return;
    this.#timer = within({ host: this.#host }, firstByteMs, () => this.#end(tookTooLong));
  }

  /** Also where the response has begun to arrive: there is no half of an exchange. */
  abandon(): void {
    if (typeof this.#state === 'object') this.#host.call('fetchCancel', { rest: this.#state.rest });
    this.#end(givenUp);
  }

  #send(hasBody: boolean, upload: number | null, body: Uint8Array): void {
    if (this.#state !== 'open') return;
    const request = { ...this.#head, hasBody, upload, whole: false };
    this.#call = this.#host.call('fetch', request, body);
    void this.#call.result.then((result) => {
      if (this.#state !== 'open') return;
      clearTimeout(this.#timer);
      this.#state = result.ok && result.rest !== null ? { rest: result.rest } : 'over';
      this.#resolve(result);
    });
  }

  #end(error: GuestFetchError): void {
    if (this.#state !== 'open') return;
    this.#state = 'over';
    clearTimeout(this.#timer);
    this.#call?.abort();
    this.#resolve({ ok: false, error });
  }
}

const givenUp: GuestFetchError = {
  kind: 'aborted',
  message: 'The request was given up.',
  causeCode: null,
};

const tookTooLong: GuestFetchError = {
  kind: 'timeout',
  message: 'The response did not begin in time.',
  causeCode: 'UND_ERR_HEADERS_TIMEOUT',
};
