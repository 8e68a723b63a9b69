/** `wasi:http/outgoing-handler`: requests that the host makes, by its policy and quotas. */

import type { HostInterface } from '../../host.ts';
import { WASI_VERSION, type Wasi2Context } from '../binding/context.ts';
import { hostFunction, wit } from '../binding/parameters.ts';
import { httpError } from './error-code.ts';
import { Exchange, type RequestHead } from './exchange.ts';
import { FutureIncomingResponse } from './incoming-response.ts';
import { type HttpMethod, OutgoingRequest, RequestOptions } from './outgoing-request.ts';

export function outgoingHandlerInterface(context: Wasi2Context): HostInterface {
  let uploads = 0;
  const nextUpload = (): number => {
    uploads += 1;
    return uploads;
  };
  return {
    name: 'wasi:http/outgoing-handler',
    version: WASI_VERSION,
    functions: {
      handle: hostFunction(
        [wit.resource(OutgoingRequest), wit.option(wit.resource(RequestOptions))],
        (request, options) => {
          const { content } = request;
          try {
            const { host } = context;
            const firstByteMs = firstByteTimeoutMs(options);
            const exchange = new Exchange(host, requestHead(request), { nextUpload, firstByteMs });
            if (content) content.sendBy(exchange, host);
            else exchange.sendWithoutBody();
            return new FutureIncomingResponse(
              context,
              exchange,
              milliseconds(options?.betweenBytes),
            );
          } finally {
            options?.[Symbol.dispose]();
            request[Symbol.dispose]();
          }
        },
      ),
    },
  };
}

/** @throws {ResultError} an `error-code` where the request is not one */
function requestHead({
  method,
  scheme,
  authority,
  pathWithQuery,
  headers,
}: OutgoingRequest): RequestHead {
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
    timeoutMs: null,
  };
}

/** @throws {ResultError} for those that no guest of this host can use */
function methodName({ tag, value }: HttpMethod): string {
  const name = tag === 'other' ? (value ?? '') : tag.toUpperCase();
  if (/^(connect|trace|track)$/i.test(name)) throw httpError('HTTP-request-method-invalid');
  return name;
}

/** The host connects in a time of its own: a limit of that is added to the time that follows it. */
function firstByteTimeoutMs(options: RequestOptions | undefined): number | null {
  const { connect = 0n, firstByte } = options ?? {};
  return firstByte === undefined ? null : milliseconds(connect + firstByte);
}

function milliseconds(nanoseconds: bigint | undefined): number | null {
  return nanoseconds === undefined ? null : Math.max(1, Math.ceil(Number(nanoseconds) / 1e6));
}
