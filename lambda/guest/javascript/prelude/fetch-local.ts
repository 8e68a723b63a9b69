/**
 * Fetching what never leaves the realm: `data:` and `blob:` URLs.
 * @see https://fetch.spec.whatwg.org/#scheme-fetch
 */

import { blobBytes } from './blob.ts';
import { blobOfUrl } from './blob-url.ts';
import { Body } from './body.ts';
import { parseMimeType, serializeMimeType } from './body-mime.ts';
import { encodeUtf8 } from './encoding.ts';
import { HeaderList } from './headers-list.ts';
import type { RequestState } from './request.ts';
import type { ResponseState } from './response.ts';

/**
 * @returns the response, or `null` where the URL has another scheme
 * @throws {TypeError} where there is nothing under the URL
 */
export function fetchLocally({ url, method }: RequestState): ResponseState | null {
  if (url.startsWith('data:')) return fetchData(url);
  if (url.startsWith('blob:')) return fetchBlob(url, method);
  return null;
}

/** @see https://fetch.spec.whatwg.org/#data-url-processor */
function fetchData(url: string): ResponseState {
  const [, mediaType, data] = /^data:([^,]*),([^#]*)/s.exec(url) ?? [];
  if (mediaType === undefined || data === undefined) {
    throw failure('failed to fetch the data URL');
  }
  const base64 = /;[ ]*base64$/i.exec(mediaType.trim());
  const bytes = base64 === null ? percentDecode(data) : fromBase64(percentDecode(data));
  if (bytes === null) throw failure('failed to fetch the data URL');
  const type = mediaType.trim().slice(0, base64?.index);
  const parsed = parseMimeType(type.startsWith(';') ? `text/plain${type}` : type);
  const contentType = parsed === null ? 'text/plain;charset=US-ASCII' : serializeMimeType(parsed);
  return found(url, bytes, [['content-type', contentType]]);
}

function percentDecode(text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    const hex =
      bytes[index] === 0x25 ? String.fromCharCode(...bytes.subarray(index + 1, index + 3)) : '';
    const escaped = /^[0-9a-f]{2}$/i.test(hex);
    bytes[length++] = escaped ? Number.parseInt(hex, 16) : (bytes[index] ?? 0);
    if (escaped) index += 2;
  }
  return bytes.subarray(0, length);
}

/** @see https://infra.spec.whatwg.org/#forgiving-base64-decode */
function fromBase64(encoded: Uint8Array): Uint8Array | null {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let text = '';
  for (const byte of encoded) text += String.fromCharCode(byte);
  text = text.replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    bits = ((bits << 6) | alphabet.indexOf(text.charAt(index))) & 0xffffff;
    const filled = (index % 4) * 2;
    if (filled > 0) bytes[length++] = bits >> (6 - filled);
  }
  return bytes;
}

function fetchBlob(url: string, method: string): ResponseState {
  const blob = blobOfUrl(url);
  if (blob === undefined || method !== 'GET') throw failure('invalid method');
  return found(url, blobBytes(blob), [
    ['content-length', String(blob.size)],
    ['content-type', blob.type],
  ]);
}

function found(
  url: string,
  bytes: Uint8Array,
  headers: readonly (readonly [string, string])[],
): ResponseState {
  return {
    type: 'basic',
    status: 200,
    statusText: 'OK',
    headers: HeaderList.of(headers),
    body: Body.ofBytes(bytes),
    url: url.replace(/#.*$/s, ''),
    redirected: false,
  };
}

function failure(message: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(message) });
}
