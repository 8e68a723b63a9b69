/** Recognizes and parses URLs in arguments. */

import { getterOf, holds } from '../core/webidl/brand.ts';
import { URL } from './url.ts';
import { URLSearchParams } from './url-search-params.ts';

/** @throws {TypeError} with the message of Node.js, where the text is not a URL */
export function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${text}`, { cause });
  }
}

const hrefOf = getterOf(URL.prototype, 'href');
const sizeOf = getterOf(URLSearchParams.prototype, 'size');

export function isUrl(value: unknown): value is URL {
  return holds(hrefOf, value);
}

export function isUrlSearchParams(value: unknown): value is URLSearchParams {
  return holds(sizeOf, value);
}
