/** Step 2 of egress, the request: what a redirect changes of it. */

import type { IncomingHttpHeaders } from 'node:http';
import { EgressFailure } from './policy/failure.ts';
import type { Hop } from './transport/exchange.ts';

/** Redirects that one request follows. */
export const MAX_REDIRECTS = 5;

/** The parts of a request that a redirect can change. */
export type RedirectedRequest = Pick<Hop, 'url' | 'method' | 'headers' | 'body'>;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const bodyHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
];
const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * Whether a response leads somewhere else.
 * @see https://fetch.spec.whatwg.org/#redirect-status
 */
export function isRedirect(status: number, { location }: IncomingHttpHeaders): boolean {
  return redirectStatuses.has(status) && location !== undefined && location !== '';
}

/**
 * The request that a redirect asks for.
 * @param location the response's Location header, not empty
 * @throws {EgressFailure} of kind `network` where the location is not a URL, or the request's body was
 *   a stream, which cannot be sent again
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function redirectRequest(
  request: RedirectedRequest,
  status: number,
  location: string,
): RedirectedRequest {
  // undici decodes headers as Latin-1; servers send UTF-8.
  const url = URL.parse(Buffer.from(location, 'latin1').toString(), request.url.href);
  if (url === null) {
    throw new EgressFailure('network', `${request.url.host} redirects to an invalid URL.`);
  }
  if (url.hash === '') url.hash = request.url.hash;
  const { method, body } = request;
  if (status !== 303 && body !== null && !(body instanceof Uint8Array)) {
    throw new EgressFailure(
      'network',
      `${request.url.host} answers with a redirect, and a body that is a stream is sent only once.`,
    );
  }
  const becomesGet =
    ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD');
  const dropped = [
    ...(becomesGet ? bodyHeaders : []),
    ...(url.origin === request.url.origin ? [] : credentialHeaders),
  ];
  return {
    url,
    method: becomesGet ? 'GET' : method,
    headers: dropped.length === 0 ? request.headers : without(request.headers, dropped),
    body: becomesGet ? null : body,
  };
}

/** @param names lower case, as those of the headers are */
function without(headers: readonly string[], names: readonly string[]): readonly string[] {
  return headers.filter((_, index) => !names.includes(headers[index - (index % 2)] ?? ''));
}
