/** Defines members of the language's own objects as the language does. */

import {
  defineProperty,
  getOwnPropertyDescriptor,
  ownKeys,
  TypeErrorClass,
} from '../core/intrinsics.ts';

/**
 * Adds methods and accessors, which are not enumerable, to an object of the language.
 * @param members an object literal: its methods have no `prototype` and cannot be constructed
 */
export function defineMembers(owner: object, members: object): void {
  const keys = ownKeys(members);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const descriptor = getOwnPropertyDescriptor(members, key) as PropertyDescriptor;
    defineProperty(owner, key, { ...descriptor, enumerable: false });
  }
}

/** Sets `length` of functions whose parameters do not say it. */
export function defineLengths(owner: object, lengths: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(lengths)) {
    defineProperty(Reflect.get(owner, name) as object, 'length', { value, configurable: true });
  }
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** @throws {TypeError} where the value cannot be called */
export function requireCallable(value: unknown): asserts value is (...args: never[]) => unknown {
  if (typeof value !== 'function') throw new TypeErrorClass(`${shown(value)} is not a function`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (isObject(value)) return '#<Object>';
  return typeof value === 'symbol' ? 'a symbol' : `${value}`;
}
