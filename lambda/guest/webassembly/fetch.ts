/** The JSON that Wasm guests give to `fetch` and get back from it. */

import type { GuestFetchRequest, GuestFetchResponse } from '../../contract/calls.ts';

interface FetchOptions {
  readonly request: GuestFetchRequest;
  readonly body: Uint8Array;
}

const redirects = ['follow', 'error', 'manual'] as const;

/**
 * Reads `{ url, method, headers, body | bodyBase64, timeoutMs, redirect }`. Whether the request may
 * be made, its URL and headers included, is for the host to judge.
 * @param defaultUrl where the options name none
 * @returns `null` where the options are not of that shape
 */
export function parseFetchOptions(json: Uint8Array, defaultUrl?: string): FetchOptions | null {
  const options = parseObject(json);
  if (!options) return null;
  const {
    url = defaultUrl,
    method = 'GET',
    body,
    bodyBase64,
    timeoutMs = null,
    redirect = 'follow',
  } = options;
  const headers = parseHeaders(options.headers ?? {});
  const bytes = parseBody(body, bodyBase64);
  const followed = redirects.find((mode) => mode === redirect);
  if (typeof url !== 'string' || typeof method !== 'string' || !headers || !followed) return null;
  if (bytes === undefined) return null;
  if (timeoutMs !== null && !(typeof timeoutMs === 'number' && timeoutMs > 0)) return null;
  return {
    request: {
      url,
      method,
      headers,
      hasBody: bytes !== null,
      redirect: followed,
      timeoutMs,
      whole: true,
      upload: null,
    },
    body: bytes ?? new Uint8Array(0),
  };
}

/** `{ status, headers, body }` as UTF-8 JSON; `bodyBase64` where the body is not UTF-8. */
export function renderFetchResponse(response: GuestFetchResponse, body: Uint8Array): Uint8Array {
  const headers = headersJson(response.headers);
  const { status, statusText, url, redirected } = response;
  const content = textOrBase64(body);
  return Buffer.from(JSON.stringify({ status, statusText, url, redirected, headers, ...content }));
}

/** By their names in lower case. */
export function headersJson(pairs: readonly (readonly [string, string])[]): {
  [name: string]: string;
} {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return headers;
}

export function textOrBase64(bytes: Uint8Array): { body: string } | { bodyBase64: string } {
  try {
    return { body: utf8.decode(bytes) };
  } catch {
    return { bodyBase64: Buffer.from(bytes).toString('base64') };
  }
}

function parseObject(json: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(json));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** An object of names, or a list of pairs. */
function parseHeaders(value: unknown): (readonly [string, string])[] | null {
  const pairs: unknown = isObject(value) ? Object.entries(value) : value;
  if (!Array.isArray(pairs)) return null;
  const headers: (readonly [string, string])[] = [];
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return null;
    const [name, content] = pair;
    if (typeof name !== 'string' || !['string', 'number'].includes(typeof content)) return null;
    headers.push([name, String(content)]);
  }
  return headers;
}

/** `null` where there is no body, `undefined` where what is there cannot be one. */
function parseBody(body: unknown, bodyBase64: unknown): Uint8Array | null | undefined {
  const given = [body, bodyBase64].filter((value) => value !== undefined && value !== null);
  if (given.length === 0) return null;
  const [content] = given;
  if (given.length > 1 || typeof content !== 'string') return undefined;
  if (content === body) return Buffer.from(content, 'utf8');
  return bytesOfBase64(content) ?? undefined;
}

/** @returns `null` where it is none; with its padding or without, of either alphabet */
export function bytesOfBase64(text: string): Uint8Array | null {
  return isBase64(text) ? new Uint8Array(Buffer.from(text, 'base64')) : null;
}

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** With its padding or without any; never a lone digit, of which there is no byte. */
function isBase64(text: string): boolean {
  if (!base64.test(text)) return false;
  const digits = text.replace(/=+$/, '').length;
  return digits % 4 !== 1 && (digits === text.length || text.length % 4 === 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
