/**
 * The language's own functions, captured before any script runs: a script that replaces
 * `String.prototype.slice`, say, does not change what the console prints.
 */

import { lastMatch } from './last-match.ts';

// A method becomes a function of its receiver. The types of `bind` cannot say that.
const uncurry = Function.prototype.bind.bind(Function.prototype.call) as unknown as <
  A extends unknown[],
  R,
>(
  method: (...args: A) => R,
) => (self: unknown, ...args: A) => R;

const getter = (prototype: object, key: PropertyKey): ((self: unknown) => unknown) => {
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  if (get === undefined) throw new TypeError(`${String(key)} is not an accessor`);
  return uncurry(get as () => unknown);
};

export const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);

export const {
  create,
  defineProperty,
  freeze,
  getOwnPropertyDescriptor,
  getOwnPropertyDescriptors,
  getOwnPropertyNames,
  getOwnPropertySymbols,
  getPrototypeOf,
  is,
  isExtensible,
  keys: objectKeys,
  setPrototypeOf,
} = Object;
/** Classes and conversions, which a script may replace as globals. */
export const {
  Error: ErrorClass,
  Map: MapClass,
  Number: toNumber,
  Object: ObjectClass,
  RangeError: RangeErrorClass,
  ReferenceError: ReferenceErrorClass,
  RegExp: RegExpClass,
  String: toText,
  SyntaxError: SyntaxErrorClass,
  TypeError: TypeErrorClass,
  Uint8Array: Bytes,
  WeakRef: WeakRefClass,
} = globalThis;
export const { iterator: iteratorKey, toPrimitive: toPrimitiveKey, toStringTag: tagKey } = Symbol;
export const { apply, defineProperty: defineOwn, deleteProperty, get, ownKeys } = Reflect;
// What is constructed with a `new.target` of the script's: the types know of instances only.
export const construct = Reflect.construct as (
  Class: unknown,
  args: readonly unknown[],
  target: unknown,
) => object;
export const { isArray } = Array;
export const { floor, max, min, round, sqrt, trunc } = Math;
export const {
  isFinite: isFiniteNumber,
  isNaN: isNotNumber,
  parseFloat: toFloat,
  parseInt: toInteger,
} = Number;
export const { parse, stringify } = JSON;
// Newer than the library that TypeScript knows.
export const isNativeError = (Error as unknown as { isError(value: unknown): value is Error })
  .isError;

export const hasOwn = uncurry(Object.prototype.hasOwnProperty);
export const isEnumerable = uncurry(Object.prototype.propertyIsEnumerable);
export const hasInChain = uncurry(Object.prototype.isPrototypeOf);
export const objectToString = uncurry(Object.prototype.toString);
export const functionToString = uncurry(Function.prototype.toString);
export const hasInstance = uncurry(Function.prototype[Symbol.hasInstance]);
export const errorToString = uncurry(Error.prototype.toString);

export const join = uncurry(Array.prototype.join) as (self: unknown[], separator: string) => string;
export const arrayIncludes = uncurry(Array.prototype.includes);
export const arrayIndexOf = uncurry(Array.prototype.indexOf);
export const arraySlice = uncurry(Array.prototype.slice) as <T>(
  self: T[],
  from?: number,
  to?: number,
) => T[];
export const sort = uncurry(Array.prototype.sort) as (
  self: string[],
  compare?: (a: string, b: string) => number,
) => string[];
export const splice = uncurry(Array.prototype.splice) as (
  self: unknown[],
  from: number,
  count: number,
  ...items: unknown[]
) => void;

/**
 * Appends all of `items`. Like destructuring and `for … of`, a spread would run the array iterator,
 * which a script can replace: nothing here uses them on arrays.
 */
export function append<T>(list: T[], items: readonly T[]): void {
  for (let i = 0; i < items.length; i++) list[list.length] = items[i] as T;
}

export const charCodeAt = uncurry(String.prototype.charCodeAt);
export const codePointAt = uncurry(String.prototype.codePointAt);
export const endsWith = uncurry(String.prototype.endsWith);
export const includes = uncurry(String.prototype.includes);
export const indexOf = uncurry(String.prototype.indexOf);
export const lastIndexOf = uncurry(String.prototype.lastIndexOf);
export const normalize = uncurry(String.prototype.normalize) as (
  self: string,
  form: string,
) => string;
export const padEnd = uncurry(String.prototype.padEnd);
export const padStart = uncurry(String.prototype.padStart);
export const { fromCodePoint } = String;
export const repeat = uncurry(String.prototype.repeat);
export const slice = uncurry(String.prototype.slice);
export const split = uncurry(String.prototype.split) as unknown as (
  self: string,
  separator: string,
) => string[];
export const startsWith = uncurry(String.prototype.startsWith);
export const toLowerCase = uncurry(String.prototype.toLowerCase);

export const exec = uncurry(RegExp.prototype.exec);
const replaceAny = uncurry(RegExp.prototype[Symbol.replace]) as (
  self: RegExp,
  text: string,
  replacement: string | ((match: string) => string),
) => string;
const splitAny = uncurry(RegExp.prototype[Symbol.split]) as (
  self: RegExp,
  text: string,
) => string[];

/** Matches as the language does, and leaves what scripts know of their own last match. */
export function replace(
  self: RegExp,
  text: string,
  replacement: string | ((match: string) => string),
): string {
  const { pattern, result } = lastMatch;
  const replaced = replaceAny(self, text, replacement);
  lastMatch.pattern = pattern;
  lastMatch.result = result;
  return replaced;
}

export function splitBy(self: RegExp, text: string): string[] {
  const { pattern, result } = lastMatch;
  const parts = splitAny(self, text);
  lastMatch.pattern = pattern;
  lastMatch.result = result;
  return parts;
}

export const regExpToString = uncurry(RegExp.prototype.toString);
export const regExpSource = getter(RegExp.prototype, 'source');

export const numberToFixed = uncurry(Number.prototype.toFixed);
export const numberToString = uncurry(Number.prototype.toString);
export const dateGetTime = uncurry(Date.prototype.getTime);
export const dateToIsoString = uncurry(Date.prototype.toISOString);
export const dateToString = uncurry(Date.prototype.toString);

export const bigIntValueOf = uncurry(BigInt.prototype.valueOf);
export const booleanValueOf = uncurry(Boolean.prototype.valueOf);
export const numberValueOf = uncurry(Number.prototype.valueOf);
export const stringValueOf = uncurry(String.prototype.valueOf);
export const symbolValueOf = uncurry(Symbol.prototype.valueOf);
export const symbolToString = uncurry(Symbol.prototype.toString);

export const mapGet = uncurry(Map.prototype.get);
export const mapSet = uncurry(Map.prototype.set);
export const mapHas = uncurry(Map.prototype.has);
export const mapDelete = uncurry(Map.prototype.delete);
export const setAdd = uncurry(Set.prototype.add);
export const setClear = uncurry(Set.prototype.clear);
export const setDelete = uncurry(Set.prototype.delete);
export const setHas = uncurry(Set.prototype.has);
export const mapSize = getter(Map.prototype, 'size') as (self: unknown) => number;
export const mapEntries = uncurry(Map.prototype.entries) as (
  self: unknown,
) => IterableIterator<[unknown, unknown]>;
export const setSize = getter(Set.prototype, 'size') as (self: unknown) => number;
export const setValues = uncurry(Set.prototype.values) as (
  self: unknown,
) => IterableIterator<unknown>;
export const mapIteratorNext = uncurry(getPrototypeOf(new Map().keys()).next) as (
  self: unknown,
) => IteratorResult<unknown>;
export const setIteratorNext = uncurry(getPrototypeOf(new Set().keys()).next) as (
  self: unknown,
) => IteratorResult<unknown>;
export const weakMapHas = uncurry(WeakMap.prototype.has);
export const weakMapDelete = uncurry(WeakMap.prototype.delete);
export const weakMapGet = uncurry(WeakMap.prototype.get);
export const weakMapSet = uncurry(WeakMap.prototype.set);
export const deref = uncurry(WeakRef.prototype.deref);
export const weakSetHas = uncurry(WeakSet.prototype.has);

export const arrayBufferByteLength = getter(ArrayBuffer.prototype, 'byteLength');
export const sharedArrayBufferByteLength = getter(SharedArrayBuffer.prototype, 'byteLength');
export const dataViewBuffer = getter(DataView.prototype, 'buffer');
export const typedArrayLength = getter(typedArrayPrototype, 'length') as (self: unknown) => number;
export const typedArrayName = getter(typedArrayPrototype, Symbol.toStringTag) as (
  self: unknown,
) => string | undefined;
export const typedArrayConstructor: unknown = get(typedArrayPrototype, 'constructor');
