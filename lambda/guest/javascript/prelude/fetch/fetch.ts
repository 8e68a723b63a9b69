/**
 * `fetch`: makes the request and reads its body, then sends both to the host, which applies its policy
 * and answers when it has the headers; with the body, where that is complete by then.
 * @see https://fetch.spec.whatwg.org/#fetch-method
 */

import type {
  FetchFailed,
  GuestFetchRequest,
  GuestFetchResponse,
  GuestFetchResult,
} from '../../../../contract/calls.ts';
import { rawFrames } from '../console/inspect/frames.ts';
import { toArrayBuffer } from '../core/bytes.ts';
import type { Host, HostTask, Prelude } from '../core/host.ts';
import { ErrorClass, parse } from '../core/intrinsics.ts';
import { writeJson } from '../core/json.ts';
import { isObject } from '../core/webidl/brand.ts';
import {
  abortState,
  addAbortAlgorithm,
  isAborted,
  removeAbortAlgorithm,
} from '../events/abort-state.ts';
import { isUrl } from '../url/url-values.ts';
import { ArrivingBody } from './arriving-body.ts';
import { Body } from './body.ts';
import { failure, placeAt, toError } from './fetch-error.ts';
import { type Digest, matchesIntegrity } from './fetch-integrity.ts';
import { fetchLocally } from './fetch-local.ts';
import { HeaderList } from './headers-list.ts';
import { isRequest, Request, type RequestState, requestState } from './request.ts';
import { hasNullBody, type Response, type ResponseState, responseOf } from './response.ts';
import { sendBody } from './upload.ts';

type Answer = Omit<Extract<GuestFetchResult, { ok: true }>, 'body'> | FetchFailed;

/** What fetch uses of the host and of `crypto`, captured before a script can replace it. */
interface Resources {
  readonly host: Host;
  readonly digest: Digest;
}

/** Of the run: the number of bodies that were streams. */
let uploads = 0;

export function installFetch(prelude: Prelude): void {
  const { subtle } = prelude.global.crypto as { readonly subtle: { readonly digest: Digest } };
  const digest = subtle.digest.bind(subtle) as Digest;
  const resources: Resources = { host: prelude.host, digest };
  const start = async (input: unknown, init: unknown): Promise<Response> => {
    const [url, options] = isOptions(input)
      ? [input.url, { ...input, ...(init ?? {}) }]
      : [input, init];
    const request = requestState(new Request(url, options));
    return send(resources, request, toTimeout(options), rawFrames(new ErrorClass()) ?? '');
  };
  const { fetch } = {
    fetch(input: unknown, init: unknown = undefined): Promise<Response> {
      return start(input, init);
    },
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
  let ended: { readonly error: unknown } | null = null;
  const end = (error: unknown, reason: unknown): void => {
    ended ??= { error };
    if (task !== null) host.cancel(task);
    request.body?.cancel(reason);
    received?.fail(error);
    reject(error);
  };
  const abort = (): void => {
    const { reason } = abortState(signal);
    end(reason, reason);
  };
  if (signal !== null) addAbortAlgorithm(signal, abort);
  const upload = async (body: Body, number: number): Promise<void> => {
    try {
      await sendBody(host, body, number);
    } catch (cause) {
      const error = failure(cause);
      placeAt(error, frames);
      end(error, cause);
    }
  };
  const exchange = async (): Promise<ResponseState> => {
    const { body, integrity } = request;
    const isStreamed = body?.streamed ?? false;
    const sent = isStreamed ? new Uint8Array() : await collect(body);
    if (signal !== null && isAborted(signal)) throw abortState(signal).reason;
    if (isStreamed) uploads += 1;
    const number = isStreamed ? uploads : null;
    const begun = message(request, timeoutMs, integrity !== '', number);
    task = host.start('fetch', writeJson(begun), toArrayBuffer(sent));
    if (body !== null && number !== null) void upload(body, number);
    const settled = await task.promise;
    task = null;
    const answer = parse(settled[0]) as Answer;
    if (!answer.ok) throw toError(answer.error);
    const { response, rest } = answer;
    const content = new Uint8Array(settled[1]);
    if (!(await matchesIntegrity(integrity, content, digest))) {
      throw failure(new Error('integrity mismatch'));
    }
    const hasBody = !hasNullBody(response.status) && request.method !== 'HEAD';
    if (!hasBody) return toState(response, null);
    return toState(
      response,
      rest === null ? Body.ofBytes(content) : Body.ofArriving(new ArrivingBody(host, rest, frames)),
    );
  };
  const respond = async (): Promise<Response> => {
    const state = fetchLocally(request) ?? (await exchange());
    received = state.body;
    // Between the answer and here.
    if (ended !== null) received?.fail(ended.error);
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

async function collect(body: Body | null): Promise<Uint8Array> {
  try {
    return (await body?.consume()) ?? new Uint8Array();
  } catch (cause) {
    throw failure(cause);
  }
}

function message(
  request: RequestState,
  timeoutMs: number | null,
  whole: boolean,
  upload: number | null,
): GuestFetchRequest {
  return {
    url: request.url,
    method: request.method,
    headers: request.headers.pairs(),
    hasBody: request.body !== null,
    redirect: request.redirect,
    timeoutMs,
    whole,
    upload,
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
