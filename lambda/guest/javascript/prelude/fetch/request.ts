/**
 * `Request`.
 * @see https://fetch.spec.whatwg.org/#request-class
 */

import { preventCloning } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection, fetchStyle } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import {
  type Dictionary,
  toByteString,
  toEnumeration,
  toUsvString,
} from '../core/webidl/conversion.ts';
import { requireArguments } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { AbortController, type AbortSignal, dependentSignal } from '../events/abort.ts';
import { isAbortSignal } from '../events/abort-state.ts';
import { URL } from '../url/url.ts';
import { parseUrl } from '../url/url-values.ts';
import { type Body, type BodyMixin, bodyMethods, extractBody, mixInBody, toInit } from './body.ts';
import { fillHeaders, type Headers, headersOf } from './headers.ts';
import { HeaderList, isToken } from './headers-list.ts';

/** The settings that are enumerations, and their values; the first is the default. */
const enumerations = {
  referrerPolicy: [
    '',
    'no-referrer',
    'no-referrer-when-downgrade',
    'same-origin',
    'origin',
    'strict-origin',
    'origin-when-cross-origin',
    'strict-origin-when-cross-origin',
    'unsafe-url',
  ],
  mode: ['cors', 'navigate', 'same-origin', 'no-cors'],
  credentials: ['same-origin', 'omit', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  redirect: ['follow', 'manual', 'error'],
} as const;

type Settings = { [Name in keyof typeof enumerations]: (typeof enumerations)[Name][number] };

/** The state of a request. */
export interface RequestState extends Readonly<Settings> {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Body | null;
  readonly referrer: string;
  readonly integrity: string;
  readonly keepalive: boolean;
  /** The signal that the script passed. */
  readonly signal: object | null;
}

const defaults = {
  method: 'GET',
  referrerPolicy: '',
  mode: 'cors',
  credentials: 'same-origin',
  cache: 'default',
  redirect: 'follow',
  referrer: 'about:client',
  integrity: '',
  keepalive: false,
  signal: null,
} as const satisfies Partial<RequestState>;

export let isRequest: (value: unknown) => value is Request;
export let requestState: (request: Request) => RequestState;

export class Request {
  declare readonly body: BodyMixin['body'];
  declare readonly bodyUsed: boolean;
  #state: RequestState;
  #headers: Headers;
  #signal: AbortSignal | null = null;

  static {
    isRequest = (value): value is Request => isObject(value) && #state in value;
    requestState = (request) => request.#state;
    mixInBody(Request.prototype, requestState);
  }

  constructor(...args: [input?: unknown, init?: unknown]) {
    requireArguments(args, 1, 'Request constructor');
    this.#state = stateFrom(args[0], toInit(args[1], 'Request constructor'));
    this.#headers = headersOf(this.#state.headers, 'none');
  }

  get method(): string {
    return this.#state.method;
  }

  get url(): string {
    return this.#state.url;
  }

  get headers(): Headers {
    return this.#headers;
  }

  get destination(): string {
    return '';
  }

  get referrer(): string {
    return this.#state.referrer;
  }

  get referrerPolicy(): string {
    return this.#state.referrerPolicy;
  }

  get mode(): string {
    return this.#state.mode;
  }

  get credentials(): string {
    return this.#state.credentials;
  }

  get cache(): string {
    return this.#state.cache;
  }

  get redirect(): string {
    return this.#state.redirect;
  }

  get integrity(): string {
    return this.#state.integrity;
  }

  get keepalive(): boolean {
    return this.#state.keepalive;
  }

  get isReloadNavigation(): boolean {
    return false;
  }

  get isHistoryNavigation(): boolean {
    return false;
  }

  /** A signal of the request's own, which the script's signal aborts. */
  get signal(): AbortSignal {
    const { signal } = this.#state;
    this.#signal ??= signal === null ? new AbortController().signal : dependentSignal([signal]);
    return this.#signal;
  }

  get duplex(): string {
    return 'half';
  }

  clone(): Request {
    const { body } = this.#state;
    if (body?.unusable) throw new TypeError('unusable');
    const clone = new Request(this.#state.url);
    clone.#state = {
      ...this.#state,
      headers: HeaderList.of(this.#state.headers.pairs()),
      body: body?.clone() ?? null,
    };
    clone.#headers = headersOf(clone.#state.headers, 'none');
    return clone;
  }
}

function stateFrom(input: unknown, init: Dictionary): RequestState {
  const base = isRequest(input) ? requestState(input) : null;
  const settings = settingsFrom(init, base ?? defaults);
  const method = init.method === undefined ? (base?.method ?? 'GET') : toMethod(init.method);
  if (settings.mode === 'no-cors' && !['GET', 'HEAD', 'POST'].includes(method)) {
    throw new TypeError(`'${method} is unsupported in no-cors mode.`);
  }
  const headers = new HeaderList();
  fillHeaders(headers, init.headers ?? base?.headers.pairs() ?? []);
  return {
    ...settings,
    method,
    url: base?.url ?? toUrl(input),
    headers,
    referrer:
      init.referrer === undefined
        ? (base?.referrer ?? defaults.referrer)
        : toReferrer(init.referrer),
    integrity:
      init.integrity === undefined
        ? (base?.integrity ?? '')
        : toUsvString(init.integrity, 'RequestInit: integrity'),
    keepalive: init.keepalive === undefined ? (base?.keepalive ?? false) : Boolean(init.keepalive),
    signal: toSignal(init.signal, base),
    body: bodyFrom(init, method, headers, base),
  };
}

function settingsFrom(init: Dictionary, base: Settings): Settings {
  const setting = <Name extends keyof Settings>(name: Name): Settings[Name] => {
    const values = enumerations[name] as unknown as readonly Settings[Name][];
    if (init[name] === undefined) return base[name];
    return toSetting(init[name], values);
  };
  const settings = {
    referrerPolicy: setting('referrerPolicy'),
    mode: setting('mode'),
    credentials: setting('credentials'),
    cache: setting('cache'),
    redirect: setting('redirect'),
  };
  if (settings.mode === 'navigate') {
    throw new TypeError('Request constructor: invalid request mode navigate.');
  }
  if (settings.cache === 'only-if-cached' && settings.mode !== 'same-origin') {
    throw new TypeError("'only-if-cached' can be set only with 'same-origin' mode");
  }
  if (init.window !== undefined && init.window !== null) {
    throw new TypeError("'window' option 'client' must be null");
  }
  return settings;
}

function toSetting<T extends string>(value: unknown, values: readonly T[]): T {
  const context = 'Request constructor';
  const invalid = (text: string): TypeError =>
    new TypeError(
      `${context}: ${text} is not an accepted type. Expected one of ${values.join(', ')}.`,
    );
  return toEnumeration(value, values, context, invalid);
}

function toUrl(input: unknown): string {
  const text = toUsvString(input, 'Request constructor: input');
  const url = parseUrl(text);
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      `Request cannot be constructed from a URL that includes credentials: ${text}`,
    );
  }
  return url.href;
}

/** @see https://fetch.spec.whatwg.org/#concept-method-normalize */
function toMethod(value: unknown): string {
  const method = toByteString(value, 'RequestInit: method');
  if (!isToken(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const upperCase = method.toUpperCase();
  if (['CONNECT', 'TRACE', 'TRACK'].includes(upperCase)) {
    throw new TypeError(`'${method}' HTTP method is unsupported.`);
  }
  const normalized = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
  return normalized.includes(upperCase) ? upperCase : method;
}

function toReferrer(value: unknown): string {
  const text = toUsvString(value, 'RequestInit: referrer');
  if (text === '') return '';
  try {
    const { href, protocol } = new URL(text);
    return protocol === 'about:' ? defaults.referrer : href;
  } catch (cause) {
    throw new TypeError(`Referrer "${text}" is not a valid URL.`, { cause });
  }
}

function toSignal(value: unknown, base: RequestState | null): object | null {
  if (value === undefined) return base?.signal ?? null;
  if (value === null || isAbortSignal(value)) return value;
  throw new TypeError(
    `RequestInit: Expected signal ("${String(value)}") to be an instance of AbortSignal.`,
  );
}

function bodyFrom(
  init: Dictionary,
  method: string,
  headers: HeaderList,
  base: RequestState | null,
): Body | null {
  const given = init.body ?? null;
  if ((given !== null || (base?.body ?? null) !== null) && ['GET', 'HEAD'].includes(method)) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  if (given === null) {
    if (base?.body?.unusable) {
      throw new TypeError(
        'Cannot construct a Request with a Request object that has already been used.',
      );
    }
    return base?.body?.take() ?? null;
  }
  const { body, type } = extractBody(given);
  if (type !== null && !headers.has('content-type')) headers.append('content-type', type);
  if (init.duplex !== undefined) {
    toSetting(init.duplex, ['half']);
  } else if (body.streamed) {
    throw new TypeError('RequestInit: duplex option is required when sending a body.');
  }
  return body;
}

export function installRequest(prelude: Prelude): void {
  defineInterface(Request, 'Request', {
    is: isRequest,
    required: { constructor: 1 },
    promises: bodyMethods,
  });
  preventCloning(isRequest);
  defineInspection(
    Request,
    (request) => ({
      method: request.method,
      url: request.url,
      headers: request.headers,
      destination: request.destination,
      referrer: request.referrer,
      referrerPolicy: request.referrerPolicy,
      mode: request.mode,
      credentials: request.credentials,
      cache: request.cache,
      redirect: request.redirect,
      integrity: request.integrity,
      keepalive: request.keepalive,
      isReloadNavigation: request.isReloadNavigation,
      isHistoryNavigation: request.isHistoryNavigation,
      signal: request.signal,
    }),
    fetchStyle,
  );
  prelude.define({ Request });
}
