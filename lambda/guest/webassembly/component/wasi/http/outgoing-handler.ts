/** `wasi:http/outgoing-handler`: requests that the host makes, by its policy and quotas. */

import type { GuestFetchRequest, GuestFetchResult } from '../../../../../contract/calls.ts';
import type { HostInterface } from '../../host.ts';
import { WASI_VERSION, type Wasi2Context } from '../binding/context.ts';
import { hostFunction, wit } from '../binding/parameters.ts';
import { httpError } from './error-code.ts';
import { FutureIncomingResponse } from './incoming-response.ts';
import { type HttpMethod, OutgoingRequest, RequestOptions } from './outgoing-request.ts';

export function outgoingHandlerInterface(context: Wasi2Context): HostInterface {
  return {
    name: 'wasi:http/outgoing-handler',
    version: WASI_VERSION,
    functions: {
      handle: hostFunction(
        [wit.resource(OutgoingRequest), wit.option(wit.resource(RequestOptions))],
        (request, options) => {
          const { whenFinished } = request;
          try {
            return send(context, fetchRequest(request, options), whenFinished);
          } finally {
            options?.[Symbol.dispose]();
            request[Symbol.dispose]();
          }
        },
      ),
    },
  };
}

/** Sends the request once its body is there. */
function send(
  { host, holdings }: Wasi2Context,
  request: Omit<GuestFetchRequest, 'hasBody'>,
  whenFinished: Promise<Uint8Array | null> | null,
): FutureIncomingResponse {
  let abort = (): void => {};
  let isWanted = true;
  const call = (body: Uint8Array | null): Promise<GuestFetchResult> => {
    if (!isWanted) return Promise.resolve(gaveUp);
    const hasBody = body !== null;
    const pending = host.call('fetch', { ...request, hasBody }, body ?? new Uint8Array(0));
    abort = () => pending.abort();
    return pending.result;
  };
  const result = whenFinished
    ? whenFinished.then((body) => (body === null ? gaveUp : call(bodyOf(request.method, body))))
    : call(null);
  return new FutureIncomingResponse(holdings, result, () => {
    isWanted = false;
    abort();
  });
}

/** Of a request whose body the component dropped, or whose response. */
const gaveUp: GuestFetchResult = {
  ok: false,
  error: { kind: 'aborted', message: 'The request was given up.', causeCode: null },
};

/** Those methods never have one: an empty one is none. */
function bodyOf(method: string, body: Uint8Array): Uint8Array | null {
  return body.length === 0 && (method === 'GET' || method === 'HEAD') ? null : body;
}

/** @throws {ResultError} an `error-code` where the request is not one */
function fetchRequest(
  { method, scheme, authority, pathWithQuery, headers }: OutgoingRequest,
  options: RequestOptions | undefined,
): Omit<GuestFetchRequest, 'hasBody'> {
  if (scheme?.tag === 'other') throw httpError('HTTP-protocol-error');
  const origin = `${scheme?.tag === 'HTTP' ? 'http' : 'https'}://${authority ?? ''}`;
  const path = pathWithQuery || '/';
  const url = URL.parse(path.startsWith('?') ? `${origin}/${path}` : `${origin}${path}`);
  if (authority === undefined || url === null) throw httpError('HTTP-request-URI-invalid');
  return {
    url: url.href,
    method: methodName(method),
    headers: headers.entries.map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
    redirect: 'manual',
    whole: true,
    upload: null,
    timeoutMs: timeoutMs(options),
  };
}

/** @throws {ResultError} for those that no guest of this host can use */
function methodName({ tag, value }: HttpMethod): string {
  const name = tag === 'other' ? (value ?? '') : tag.toUpperCase();
  if (/^(connect|trace|track)$/i.test(name)) throw httpError('HTTP-request-method-invalid');
  return name;
}

/**
 * The host answers when it has the whole response: the time until its first byte is that until its
 * last. Without a limit of its own, the request has that of the host.
 */
function timeoutMs(options: RequestOptions | undefined): number | null {
  if (options?.firstByte === undefined) return null;
  return Math.max(1, Math.ceil(Number((options.connect ?? 0n) + options.firstByte) / 1e6));
}
