/**
 * Conversions of what a script passes to the types of Web IDL.
 * @see https://webidl.spec.whatwg.org/#js-type-mapping
 */

import { isObject } from './brand.ts';
import { invalidArgument, withCode } from './errors.ts';

/** A dictionary: members by name, not converted yet. */
export type Dictionary = { readonly [member: string]: unknown };

/**
 * `DOMString`.
 * @param context what is converted, for the error of a symbol; QuickJS's own error where it is absent
 * @throws {TypeError} for a symbol
 */
export function toDomString(value: unknown, context?: string): string {
  if (typeof value === 'symbol' && context !== undefined) throw symbolError(context, 'DOMString');
  return `${value as string}`;
}

/** `USVString`: lone surrogates become U+FFFD. */
export function toUsvString(value: unknown, context?: string): string {
  return toDomString(value, context).toWellFormed();
}

/**
 * `ByteString`.
 * @throws {TypeError} for a symbol, or where a character is above U+00FF
 */
export function toByteString(value: unknown, context: string): string {
  if (typeof value === 'symbol') throw symbolError(context, 'ByteString');
  const text = String(value);
  const index = text.search(/[^\0-\xff]/);
  if (index >= 0) {
    throw new TypeError(
      `Cannot convert argument to a ByteString because the character at index ${index} has a value of ${text.charCodeAt(index)} which is greater than 255.`,
    );
  }
  return text;
}

function symbolError(context: string, type: string): TypeError {
  return new TypeError(`${context} is a symbol, which cannot be converted to a ${type}.`);
}

/**
 * A dictionary: an object; `undefined` and `null` are empty ones.
 * @param errorOf makes the error for anything else, where it is not the usual one of Node.js
 */
export function toDictionary(
  value: unknown,
  name: string,
  errorOf: (name: string, value: unknown) => TypeError = notAnObject,
): Dictionary {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw errorOf(name, value);
  return value as Dictionary;
}

function notAnObject(name: string, value: unknown): TypeError {
  return invalidArgument(name, 'of type object', value);
}

/**
 * An enumeration.
 * @param errorOf makes the error for a text that is not one of `values`
 */
export function toEnumeration<T extends string>(
  value: unknown,
  values: readonly T[],
  context: string,
  errorOf: (text: string) => TypeError,
): T {
  const text = toDomString(value, context);
  const found = values.find((candidate) => candidate === text);
  if (found === undefined) throw errorOf(text);
  return found;
}

/** A sequence, by its iterator method: Web IDL reads that only once. */
export function iterated(sequence: object, method: unknown): Iterable<unknown> {
  return {
    [Symbol.iterator]: () => Reflect.apply(method as () => Iterator<unknown>, sequence, []),
  };
}

/** `unsigned short`. */
export function toUnsignedShort(value: unknown): number {
  return new Uint16Array([Number(value)])[0] ?? 0;
}

/** `long long`, for what a number holds exactly. */
export function toLongLong(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isFinite(number) ? number + 0 : 0;
}

/** `[Clamp] long long`. */
export function toClampedLongLong(value: unknown): number {
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  return Math.min(
    Math.max(roundHalfToEven(number), Number.MIN_SAFE_INTEGER),
    Number.MAX_SAFE_INTEGER,
  );
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** `[EnforceRange] unsigned long long`. */
export function toUnsignedLongLong(value: unknown, name: string): number {
  const number = Math.trunc(Number(value));
  if (!(number >= 0 && number <= Number.MAX_SAFE_INTEGER)) {
    throw Number.isFinite(Number(value))
      ? withCode(
          new RangeError(
            `The value of "${name}" is out of range. It must be >= 0 && <= 9007199254740991. Received ${number}`,
          ),
          'ERR_OUT_OF_RANGE',
        )
      : invalidArgument(name, 'of type number', value);
  }
  return number === 0 ? 0 : number;
}
