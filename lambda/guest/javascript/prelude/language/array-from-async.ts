/**
 * `Array.fromAsync`.
 * @see https://tc39.es/proposal-array-from-async/
 */

import {
  apply,
  construct,
  defineProperty,
  get,
  iteratorKey,
  max,
  min,
  ObjectClass,
  TypeErrorClass,
  trunc,
} from '../core/intrinsics.ts';
import { methodOf } from './disposal.ts';
import { defineLengths, defineMembers, isObject, requireCallable } from './method.ts';

type Callback = (...args: unknown[]) => unknown;
type MapFunction = ((value: unknown, index: number) => unknown) | null;

const { asyncIterator: asyncIteratorKey } = Symbol;
const NativeProxy = Proxy;
const NativeArray = Array;

/** A constructor can be the target of a proxy that is constructed. */
function isConstructor(value: unknown): value is new (length?: number) => object {
  if (typeof value !== 'function') return false;
  try {
    const Probe = new NativeProxy(value, { construct: () => ({}) }) as unknown as new () => object;
    return new Probe() !== undefined;
  } catch {
    return false;
  }
}

function newList(Class: unknown, length?: number): object {
  if (Class !== NativeArray && isConstructor(Class)) {
    return construct(Class, length === undefined ? [] : [length], Class);
  }
  return length === undefined ? [] : new NativeArray(length);
}

function put(list: object, index: number, value: unknown): void {
  defineProperty(list, index, { value, writable: true, enumerable: true, configurable: true });
}

function finish(list: object, length: number): object {
  // As `Set` with the flag that it throws: this is strict code.
  (list as { length: number }).length = length;
  return list;
}

/** Closes an iterator where something else is thrown already. */
async function closeQuietly(iterator: object, isSync: boolean): Promise<void> {
  try {
    const end = methodOf(iterator, 'return');
    if (end === undefined) return;
    const result = apply(end, iterator, []);
    await (isSync ? undefined : result);
  } catch {
    // The first error counts.
  }
}

async function fromIterator(
  Class: unknown,
  items: unknown,
  method: Callback,
  isSync: boolean,
  map: MapFunction,
): Promise<object> {
  const list = newList(Class);
  const iterator = apply(method, items, []);
  if (!isObject(iterator)) throw new TypeErrorClass('The iterator is not an object');
  const next = get(iterator, 'next') as Callback;
  for (let index = 0; ; index++) {
    const given = apply(next, iterator, []);
    const result = isSync ? given : await given;
    if (!isObject(result)) throw new TypeErrorClass('The result of next() is not an object');
    if (get(result, 'done')) {
      // As an iterator of promises would have it.
      if (isSync) await undefined;
      return finish(list, index);
    }
    const value = get(result, 'value');
    try {
      const awaited = isSync ? await value : value;
      put(list, index, map === null ? awaited : await map(awaited, index));
    } catch (error) {
      await closeQuietly(iterator, isSync);
      throw error;
    }
  }
}

async function fromArrayLike(Class: unknown, items: unknown, map: MapFunction): Promise<object> {
  const source = ObjectClass(items) as object;
  const given = trunc(+(get(source, 'length') as number)) || 0;
  const length = min(max(given, 0), Number.MAX_SAFE_INTEGER);
  const list = newList(Class, length);
  for (let index = 0; index < length; index++) {
    const value = await get(source, index);
    put(list, index, map === null ? value : await map(value, index));
  }
  return finish(list, length);
}

export function installArrayFromAsync(): void {
  async function fill(
    Class: unknown,
    items: unknown,
    mapper: unknown,
    self: unknown,
  ): Promise<object> {
    let map: MapFunction = null;
    if (mapper !== undefined) {
      requireCallable(mapper);
      map = (value, index) => apply(mapper as Callback, self, [value, index]);
    }
    if (items === undefined || items === null) {
      throw new TypeErrorClass(`${items} is not iterable`);
    }
    const asynchronous = methodOf(items, asyncIteratorKey);
    if (asynchronous !== undefined) return fromIterator(Class, items, asynchronous, false, map);
    const synchronous = methodOf(items, iteratorKey);
    if (synchronous !== undefined) return fromIterator(Class, items, synchronous, true, map);
    return fromArrayLike(Class, items, map);
  }
  defineMembers(NativeArray, {
    fromAsync(this: unknown, items: unknown, mapper?: unknown, self?: unknown): Promise<object> {
      return fill(this, items, mapper, self);
    },
  });
  defineLengths(NativeArray, { fromAsync: 1 });
}
