/** From the body of an HTTP request to a JSON value. */

import { EngineError, type Json } from '../contract/errors.ts';
import type { HttpRequest } from './event.ts';

/** How deep arrays and objects may nest: far above any use, far below what overflows a stack. */
export const MAX_JSON_DEPTH = 256;

/**
 * The JSON value of a request's body. A body without a content type counts as JSON; of
 * repeated keys the last one wins, as in `JSON.parse`.
 * @param maxBytes the most that the body may have, in UTF-8
 * @throws {EngineError} UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, INVALID_REQUEST
 */
export function jsonBody(request: HttpRequest, maxBytes: number): Json {
  checkMediaType(request);
  const text = bodyText(request, maxBytes);
  if (text.trim() === '') throw invalid('The body is empty: send a JSON object');
  if (depthExceeds(text, MAX_JSON_DEPTH)) {
    throw invalid(`The body nests arrays and objects more than ${MAX_JSON_DEPTH} deep`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`The body is not JSON: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

function checkMediaType({ contentType, contentEncoding }: HttpRequest): void {
  if (contentType === 'application/json' && contentEncoding === null) return;
  const [type = '', ...parameters] = (contentType ?? 'application/json')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8);
  if (!/^application\/(?:[\w.+-]+\+)?json$/.test(type)) {
    throw new EngineError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send JSON, with the header `content-type: application/json`',
    );
  }
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw new EngineError('UNSUPPORTED_MEDIA_TYPE', 'Send the JSON in UTF-8');
  }
  if (contentEncoding !== null && !/^(?:identity)?$/i.test(contentEncoding)) {
    throw new EngineError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content-encoding');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function bodyText({ body, base64 }: HttpRequest, maxBytes: number): string {
  if (!base64) {
    // A UTF-16 unit is at most three bytes of UTF-8, so most bodies need no counting.
    if (body.length * 3 > maxBytes) checkSize(Buffer.byteLength(body), maxBytes);
    return body.startsWith('\uFEFF') ? body.slice(1) : body;
  }
  const bytes = Buffer.from(body, 'base64');
  checkSize(bytes.length, maxBytes);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw invalid('The body is not UTF-8', cause);
  }
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new EngineError(
      'REQUEST_TOO_LARGE',
      `The body is larger than ${maxBytes} bytes, the most that the operator allows (ENGINE_MAX_REQUEST_BYTES)`,
    );
  }
}

/** Counts brackets outside strings; the text need not be JSON. */
function depthExceeds(text: string, maxDepth: number): boolean {
  if (text.length <= maxDepth) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x22) inString = !inString;
    else if (inString) {
      if (unit === 0x5c) index++;
    } else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return false;
}

function invalid(message: string, cause?: unknown): EngineError {
  return new EngineError('INVALID_REQUEST', message, {
    details: [{ path: '', reason: message }],
    cause,
  });
}
