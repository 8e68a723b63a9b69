/**
 * `Symbol.dispose`, `SuppressedError`, and the disposal of iterators.
 * @see https://tc39.es/proposal-explicit-resource-management/
 */

import {
  apply,
  construct,
  defineProperty,
  getPrototypeOf,
  setPrototypeOf,
  TypeErrorClass,
} from '../core/intrinsics.ts';
import { defineMembers, isObject } from './method.ts';

type Method = (...args: unknown[]) => unknown;

export const disposeKey: unique symbol = Symbol('Symbol.dispose') as never;
export const asyncDisposeKey: unique symbol = Symbol('Symbol.asyncDispose') as never;

const hidden = { writable: true, enumerable: false, configurable: true };
let makeSuppressed: (error: unknown, suppressed: unknown) => Error;

/** The error of a disposal that came after another error. */
export function suppress(error: unknown, suppressed: unknown): Error {
  return makeSuppressed(error, suppressed);
}

/** As `GetMethod`. */
export function methodOf(value: unknown, key: PropertyKey): Method | undefined {
  // Not by `Reflect.get`, which takes no primitive.
  const method: unknown = (value as { readonly [key: PropertyKey]: unknown })[key];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== 'function') throw new TypeErrorClass('The method is not a function');
  return method as Method;
}

function installSuppressedError(): void {
  // The one that gives its errors a stack.
  const Base = Error;
  const SuppressedError = function (
    this: unknown,
    error: unknown,
    suppressed: unknown,
    message: unknown,
  ): object {
    const instance = construct(Base, [message], new.target ?? SuppressedError);
    defineProperty(instance, 'error', { value: error, ...hidden });
    defineProperty(instance, 'suppressed', { value: suppressed, ...hidden });
    return instance;
  };
  const { prototype } = SuppressedError;
  setPrototypeOf(SuppressedError, Base);
  setPrototypeOf(prototype, Base.prototype);
  defineProperty(SuppressedError, 'prototype', { writable: false });
  defineMembers(prototype, { name: 'SuppressedError', message: '' });
  defineProperty(globalThis, 'SuppressedError', { value: SuppressedError, ...hidden });
  makeSuppressed = (error, suppressed) =>
    construct(
      SuppressedError,
      [error, suppressed, 'An error was suppressed during disposal'],
      SuppressedError,
    ) as Error;
}

export function installDisposal(): void {
  defineProperty(Symbol, 'dispose', { value: disposeKey });
  defineProperty(Symbol, 'asyncDispose', { value: asyncDisposeKey });
  installSuppressedError();

  defineMembers(getPrototypeOf(getPrototypeOf([][Symbol.iterator]())), {
    [disposeKey](): void {
      const end = methodOf(this, 'return');
      if (end !== undefined) apply(end, this, []);
    },
  });
  const generatorPrototype: object = getPrototypeOf(async function* () {}).prototype;
  defineMembers(getPrototypeOf(generatorPrototype), {
    // Not async: what is awaited is the result of `return`, and in one step.
    [asyncDisposeKey](this: unknown): Promise<void> {
      const end = async (): Promise<void> => {
        if (!isObject(this)) throw new TypeErrorClass('The value is not an object');
        const method = methodOf(this, 'return');
        if (method !== undefined) await apply(method, this, []);
      };
      return end();
    },
  });
}
