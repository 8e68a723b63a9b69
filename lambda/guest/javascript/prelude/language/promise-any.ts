/**
 * `Promise.any`, whose error QuickJS makes without a message and without a stack.
 * @see https://tc39.es/ecma262/#sec-promise.any
 */

import { apply, defineProperty, get, iteratorKey, TypeErrorClass } from '../core/intrinsics.ts';
import { defineMembers, isObject, requireCallable } from './method.ts';

type Settle = (value?: unknown) => void;
type Step = (...args: unknown[]) => unknown;

interface Capability {
  readonly promise: unknown;
  readonly resolve: Settle;
  readonly reject: Settle;
}

const AggregateErrorClass = AggregateError;
const noArguments: unknown[] = [];

export function installPromiseAny(): void {
  defineMembers(Promise, {
    any(iterable: unknown): unknown {
      const capability = newCapability(this);
      try {
        const resolve = get(this as object, 'resolve');
        requireCallable(resolve);
        settleAny(iterable, this, resolve as Step, capability);
      } catch (error) {
        apply(capability.reject, undefined, [error]);
      }
      return capability.promise;
    },
  });
}

/** @see https://tc39.es/ecma262/#sec-newpromisecapability */
function newCapability(Class: unknown): Capability {
  if (typeof Class !== 'function') throw new TypeErrorClass('not a constructor');
  let [resolve, reject]: unknown[] = [];
  const executor = (...functions: readonly [unknown, unknown]): void => {
    if (resolve !== undefined || reject !== undefined) {
      throw new TypeErrorClass(
        'Promise executor has already been invoked with non-undefined arguments',
      );
    }
    [resolve, reject] = functions;
  };
  // Its parameters count, though they are in a list here.
  defineProperty(executor, 'length', { value: 2, configurable: true });
  const promise: unknown = new (Class as new (executor: unknown) => unknown)(executor);
  requireCallable(resolve);
  requireCallable(reject);
  return { promise, resolve: resolve as Settle, reject: reject as Settle };
}

/** @see https://tc39.es/ecma262/#sec-performpromiseany */
function settleAny(
  iterable: unknown,
  Class: unknown,
  resolve: Step,
  { resolve: fulfill, reject }: Capability,
): void {
  const method = (iterable as Readonly<Record<symbol, unknown>>)[iteratorKey];
  requireCallable(method);
  const iterator: unknown = apply(method, iterable, noArguments);
  if (!isObject(iterator)) throw new TypeErrorClass('Result of Symbol.iterator is not an object');
  const next = get(iterator, 'next') as Step;
  const errors: unknown[] = [];
  let pending = 1;

  const settleOne = (): void => {
    pending -= 1;
    if (pending > 0) return;
    apply(reject, undefined, [new AggregateErrorClass(errors, 'All promises were rejected')]);
  };

  for (let index = 0; ; index++) {
    const result: unknown = apply(next, iterator, noArguments);
    if (!isObject(result)) throw new TypeErrorClass('Iterator result is not an object');
    if (get(result, 'done')) break;
    const value: unknown = get(result, 'value');
    try {
      put(errors, index, undefined);
      const promise = apply(resolve, Class, [value]);
      let isCalled = false;
      pending += 1;
      const rejectOne = nameless((error: unknown): void => {
        if (isCalled) return;
        isCalled = true;
        put(errors, index, error);
        settleOne();
      });
      const { then } = promise as { readonly then: unknown };
      requireCallable(then);
      apply(then, promise, [fulfill, rejectOne]);
    } catch (error) {
      closeQuietly(iterator);
      throw error;
    }
  }
  settleOne();
}

function put(list: unknown[], index: number, value: unknown): void {
  defineProperty(list, index, { value, writable: true, enumerable: true, configurable: true });
}

function nameless<Callback extends Step>(callback: Callback): Callback {
  return defineProperty(callback, 'name', { value: '', configurable: true });
}

function closeQuietly(iterator: object): void {
  try {
    const method: unknown = get(iterator, 'return');
    if (method !== undefined && method !== null) apply(method as Step, iterator, noArguments);
  } catch {
    // The first error counts.
  }
}
