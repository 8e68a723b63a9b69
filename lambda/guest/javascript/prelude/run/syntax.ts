/**
 * What mended code calls (see `source/`): by a constant of the global scope that is no property of
 * `globalThis`. It uses captured functions only, as the language's own constructs would.
 */

import { apply, defineProperty, TypeErrorClass } from '../core/intrinsics.ts';

const { asyncIterator: asyncIteratorKey, iterator: iteratorKey } = Symbol;
const PromiseClass = Promise;
const { reject, resolve } = Promise;

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Properties = Readonly<Record<PropertyKey, unknown>>;

/** The steps of `for await`, of which the code itself has the awaits. */
interface Loop {
  value: unknown;
  /** What closing the iterator gave, for the code to await. */
  closing: unknown;
  next(): unknown;
  /** @returns whether the iterator has come to its end */
  take(result: unknown): boolean;
  /** The body has thrown. @returns what it has thrown */
  fail(error: unknown): unknown;
  /** @returns whether there is something to await */
  close(): boolean;
  check(result: unknown): void;
  raise(error: unknown): void;
}

/** @see https://tc39.es/ecma262/#sec-runtime-semantics-forin-div-ofbodyevaluation-lhs-stmt-iterator-lhskind-labelset */
function loop(iterable: unknown): Loop {
  const method = methodOf(iterable, asyncIteratorKey);
  const isAsync = method !== undefined;
  const start = method ?? methodOf(iterable, iteratorKey);
  if (start === undefined) throw new TypeErrorClass('value is not async iterable');
  const iterator = apply(start, iterable, []);
  if (!isObject(iterator)) throw new TypeErrorClass('value is not an iterator');
  const next = iterator.next as Method;
  /** The iterator has ended, or has failed: there is nothing to close. */
  let isDone = true;
  let hasFailed = false;
  const self: Loop = {
    value: undefined,
    closing: undefined,
    next() {
      isDone = true;
      return isAsync
        ? apply(next, iterator, [])
        : fromSync(iterator, () => apply(next, iterator, []));
    },
    take(result) {
      if (!isObject(result)) throw new TypeErrorClass('iterator must return an object');
      if (result.done) return true;
      self.value = result.value;
      isDone = false;
      return false;
    },
    fail(error) {
      hasFailed = true;
      return error;
    },
    close() {
      if (isDone) return false;
      isDone = true;
      try {
        const close = isAsync ? methodOf(iterator, 'return') : closeSync;
        if (close === undefined) return false;
        self.closing = apply(close, iterator, []);
        return true;
      } catch (error) {
        self.raise(error);
        return false;
      }
    },
    check(result) {
      if (!hasFailed && !isObject(result))
        throw new TypeErrorClass('iterator must return an object');
    },
    raise(error) {
      if (!hasFailed) throw error;
    },
  };
  return self;
}

/** A result of a synchronous iterator as an asynchronous one gives it. */
function fromSync(iterator: object, step: () => unknown, closes = true): Promise<unknown> {
  try {
    const result = step();
    if (!isObject(result)) throw new TypeErrorClass('iterator must return an object');
    const done = !!result.done;
    const { value } = result;
    return settled(value, done, closes && !done ? iterator : null);
  } catch (error) {
    return apply(reject, PromiseClass, [error]) as Promise<unknown>;
  }
}

/** @param open the iterator to close where the value is rejected */
async function settled(value: unknown, done: boolean, open: object | null): Promise<unknown> {
  try {
    return { value: await value, done };
  } catch (error) {
    if (open !== null) closeQuietly(open);
    throw error;
  }
}

function closeSync(this: object): Promise<unknown> {
  try {
    const close = methodOf(this, 'return');
    if (close === undefined)
      return apply(resolve, PromiseClass, [{ done: true }]) as Promise<unknown>;
    return fromSync(this, () => apply(close, this, []), false);
  } catch (error) {
    return apply(reject, PromiseClass, [error]) as Promise<unknown>;
  }
}

function closeQuietly(iterator: object): void {
  try {
    const close = methodOf(iterator, 'return');
    if (close !== undefined) apply(close, iterator, []);
  } catch {
    // The failure that it is closed for is the one that counts.
  }
}

function methodOf(value: unknown, key: PropertyKey): Method | undefined {
  const method = (value as Properties)[key];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== 'function') throw new TypeErrorClass('not a function');
  return method as Method;
}

function isObject(value: unknown): value is Properties {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** What `using` and `await using` of one scope declare. */
interface Scope {
  /** What disposing of the last one gave, for the code to await. */
  pending: unknown;
  add(value: unknown): unknown;
  addAsync(value: unknown): unknown;
  /** The scope, or a disposal, has thrown. */
  fail(error: unknown): void;
  /** Disposes, up to where the code has to await. @returns whether it has */
  step(): boolean;
  end(): void;
}

interface Resource {
  readonly value: unknown;
  readonly isAsync: boolean;
  /** Absent where `await using` was given nothing, for which there is an await all the same. */
  readonly method: Method | undefined;
}

/** @see https://tc39.es/proposal-explicit-resource-management/#sec-disposeresources */
function scope(): Scope {
  const resources: Resource[] = [];
  let hasFailed = false;
  let failure: unknown;
  let needsAwait = false;
  let hasAwaited = false;

  function add(value: unknown, isAsync: boolean): unknown {
    const isNothing = value === null || value === undefined;
    if (isNothing && !isAsync) return value;
    if (!isNothing && !isObject(value)) throw new TypeErrorClass('value is not disposable');
    const method = isNothing ? undefined : disposalOf(value, isAsync);
    if (!isNothing && method === undefined) throw new TypeErrorClass('value is not disposable');
    const resource: Resource = { value, isAsync, method };
    // Not by `push`, and not where a setter of a script's would see it.
    defineProperty(resources, resources.length, {
      __proto__: null,
      value: resource,
      writable: true,
      configurable: true,
      enumerable: true,
    } as PropertyDescriptor);
    return value;
  }

  const self: Scope = {
    pending: undefined,
    add: (value) => add(value, false),
    addAsync: (value) => add(value, true),
    fail(error) {
      failure = hasFailed ? suppressed(error, failure) : error;
      hasFailed = true;
    },
    step() {
      self.pending = undefined;
      while (resources.length > 0) {
        const { value, isAsync, method } = resources[resources.length - 1] as Resource;
        if (!isAsync && needsAwait && !hasAwaited) {
          needsAwait = false;
          return true;
        }
        resources.length -= 1;
        if (method === undefined) needsAwait = true;
        else {
          try {
            const result = apply(method, value, []);
            if (!isAsync) continue;
            hasAwaited = true;
            self.pending = result;
            return true;
          } catch (error) {
            self.fail(error);
          }
        }
      }
      if (!needsAwait || hasAwaited) return false;
      needsAwait = false;
      return true;
    },
    end() {
      if (hasFailed) throw failure;
    },
  };
  return self;
}

function disposalOf(value: unknown, isAsync: boolean): Method | undefined {
  const { asyncDispose, dispose } = Symbol as unknown as Readonly<Record<string, symbol>>;
  const method = isAsync ? methodOf(value, asyncDispose as symbol) : undefined;
  if (method !== undefined) return method;
  const sync = methodOf(value, dispose as symbol);
  if (sync === undefined || !isAsync) return sync;
  return function (this: unknown) {
    try {
      apply(sync, this, []);
      return undefined;
    } catch (error) {
      return apply(reject, PromiseClass, [error]);
    }
  };
}

function suppressed(error: unknown, earlier: unknown): unknown {
  const { SuppressedError } = globalThis as unknown as Readonly<
    Record<string, new (error: unknown, earlier: unknown) => Error>
  >;
  return SuppressedError === undefined ? error : new SuppressedError(error, earlier);
}

export const syntax = { __proto__: null, loop, scope };
