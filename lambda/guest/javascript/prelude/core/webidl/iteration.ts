/**
 * Iteration over pairs, as `Headers`, `FormData` and `URLSearchParams` have it.
 * @see https://webidl.spec.whatwg.org/#js-iterable
 */

import { defineInterface, operation } from './interface.ts';

type Pair<V> = readonly [name: string, value: V];
type PairsOf<T, V> = (object: T) => readonly Pair<V>[];

const IteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf([][Symbol.iterator]()),
) as object;

/**
 * Makes the function that creates iterators of an interface. An iterator reads the pairs anew at
 * each step, so that it sees changes.
 * @param expose receives the class, and what gives the items that an iterator has left
 */
export function pairIterators<T extends object, V>(
  name: string,
  pairsOf: PairsOf<T, V>,
  expose?: (Class: { prototype: object }, rest: (iterator: object) => unknown[]) => void,
): (object: T, pick: (pair: Pair<V>) => unknown) => Iterator<unknown> {
  let rest: (iterator: PairIterator) => unknown[];
  class PairIterator {
    readonly #object: T;
    readonly #pick: (pair: Pair<V>) => unknown;
    #index = 0;

    static {
      rest = (iterator) =>
        pairsOf(iterator.#object)
          .slice(iterator.#index)
          .map((pair) => iterator.#pick(pair));
    }

    constructor(object: T, pick: (pair: Pair<V>) => unknown) {
      this.#object = object;
      this.#pick = pick;
    }

    next(): IteratorResult<unknown> {
      if (typeof this !== 'object' || this === null || !(#index in this)) {
        throw new TypeError(`'next' called on an object that does not implement ${name} Iterator.`);
      }
      const pair = pairsOf(this.#object)[this.#index];
      if (pair === undefined) return { value: undefined, done: true };
      this.#index += 1;
      return { value: this.#pick(pair), done: false };
    }
  }
  defineInterface(PairIterator, `${name} Iterator`);
  // Iterators have no constructor of their own.
  Reflect.deleteProperty(PairIterator.prototype, 'constructor');
  Object.setPrototypeOf(PairIterator.prototype, IteratorPrototype);
  expose?.(PairIterator, (iterator) => rest(iterator as PairIterator));
  return (object, pick) => new PairIterator(object, pick);
}

/** `forEach`: sees changes that the callback makes. */
export function forEachPair<T extends object, V>(
  object: T,
  pairsOf: PairsOf<T, V>,
  callback: (...args: never[]) => unknown,
  thisArgument: unknown,
): void {
  for (let index = 0; ; index += 1) {
    const pair = pairsOf(object)[index];
    if (pair === undefined) return;
    Reflect.apply(callback, thisArgument, [pair[1], pair[0], object]);
  }
}

/** Adds `keys`, `values`, `entries`, `forEach` and iteration over the pairs. */
export function definePairIteration<T extends object, V>(
  { prototype }: { prototype: T },
  name: string,
  is: (value: unknown) => boolean,
  pairsOf: PairsOf<T, V>,
): void {
  const iterate = pairIterators(name, pairsOf);
  const owner = { name, is };
  const methods = {
    keys(this: T) {
      return iterate(this, ([key]) => key);
    },
    values(this: T) {
      return iterate(this, ([, value]) => value);
    },
    entries(this: T) {
      return iterate(this, ([key, value]) => [key, value]);
    },
    forEach(this: T, callback: unknown, thisArgument: unknown = undefined) {
      if (typeof callback !== 'function') {
        throw new TypeError(
          `Failed to execute 'forEach' on '${name}': parameter 1 is not of type 'Function'.`,
        );
      }
      forEachPair(this, pairsOf, callback as () => unknown, thisArgument);
    },
  };
  for (const [key, method] of Object.entries(methods)) {
    const required = key === 'forEach' ? 1 : 0;
    Object.defineProperty(prototype, key, {
      value: operation(key, method, required, owner),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  Object.defineProperty(prototype, Symbol.iterator, {
    value: Reflect.get(prototype, 'entries'),
    writable: true,
    configurable: true,
  });
}
