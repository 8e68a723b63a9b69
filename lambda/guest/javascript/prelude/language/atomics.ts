/**
 * `Atomics`. A realm has one thread: each operation is atomic by itself, and only what waits without
 * blocking can be notified.
 * @see https://tc39.es/ecma262/#sec-atomics-object
 */

import {
  apply,
  arrayIncludes,
  arrayIndexOf,
  get,
  max,
  RangeErrorClass,
  sharedArrayBufferByteLength,
  splice,
  TypeErrorClass,
  tagKey,
  trunc,
  typedArrayLength,
  typedArrayName,
  typedArrayPrototype,
} from '../core/intrinsics.ts';
import { defineMembers } from './method.ts';

type Elements = { [index: number]: number | bigint };

const integers = ['Int8Array', 'Uint8Array', 'Int16Array', 'Uint16Array', 'Int32Array'];
const bigIntegers = ['BigInt64Array', 'BigUint64Array'];
const accepted = [...integers, 'Uint32Array', ...bigIntegers];
const waitable = ['Int32Array', 'BigInt64Array'];
const toBigInt = BigInt;
const { buffer: bufferDescriptor } = Object.getOwnPropertyDescriptors(typedArrayPrototype) as {
  readonly [name: string]: PropertyDescriptor;
};
const readBuffer = bufferDescriptor?.get as () => unknown;
const { keys: requireAttached } = typedArrayPrototype as Uint8Array;

/** @throws {TypeError} where it is no typed array of integers, or its buffer is gone */
function requireIntegers(array: unknown, names: readonly string[]): string {
  const name = typedArrayName(array);
  if (name === undefined || !arrayIncludes(names as unknown[], name)) {
    throw new TypeErrorClass('[object Array] is not an integer typed array.');
  }
  apply(requireAttached, array as Uint8Array, []);
  return name;
}

/** As `ToIndex`, within the array. */
function requireIndex(array: unknown, given: unknown): number {
  const length = typedArrayLength(array);
  const index = trunc(+(given as number)) || 0;
  if (index < 0 || index >= length) {
    throw new RangeErrorClass('Invalid atomic access index');
  }
  return index;
}

/** The value as the array takes it. */
function toElement(name: string, value: unknown): number | bigint {
  if (arrayIncludes(bigIntegers, name)) {
    // `BigInt` would take a number, which an array of them does not.
    if (typeof value === 'number') throw new TypeErrorClass(`Cannot convert ${value} to a BigInt`);
    return toBigInt(value as bigint);
  }
  const number = +(value as number);
  return trunc(number) || 0;
}

/** Reads an element, and writes what becomes of it. @returns what it was */
function modify(
  array: unknown,
  index: unknown,
  value: unknown,
  change: (old: number | bigint, operand: number | bigint) => number | bigint,
): number | bigint {
  const name = requireIntegers(array, accepted);
  const at = requireIndex(array, index);
  const operand = toElement(name, value);
  // The conversion may have called the script.
  apply(requireAttached, array as Uint8Array, []);
  const elements = array as Elements;
  const old = elements[at] as number | bigint;
  elements[at] = change(old, operand);
  return old;
}

type Pair = (a: number | bigint, b: number | bigint) => number | bigint;
// One code for numbers and BigInts: the types know of one operand only.
const add = ((a: number, b: number) => a + b) as Pair;
const subtract = ((a: number, b: number) => a - b) as Pair;
const and = ((a: number, b: number) => a & b) as Pair;
const or = ((a: number, b: number) => a | b) as Pair;
const xor = ((a: number, b: number) => a ^ b) as Pair;

function isShared(array: unknown): boolean {
  try {
    sharedArrayBufferByteLength(apply(readBuffer, array, []));
    return true;
  } catch {
    return false;
  }
}

/** A promise of `waitAsync`, and the place that it is about. */
interface Waiter {
  readonly buffer: unknown;
  readonly address: number;
  readonly resolve: (outcome: string) => void;
}

const waiters: Waiter[] = [];

function addressOf(array: unknown, index: number): number {
  const { byteOffset, BYTES_PER_ELEMENT } = array as Uint8Array;
  return byteOffset + index * BYTES_PER_ELEMENT;
}

function removeWaiter(waiter: Waiter): boolean {
  const at = arrayIndexOf(waiters, waiter);
  if (at !== -1) splice(waiters, at, 1);
  return at !== -1;
}

function notifyWaiters(array: unknown, index: number, count: number): number {
  const buffer = apply(readBuffer, array, []);
  const address = addressOf(array, index);
  let notified = 0;
  for (let i = 0; i < waiters.length && notified < count; ) {
    const waiter = waiters[i] as Waiter;
    if (waiter.buffer === buffer && waiter.address === address) {
      splice(waiters, i, 1);
      waiter.resolve('ok');
      notified += 1;
    } else i += 1;
  }
  return notified;
}

/** Arguments of `wait`, in the order in which the standard reads them. */
function waiting(
  array: unknown,
  index: unknown,
  value: unknown,
  timeout: unknown,
): { readonly isEqual: boolean; readonly timeoutMs: number; readonly at: number } {
  const name = requireIntegers(array, waitable);
  if (!isShared(array))
    throw new TypeErrorClass('[object Int32Array] is not a shared typed array.');
  const at = requireIndex(array, index);
  const element = toElement(name, value);
  const expected = typeof element === 'number' ? element | 0 : toBigInt.asIntN(64, element);
  const ms = +(timeout as number);
  return {
    at,
    isEqual: (array as Elements)[at] === expected,
    timeoutMs: ms >= 0 ? ms : ms < 0 ? 0 : Infinity,
  };
}

/** @param now milliseconds */
export function installAtomics(
  now: () => number,
  later: (run: () => void, ms: number) => void,
): void {
  const atomics = {};
  defineMembers(atomics, {
    load(array: unknown, index: unknown): number | bigint {
      requireIntegers(array, accepted);
      const at = requireIndex(array, index);
      apply(requireAttached, array as Uint8Array, []);
      return (array as Elements)[at] as number | bigint;
    },
    store(array: unknown, index: unknown, value: unknown): number | bigint {
      const name = requireIntegers(array, accepted);
      const at = requireIndex(array, index);
      const element = toElement(name, value);
      apply(requireAttached, array as Uint8Array, []);
      (array as Elements)[at] = element;
      return element;
    },
    add: (array: unknown, index: unknown, value: unknown) => modify(array, index, value, add),
    sub: (array: unknown, index: unknown, value: unknown) => modify(array, index, value, subtract),
    and: (array: unknown, index: unknown, value: unknown) => modify(array, index, value, and),
    or: (array: unknown, index: unknown, value: unknown) => modify(array, index, value, or),
    xor: (array: unknown, index: unknown, value: unknown) => modify(array, index, value, xor),
    exchange: (array: unknown, index: unknown, value: unknown) =>
      modify(array, index, value, (_old, operand) => operand),
    compareExchange(array: unknown, index: unknown, expected: unknown, value: unknown) {
      const name = requireIntegers(array, accepted);
      const at = requireIndex(array, index);
      const wanted = toElement(name, expected);
      const element = toElement(name, value);
      apply(requireAttached, array as Uint8Array, []);
      const elements = array as Elements;
      const old = elements[at] as number | bigint;
      // Compared as the array would hold it.
      elements[at] = wanted;
      elements[at] = elements[at] === old ? element : old;
      return old;
    },
    isLockFree(size: unknown): boolean {
      return arrayIncludes([1, 2, 4, 8], trunc(+(size as number)));
    },
    /** Nobody else can change the memory: it lasts until the time is over. */
    wait(array: unknown, index: unknown, value: unknown, timeout: unknown): string {
      const { isEqual, timeoutMs } = waiting(array, index, value, timeout);
      if (!isEqual) return 'not-equal';
      for (const end = now() + timeoutMs; now() < end; );
      return 'timed-out';
    },
    waitAsync(array: unknown, index: unknown, value: unknown, timeout: unknown): object {
      const { isEqual, timeoutMs, at } = waiting(array, index, value, timeout);
      if (!isEqual) return { async: false, value: 'not-equal' };
      if (timeoutMs === 0) return { async: false, value: 'timed-out' };
      const promise = new Promise((resolve) => {
        const buffer = apply(readBuffer, array, []);
        const waiter = { buffer, address: addressOf(array, at), resolve };
        waiters[waiters.length] = waiter;
        if (timeoutMs === Infinity) return;
        later(() => {
          if (removeWaiter(waiter)) resolve('timed-out');
        }, timeoutMs);
      });
      return { async: true, value: promise };
    },
    notify(array: unknown, index: unknown, count: unknown): number {
      requireIntegers(array, waitable);
      const at = requireIndex(array, index);
      const most = count === undefined ? Infinity : max(trunc(+(count as number)) || 0, 0);
      return isShared(array) ? notifyWaiters(array, at, most) : 0;
    },
    pause(iterations: unknown): void {
      if (iterations === undefined || Number.isInteger(iterations)) return;
      throw new TypeErrorClass('The number of iterations must be an integer');
    },
  });
  const lengths = { load: 2, store: 3, add: 3, sub: 3, and: 3, or: 3, xor: 3, exchange: 3 };
  const others = { compareExchange: 4, isLockFree: 1, wait: 4, waitAsync: 4, notify: 3, pause: 0 };
  for (const [name, value] of Object.entries({ ...lengths, ...others })) {
    Object.defineProperty(get(atomics, name), 'length', { value, configurable: true });
  }
  Object.defineProperty(atomics, tagKey, { value: 'Atomics', configurable: true });
  defineMembers(globalThis, { Atomics: atomics });
}
