/**
 * `fetch`: makes the request and reads its body, then sends both to the host, which applies its
 * policy and answers with the whole response.
 * @see https://fetch.spec.whatwg.org/#fetch-method
 */

import type {
  GuestFetchError,
  GuestFetchRequest,
  GuestFetchResponse,
} from '../../../../contract/calls.ts';
import { framesProperty } from '../../bridge/frames-property.ts';
import { isError } from '../console/inspect/brands.ts';
import { guestFrames, rawFrames } from '../console/inspect/frames.ts';
import { toArrayBuffer } from '../core/bytes.ts';
import { DOMException } from '../core/dom-exception.ts';
import type { Host, HostTask, Prelude } from '../core/host.ts';
import { defineProperty, ErrorClass, parse } from '../core/intrinsics.ts';
import { writeJson } from '../core/json.ts';
import { isObject } from '../core/webidl/brand.ts';
import {
  abortState,
  addAbortAlgorithm,
  isAborted,
  removeAbortAlgorithm,
} from '../events/abort-state.ts';
import { isUrl } from '../url/url-values.ts';
import { Body } from './body.ts';
import { type Digest, matchesIntegrity } from './fetch-integrity.ts';
import { fetchLocally } from './fetch-local.ts';
import { HeaderList } from './headers-list.ts';
import { isRequest, Request, type RequestState, requestState } from './request.ts';
import { hasNullBody, type Response, type ResponseState, responseOf } from './response.ts';

type Answer =
  | { readonly ok: true; readonly response: GuestFetchResponse }
  | { readonly ok: false; readonly error: GuestFetchError };

/** What fetch uses of the host and of `crypto`, captured before a script can replace it. */
interface Resources {
  readonly host: Host;
  readonly digest: Digest;
}

export function installFetch(prelude: Prelude): void {
  const { subtle } = prelude.global.crypto as { readonly subtle: { readonly digest: Digest } };
  const digest = subtle.digest.bind(subtle) as Digest;
  const resources: Resources = { host: prelude.host, digest };
  const fetch = async (input: unknown, init: unknown = undefined): Promise<Response> => {
    const [url, options] = isOptions(input)
      ? [input.url, { ...input, ...(init ?? {}) }]
      : [input, init];
    const request = requestState(new Request(url, options));
    return send(resources, request, toTimeout(options), rawFrames(new ErrorClass()) ?? '');
  };
  prelude.define({ fetch }, { enumerable: true });
}

/** Whether the call is `fetch({ url, method, headers, body, timeoutMs })`. */
function isOptions(input: unknown): input is { readonly url: unknown } {
  return isObject(input) && !isRequest(input) && !isUrl(input) && 'url' in input;
}

function toTimeout(options: unknown): number | null {
  if (!isObject(options) || !('timeoutMs' in options)) return null;
  const { timeoutMs } = options;
  if (timeoutMs === undefined || timeoutMs === null) return null;
  const number = Number(timeoutMs);
  if (!(number > 0)) throw new TypeError('timeoutMs must be a number of milliseconds above 0.');
  return Number.isFinite(number) ? number : null;
}

function send(
  { host, digest }: Resources,
  request: RequestState,
  timeoutMs: number | null,
  frames: string,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const { signal } = request;
  if (signal !== null && isAborted(signal)) {
    request.body?.cancel(abortState(signal).reason);
    throw abortState(signal).reason;
  }
  let task: HostTask | null = null;
  let received: Body | null = null;
  const abort = (): void => {
    const { reason } = abortState(signal);
    if (task !== null) host.cancel(task);
    request.body?.cancel(reason);
    received?.fail(reason);
    reject(reason);
  };
  if (signal !== null) addAbortAlgorithm(signal, abort);
  const exchange = async (): Promise<ResponseState> => {
    const sent = await collect(request.body);
    if (signal !== null && isAborted(signal)) throw abortState(signal).reason;
    task = host.start('fetch', writeJson(message(request, timeoutMs)), toArrayBuffer(sent));
    const settled = await task.promise;
    task = null;
    const answer = parse(settled[0]) as Answer;
    if (!answer.ok) throw toError(answer.error);
    const content = new Uint8Array(settled[1]);
    if (!(await matchesIntegrity(request.integrity, content, digest))) {
      throw failure(new Error('integrity mismatch'));
    }
    const hasBody = !hasNullBody(answer.response.status) && request.method !== 'HEAD';
    return toState(answer.response, hasBody ? Body.ofBytes(content) : null);
  };
  const respond = async (): Promise<Response> => {
    const state = fetchLocally(request) ?? (await exchange());
    received = state.body;
    return responseOf(state);
  };
  const settle = async (): Promise<void> => {
    try {
      resolve(await respond());
    } catch (error) {
      if (signal !== null) removeAbortAlgorithm(signal, abort);
      placeAt(error, frames);
      reject(error);
    }
  };
  void settle();
  return promise;
}

/** Gives a failure that came from the host the place where the script has called `fetch`. */
function placeAt(error: unknown, frames: string): void {
  if (!isError(error) || guestFrames(rawFrames(error as object) ?? '') !== '') return;
  defineProperty(error, framesProperty, { value: frames, writable: true, configurable: true });
}

async function collect(body: Body | null): Promise<Uint8Array> {
  try {
    return (await body?.consume()) ?? new Uint8Array();
  } catch (cause) {
    throw failure(cause);
  }
}

/** The error that Node.js throws for a failure of the network. */
function failure(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

function message(request: RequestState, timeoutMs: number | null): GuestFetchRequest {
  return {
    url: request.url,
    method: request.method,
    headers: request.headers.pairs(),
    hasBody: request.body !== null,
    redirect: request.redirect,
    timeoutMs,
  };
}

function toState(response: GuestFetchResponse, body: Body | null): ResponseState {
  return {
    type: 'basic',
    status: response.status,
    statusText: response.statusText,
    headers: HeaderList.of(response.headers),
    url: response.url.replace(/#.*$/s, ''),
    redirected: response.redirected,
    body,
  };
}

/** The error that a script sees: what Node.js throws, or one that names the broken rule. */
function toError({ kind, message, causeCode }: GuestFetchError): Error {
  switch (kind) {
    case 'timeout':
      return new DOMException(message, 'TimeoutError');
    case 'aborted':
      return new DOMException(message, 'AbortError');
    case 'network': {
      const cause = new Error(message);
      if (causeCode !== null) Object.assign(cause, { code: causeCode });
      return failure(cause);
    }
    case 'bad-request':
    case 'not-allowed':
    case 'too-large':
    case 'quota':
      return new TypeError(message);
  }
}
