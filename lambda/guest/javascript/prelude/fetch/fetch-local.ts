/**
 * Fetches `data:` and `blob:` URLs: they never leave the realm.
 * @see https://fetch.spec.whatwg.org/#scheme-fetch
 */

import { fromBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/encoding.ts';
import { blobBytes } from '../files/blob.ts';
import { blobOfUrl } from '../files/blob-url.ts';
import { Body } from './body.ts';
import { parseMimeType, serializeMimeType } from './body-mime.ts';
import { HeaderList } from './headers-list.ts';
import type { RequestState } from './request.ts';
import type { ResponseState } from './response.ts';

/**
 * @returns the response, or `null` where the URL has another scheme
 * @throws {TypeError} where the URL names nothing
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
    throw fetchFailed('failed to fetch the data URL');
  }
  const base64 = /;[ ]*base64$/i.exec(mediaType.trim());
  const bytes = base64 === null ? percentDecode(data) : fromBase64(toLatin1(percentDecode(data)));
  if (bytes === null) throw fetchFailed('failed to fetch the data URL');
  const type = mediaType.trim().slice(0, base64?.index);
  const parsed = parseMimeType(type.startsWith(';') ? `text/plain${type}` : type);
  const contentType = parsed === null ? 'text/plain;charset=US-ASCII' : serializeMimeType(parsed);
  return localResponse(url, bytes, [['content-type', contentType]]);
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

function toLatin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function fetchBlob(url: string, method: string): ResponseState {
  const blob = blobOfUrl(url);
  if (blob === undefined || method !== 'GET') throw fetchFailed('invalid method');
  return localResponse(url, blobBytes(blob), [
    ['content-length', String(blob.size)],
    ['content-type', blob.type],
  ]);
}

function localResponse(
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

function fetchFailed(message: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(message) });
}
