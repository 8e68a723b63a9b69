/**
 * `DisposableStack` and `AsyncDisposableStack`.
 * @see https://tc39.es/proposal-explicit-resource-management/#sec-disposablestack-objects
 */

import {
  apply,
  defineProperty,
  ReferenceErrorClass,
  TypeErrorClass,
  tagKey,
} from '../core/intrinsics.ts';
import { asyncDisposeKey, disposeKey, methodOf, suppress } from './disposal.ts';
import { isObject, requireCallable } from './method.ts';

/** How something is disposed of; undefined for nothing, which is still awaited. */
type Disposal = (() => unknown) | undefined;
type Callback = (...args: unknown[]) => unknown;

/** Keeps what was thrown last, and in it what was thrown before. */
class Failures {
  #failed = false;
  #error: unknown;

  add(error: unknown): void {
    this.#error = this.#failed ? suppress(error, this.#error) : error;
    this.#failed = true;
  }

  throwAny(): void {
    if (this.#failed) throw this.#error;
  }
}

/** Disposals, and whether they have been done. */
class Resources {
  #disposals: Disposal[] | null = [];

  get disposed(): boolean {
    return this.#disposals === null;
  }

  /** @throws {ReferenceError} where they have been disposed of */
  require(name: string): void {
    if (this.#disposals !== null) return;
    throw new ReferenceErrorClass(`Cannot add values to a disposed ${name}`);
  }

  add(disposal: Disposal): void {
    const list = this.#disposals as Disposal[];
    list[list.length] = disposal;
  }

  /** Takes them all, for one who disposes of them; an empty list where that has been done. */
  take(): Disposal[] {
    const list = this.#disposals ?? [];
    this.#disposals = null;
    return list;
  }

  static of(disposals: Disposal[]): Resources {
    const resources = new Resources();
    resources.#disposals = disposals;
    return resources;
  }
}

/** Disposes of a value by a method of its own. */
function bySyncMethod(value: unknown): Disposal {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) throw new TypeErrorClass('The value is not an object');
  const method = methodOf(value, disposeKey);
  if (method === undefined) throw new TypeErrorClass('Symbol.dispose is not a function');
  return () => apply(method, value, []);
}

function byAsyncMethod(value: unknown): Disposal {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) throw new TypeErrorClass('The value is not an object');
  const method = methodOf(value, asyncDisposeKey);
  if (method !== undefined) return () => apply(method, value, []);
  const sync = bySyncMethod(value) as () => unknown;
  // Its result is not awaited.
  return () => void sync();
}

class DisposableStack {
  #resources = new Resources();

  get disposed(): boolean {
    return this.#resources.disposed;
  }

  dispose(): void {
    const disposals = this.#resources.take();
    const failures = new Failures();
    for (let i = disposals.length - 1; i >= 0; i--) {
      try {
        disposals[i]?.();
      } catch (error) {
        failures.add(error);
      }
    }
    failures.throwAny();
  }

  use(value: unknown): unknown {
    this.#resources.require('DisposableStack');
    const disposal = bySyncMethod(value);
    if (disposal !== undefined) this.#resources.add(disposal);
    return value;
  }

  adopt(value: unknown, onDispose: unknown): unknown {
    this.#resources.require('DisposableStack');
    requireCallable(onDispose);
    this.#resources.add(() => (onDispose as Callback)(value));
    return value;
  }

  defer(onDispose: unknown): void {
    this.#resources.require('DisposableStack');
    requireCallable(onDispose);
    this.#resources.add(() => (onDispose as Callback)());
  }

  move(): DisposableStack {
    this.#resources.require('DisposableStack');
    const moved = new DisposableStack();
    moved.#resources = Resources.of(this.#resources.take());
    return moved;
  }
}

class AsyncDisposableStack {
  #resources = new Resources();

  get disposed(): boolean {
    return this.#resources.disposed;
  }

  disposeAsync(): Promise<void> {
    return disposeAll(() => this.#resources.take());
  }

  use(value: unknown): unknown {
    this.#resources.require('AsyncDisposableStack');
    this.#resources.add(byAsyncMethod(value));
    return value;
  }

  adopt(value: unknown, onDisposeAsync: unknown): unknown {
    this.#resources.require('AsyncDisposableStack');
    requireCallable(onDisposeAsync);
    this.#resources.add(() => (onDisposeAsync as Callback)(value));
    return value;
  }

  defer(onDisposeAsync: unknown): void {
    this.#resources.require('AsyncDisposableStack');
    requireCallable(onDisposeAsync);
    this.#resources.add(() => (onDisposeAsync as Callback)());
  }

  move(): AsyncDisposableStack {
    this.#resources.require('AsyncDisposableStack');
    const moved = new AsyncDisposableStack();
    moved.#resources = Resources.of(this.#resources.take());
    return moved;
  }
}

/** @param take throws where it is called on something else: then the promise rejects */
async function disposeAll(take: () => Disposal[]): Promise<void> {
  const disposals = take();
  const failures = new Failures();
  let owesTurn = false;
  let hasAwaited = false;
  for (let i = disposals.length - 1; i >= 0; i--) {
    const disposal = disposals[i];
    if (disposal === undefined) {
      owesTurn = true;
      continue;
    }
    try {
      const result = disposal();
      hasAwaited = true;
      await result;
    } catch (error) {
      failures.add(error);
    }
  }
  if (owesTurn && !hasAwaited) await undefined;
  failures.throwAny();
}

export function installDisposableStacks(): void {
  // The bundler may have renamed the classes.
  const stacks = [
    [DisposableStack, 'DisposableStack', 'dispose', disposeKey],
    [AsyncDisposableStack, 'AsyncDisposableStack', 'disposeAsync', asyncDisposeKey],
  ] as const;
  for (const [Class, name, method, key] of stacks) {
    const { prototype } = Class;
    const value: unknown = Reflect.get(prototype, method);
    defineProperty(Class, 'name', { value: name });
    defineProperty(prototype, key, { value, writable: true, configurable: true });
    defineProperty(prototype, tagKey, { value: name, configurable: true });
    defineProperty(globalThis, name, { value: Class, writable: true, configurable: true });
  }
}
