/** Step 1 of egress, who asks: checks and completes the request of a guest's `fetch`. */

import type { GuestFetchRequest } from '../../contract/calls.ts';
import { EgressFailure } from '../policy/failure.ts';
import type { RedirectedRequest } from '../redirect.ts';
import { acceptEncoding } from '../transport/encodings.ts';

/** URL, header names and values of one request together. */
const MAX_HEAD_BYTES = 65_536;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const normalizedMethods = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const forbiddenMethods = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * Headers that a guest cannot set, silently dropped as in browsers: those that frame the message or
 * choose its route (each is a way to smuggle a second request, or to reach another site behind an
 * allowed host), and those that name the client.
 */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);

/**
 * Turns the request of a guest into one that is safe to send. Does not rely on the guest's own checks.
 * @throws {EgressFailure} of kind `bad-request`, in the words of Node.js's `fetch`
 * @see https://fetch.spec.whatwg.org/#requests
 */
export function parseGuestRequest(
  request: GuestFetchRequest,
  body: Uint8Array,
  userAgent: string,
): RedirectedRequest {
  const url = URL.parse(request.url);
  if (url === null) throw badRequest(`Failed to parse URL from ${request.url.slice(0, 256)}`);
  if (url.username !== '' || url.password !== '') {
    throw badRequest('Request cannot be constructed from a URL that includes credentials.');
  }
  const method = parseMethod(request.method);
  if (request.hasBody && (method === 'GET' || method === 'HEAD')) {
    throw badRequest('Request with GET/HEAD method cannot have body.');
  }
  const headers = parseHeaders(request, userAgent);
  const headBytes = headers.reduce((bytes, text) => bytes + text.length, url.href.length);
  if (headBytes > MAX_HEAD_BYTES) {
    throw badRequest(
      `The URL and headers are ${headBytes} bytes together, over ${MAX_HEAD_BYTES}.`,
    );
  }
  return { url, method, headers, body: request.hasBody ? body : null };
}

function parseMethod(method: string): string {
  if (!token.test(method)) throw badRequest(`'${method.slice(0, 64)}' is not a valid HTTP method.`);
  const upperCase = method.toUpperCase();
  if (forbiddenMethods.has(upperCase)) throw badRequest(`'${method}' HTTP method is unsupported.`);
  return normalizedMethods.has(upperCase) ? upperCase : method;
}

function parseHeaders(
  { headers: list, upload }: GuestFetchRequest,
  userAgent: string,
): readonly string[] {
  const combined = new Map<string, string>([['user-agent', userAgent]]);
  for (const [name, value] of list) {
    const key = name.toLowerCase();
    if (!token.test(name)) throw badRequest(`"${name.slice(0, 64)}" is an invalid header name.`);
    const trimmed = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
    if (!isHeaderValue(trimmed)) throw badRequest(`The value of header "${name}" is invalid.`);
    const present = combined.get(key);
    if (key === 'content-length' && upload !== null && /^\d{1,15}$/.test(trimmed)) {
      // The client holds the body to it; some servers take no body of which they do not know the length.
      if (present === undefined) combined.set(key, trimmed);
      else if (present !== trimmed) throw badRequest('There are two different Content-Lengths.');
      continue;
    }
    if (reservedHeaders.has(key) || key.startsWith('proxy-')) continue;
    const separator = key === 'cookie' ? '; ' : ', ';
    combined.set(key, present === undefined ? trimmed : `${present}${separator}${trimmed}`);
  }
  if (!combined.has('accept')) combined.set('accept', '*/*');
  if (!combined.has('accept-encoding')) combined.set('accept-encoding', acceptEncoding);
  return [...combined].flat();
}

/** Latin-1 without control characters: stricter than `fetch`, which forbids only NUL, CR and LF. */
function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function badRequest(message: string): EgressFailure {
  return new EgressFailure('bad-request', message);
}
