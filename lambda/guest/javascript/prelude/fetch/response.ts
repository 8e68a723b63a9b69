/**
 * `Response`.
 * @see https://fetch.spec.whatwg.org/#response-class
 */

import { preventCloning } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection, fetchStyle } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import { toByteString, toUnsignedShort, toUsvString } from '../core/webidl/conversion.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { encodeUtf8 } from '../encoding/encoding.ts';
import { parseUrl } from '../url/url-values.ts';
import {
  Body,
  type BodyMixin,
  bodyMethods,
  type ExtractedBody,
  extractBody,
  mixInBody,
  toInit,
} from './body.ts';
import { fillHeaders, type Headers, headersOf } from './headers.ts';
import { HeaderList } from './headers-list.ts';

/** The state of a response. */
export interface ResponseState {
  readonly type: 'default' | 'basic' | 'error';
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly body: Body | null;
  /** Without fragment. */
  readonly url: string;
  readonly redirected: boolean;
}

const empty: Omit<ResponseState, 'headers'> = {
  type: 'default',
  status: 200,
  statusText: '',
  body: null,
  url: '',
  redirected: false,
};

const redirectStatuses = [301, 302, 303, 307, 308];
const nullBodyStatuses = [101, 103, 204, 205, 304];

/** Whether a response of that status never has a body. */
export function hasNullBody(status: number): boolean {
  return nullBodyStatuses.includes(status);
}

let isResponse: (value: unknown) => value is Response;
let stateOf: (response: Response) => ResponseState;
/** Makes a response of the network: scripts cannot change its headers. */
export let responseOf: (state: ResponseState) => Response;

export class Response {
  declare readonly body: BodyMixin['body'];
  declare readonly bodyUsed: boolean;
  declare readonly json: BodyMixin['json'];
  #state: ResponseState;
  #headers: Headers;

  static {
    isResponse = (value): value is Response => isObject(value) && #state in value;
    stateOf = (response) => response.#state;
    responseOf = (state) => {
      const response = new Response();
      response.#state = state;
      response.#headers = headersOf(state.headers, 'immutable');
      return response;
    };
    mixInBody(Response.prototype, stateOf);
  }

  constructor(body: unknown = null, init: unknown = {}) {
    const extracted = body === null || body === undefined ? null : extractBody(body);
    this.#state = stateFrom(init, extracted);
    this.#headers = headersOf(this.#state.headers, 'none');
  }

  static error(): Response {
    return responseOf({ ...empty, type: 'error', status: 0, headers: new HeaderList() });
  }

  static json(data: unknown, init: unknown = {}): Response {
    const text = typeof data === 'symbol' ? undefined : JSON.stringify(data);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const body = Body.ofBytes(encodeUtf8(text));
    const response = new Response();
    response.#state = stateFrom(init, { body, type: 'application/json' });
    response.#headers = headersOf(response.#state.headers, 'none');
    return response;
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    const { href } = parseUrl(toUsvString(url, 'Response.redirect: url'));
    const code = toUnsignedShort(status);
    if (!redirectStatuses.includes(code)) throw new RangeError(`Invalid status code ${code}`);
    return responseOf({
      ...empty,
      status: code,
      headers: HeaderList.of([['location', href.replace(/[^\0-\xff]/g, encodeURIComponent)]]),
    });
  }

  get type(): string {
    return this.#state.type;
  }

  get url(): string {
    return this.#state.url;
  }

  get redirected(): boolean {
    return this.#state.redirected;
  }

  get status(): number {
    return this.#state.status;
  }

  get ok(): boolean {
    return this.#state.status >= 200 && this.#state.status <= 299;
  }

  get statusText(): string {
    return this.#state.statusText;
  }

  get headers(): Headers {
    return this.#headers;
  }

  clone(): Response {
    const { body, headers } = this.#state;
    if (body?.unusable) {
      throw new TypeError('Response.clone: Body has already been consumed.');
    }
    const clone = new Response();
    clone.#state = {
      ...this.#state,
      headers: HeaderList.of(headers.pairs()),
      body: body?.clone() ?? null,
    };
    const guard = this.#state.type === 'default' ? 'none' : 'immutable';
    clone.#headers = headersOf(clone.#state.headers, guard);
    return clone;
  }
}

/** @see https://fetch.spec.whatwg.org/#initialize-a-response */
function stateFrom(init: unknown, extracted: ExtractedBody | null): ResponseState {
  const options = toInit(init, 'Response constructor');
  const status = options.status === undefined ? 200 : toUnsignedShort(options.status);
  const statusText =
    options.statusText === undefined
      ? ''
      : toByteString(options.statusText, 'Response constructor: statusText');
  if (status < 200 || status > 599) {
    throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
  }
  if (/[^\t\x20-\x7e\x80-\xff]/.test(statusText)) throw new TypeError('Invalid statusText');
  const headers = new HeaderList();
  if (options.headers !== undefined) fillHeaders(headers, options.headers);
  if (extracted !== null) {
    if (hasNullBody(status)) {
      throw new TypeError(`Response constructor: Invalid response status code ${status}`);
    }
    if (extracted.type !== null && !headers.has('content-type')) {
      headers.append('content-type', extracted.type);
    }
  }
  return { ...empty, status, statusText, headers, body: extracted?.body ?? null };
}

export function installResponse(prelude: Prelude): void {
  defineInterface(Response, 'Response', {
    is: isResponse,
    requiredByStatics: { json: 1, redirect: 1 },
    promises: bodyMethods,
  });
  preventCloning(isResponse);
  defineInspection(
    Response,
    (response) => ({
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
      body: response.body,
      bodyUsed: response.bodyUsed,
      ok: response.ok,
      redirected: response.redirected,
      type: response.type,
      url: response.url,
    }),
    fetchStyle,
  );
  prelude.define({ Response });
}
