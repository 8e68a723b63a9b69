/** Web IDL conversions of what a script passes, with the messages of Node.js's fetch. */

import { isArrayBuffer } from './webidl.ts';

/** @throws {TypeError} for a symbol */
export function toDomString(value: unknown, context: string): string {
  if (typeof value === 'symbol') {
    throw new TypeError(`${context} is a symbol, which cannot be converted to a DOMString.`);
  }
  return String(value);
}

/** A string whose lone surrogates have become U+FFFD. */
export function toUsvString(value: unknown, context: string): string {
  return toDomString(value, context).toWellFormed();
}

/** @throws {TypeError} where a character is above U+00FF */
export function toByteString(value: unknown, context: string): string {
  if (typeof value === 'symbol') {
    throw new TypeError(`${context} is a symbol, which cannot be converted to a ByteString.`);
  }
  const text = String(value);
  const index = text.search(/[^\0-\xff]/);
  if (index >= 0) {
    throw new TypeError(
      `Cannot convert argument to a ByteString because the character at index ${index} has a value of ${text.charCodeAt(index)} which is greater than 255.`,
    );
  }
  return text;
}

/** A dictionary argument: `undefined` and `null` are empty ones. */
export function toDictionary(value: unknown, context: string): { readonly [key: string]: unknown } {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    throw new TypeError(
      `${context}: Expected ${String(value)} to be one of: Null, Undefined, Object.`,
    );
  }
  return value as { readonly [key: string]: unknown };
}

/** @throws {TypeError} where a value is none of an enumeration's */
export function toEnumeration<T extends string>(
  value: unknown,
  values: readonly T[],
  context: string,
): T {
  const text = toDomString(value, context);
  const found = values.find((candidate) => candidate === text);
  if (found === undefined) {
    throw new TypeError(
      `${context}: ${text} is not an accepted type. Expected one of ${values.join(', ')}.`,
    );
  }
  return found;
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Without HTTP's white space at both ends. By hand, as a regular expression takes quadratic time. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

/** What a sequence argument holds, by an iterator method that was read from it once. */
export function iterated(sequence: object, method: unknown): Iterable<unknown> {
  return {
    [Symbol.iterator]: () => Reflect.apply(method as () => Iterator<unknown>, sequence, []),
  };
}

/** The bytes that an ArrayBuffer, a typed array or a DataView shows now; `null` for anything else. */
export function viewBytes(value: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return isArrayBuffer(value) ? new Uint8Array(value) : null;
}

/** One after the other, in new memory. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

/**
 * The bytes that base64 stands for; `null` where it is none.
 * @see https://infra.spec.whatwg.org/#forgiving-base64-decode
 */
export function fromBase64(encoded: string): Uint8Array | null {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let text = encoded.replace(/[\t\n\f\r ]/g, '');
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
