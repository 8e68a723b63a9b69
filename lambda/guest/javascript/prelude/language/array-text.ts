/**
 * Texts of arrays that contain themselves, or arrays in arrays in arrays: QuickJS recurses until its
 * stack is used up. And `toLocaleString` of arrays with its arguments, which QuickJS drops.
 * @see https://tc39.es/ecma402/#sup-array.prototype.tolocalestring
 */

import {
  apply,
  get,
  isArray,
  join as joinArray,
  ObjectClass,
  RangeErrorClass,
  setAdd,
  setDelete,
  setHas,
  setSize,
  TypeErrorClass,
  toPrimitiveKey,
  toText,
  typedArrayLength,
  typedArrayPrototype,
} from '../core/intrinsics.ts';
import { defineLengths, defineMembers } from './method.ts';

type Texts = (element: unknown) => string;

/** An array that is being joined, and how far that is. */
interface Level {
  readonly array: object;
  readonly length: number;
  readonly separator: string;
  index: number;
  text: string;
}

const { min, trunc } = Math;

/** As `ToLength`. */
export function lengthOf(array: object): number {
  // Not by `Number`, which would take a BigInt.
  const length = trunc(+(get(array, 'length') as number));
  return length > 0 ? min(length, Number.MAX_SAFE_INTEGER) : 0;
}

/**
 * QuickJS, which is faster, joins arrays that are less deep. In the place of a deeper one its work is done
 * again here.
 */
const MAX_NATIVE_DEPTH = 20;

/** The arrays that are being joined now: one in itself has no text. */
const active = new Set<object>();

/**
 * Joins an array without recursion for the arrays in it.
 * @param isNested whether an element is an array whose text is that of its elements
 */
function joinLevels(
  root: object,
  length: number,
  separator: string,
  isNested: (element: unknown) => element is object,
  text: Texts,
): string {
  if (setHas(active, root)) return '';
  const levels: Level[] = [];
  const enter = (array: object, count: number, between: string): void => {
    setAdd(active, array);
    levels[levels.length] = { array, length: count, separator: between, index: 0, text: '' };
  };
  try {
    enter(root, length, separator);
    for (;;) {
      const level = levels[levels.length - 1] as Level;
      if (level.index === level.length) {
        levels.length -= 1;
        setDelete(active, level.array);
        const above = levels[levels.length - 1];
        if (above === undefined) return level.text;
        above.text += level.text;
        continue;
      }
      if (level.index > 0) level.text += level.separator;
      const element: unknown = get(level.array, level.index);
      level.index += 1;
      if (element === undefined || element === null) continue;
      if (!isNested(element)) level.text += text(element);
      else if (!setHas(active, element)) enter(element, lengthOf(element), ',');
    }
  } finally {
    for (let i = 0; i < levels.length; i++) setDelete(active, (levels[i] as Level).array);
  }
}

export function installArrayText(): void {
  const { prototype } = Array;
  const nativeToString = prototype.toString;
  const { keys } = typedArrayPrototype as Uint8Array;
  // An undefined separator is as good as none.
  const nativeJoin = joinArray as (array: unknown, separator: unknown) => string;
  /** How many joins by QuickJS are under way, one in the other, and whether there were too many. */
  let depth = 0;
  let isTooDeep = false;

  const { join } = {
    join(this: unknown, separator?: unknown): string {
      if (depth > 0) {
        if (depth === MAX_NATIVE_DEPTH) {
          isTooDeep = true;
          throw new RangeErrorClass('The array contains itself, or too many others');
        }
        depth += 1;
        const text = nativeJoin(this, separator);
        depth -= 1;
        return text;
      }
      if (setSize(active) === 0) {
        depth = 1;
        isTooDeep = false;
        try {
          const text = nativeJoin(this, separator);
          depth = 0;
          // A script may have caught the error.
          if (!isTooDeep) return text;
        } catch (error) {
          depth = 0;
          if (!isTooDeep) throw error;
        }
      }
      const array = toObject(this, 'join');
      const length = lengthOf(array);
      const between = separator === undefined ? ',' : textOf(separator);
      return joinLevels(array, length, between, isPlainArray, textOf);
    },
  };
  /** Whether its text is that of its elements, by functions that nobody has replaced. */
  const isPlainArray = (value: unknown): value is object =>
    isArray(value) &&
    get(value, toPrimitiveKey) === undefined &&
    get(value, 'toString') === nativeToString &&
    get(value, 'join') === join;

  defineMembers(prototype, {
    join,
    toLocaleString(locales?: unknown, options?: unknown): string {
      const array = toObject(this, 'toLocaleString');
      return localeText(array, lengthOf(array), locales, options);
    },
  });
  const { toLocaleString: localeMethod } = prototype;
  const isLocaleArray = (value: unknown): value is object =>
    isArray(value) && get(value, 'toLocaleString') === localeMethod;
  const localeText = (array: object, length: number, locales: unknown, options: unknown): string =>
    joinLevels(array, length, ',', isLocaleArray, (element) =>
      toText(apply(requireMethod(element), element, [locales, options])),
    );
  defineMembers(typedArrayPrototype, {
    toLocaleString(locales?: unknown, options?: unknown): string {
      // It throws where this is no typed array, or one whose buffer is gone.
      apply(keys, this as Uint8Array, []);
      return localeText(this as object, typedArrayLength(this), locales, options);
    },
  });
  for (const owner of [prototype, typedArrayPrototype]) defineLengths(owner, { toLocaleString: 0 });
  defineLengths(prototype, { join: 1 });
}

/** As `ToString`, which takes no symbol. */
function textOf(value: unknown): string {
  return `${value as string}`;
}

/** @param method of `Array.prototype` */
export function toObject(value: unknown, method: string): Record<number, unknown> {
  if (value === undefined || value === null) {
    throw new TypeErrorClass(`Array.prototype.${method} called on null or undefined`);
  }
  return ObjectClass(value) as Record<number, unknown>;
}

function requireMethod(element: unknown): (...args: unknown[]) => unknown {
  const method: unknown = get(ObjectClass(element) as object, 'toLocaleString');
  if (typeof method === 'function') return method as (...args: unknown[]) => unknown;
  throw new TypeErrorClass('toLocaleString is not a function');
}
