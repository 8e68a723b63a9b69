/**
 * What Web IDL adds to a plain class: enumerable members, brand and arity checks, promises that
 * reject where a method would throw, `Symbol.toStringTag`, pair iteration.
 * Messages are those of Node.js.
 */

import { addCloneable } from './clone.ts';
import { DOMException } from './dom-exception.ts';
import { withCode } from './webidl.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

export interface InterfaceShape {
  readonly name: string;
  /** The brand check: whether a value is an instance of this very interface. */
  readonly is: (value: unknown) => boolean;
  /** Methods, and how many arguments each one requires. */
  readonly operations: { readonly [name: string]: number };
  /** Static methods, and how many arguments each one requires. */
  readonly statics?: { readonly [name: string]: number };
  /** Those methods and attributes that return promises: they reject, they never throw. */
  readonly promises?: readonly string[];
}

/**
 * Makes a class an interface as Web IDL defines it. All its own accessors become attributes.
 * Its instances cannot be cloned, unless a cloner of theirs was added before.
 * @see https://webidl.spec.whatwg.org/#js-interfaces
 */
export function defineInterface(target: { prototype: object }, shape: InterfaceShape): void {
  const { prototype } = target;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const { get, set, value } = descriptor;
    const required = Object.hasOwn(shape.operations, name) ? shape.operations[name] : undefined;
    const rejects = shape.promises?.includes(name) ?? false;
    if (get !== undefined || set !== undefined) {
      Object.defineProperty(prototype, name, {
        ...(get && { get: checked(get, shape, 0, rejects) }),
        ...(set && { set: checked(set as Method, shape, 1, false) }),
        enumerable: true,
      });
    } else if (required !== undefined) {
      const method = checked(value as Method, shape, required, rejects);
      Object.defineProperty(prototype, name, { value: method, enumerable: true });
    }
  }
  for (const [name, required] of Object.entries(shape.statics ?? {})) {
    const method = (target as unknown as Record<string, Method>)[name] as Method;
    const value = checked(method, { ...shape, is: () => true }, required, false);
    Object.defineProperty(target, name, { value, enumerable: true });
  }
  // The bundler may have renamed the class.
  Object.defineProperty(target, 'name', { value: shape.name });
  tag(prototype, shape.name);
  addCloneable((value) => {
    if (!shape.is(value)) return undefined;
    throw new DOMException('Cannot clone object of unsupported type.', 'DataCloneError');
  });
}

/** A method that checks its `this` and the number of its arguments before it runs. */
function checked(
  method: Method,
  shape: InterfaceShape,
  required: number,
  rejects: boolean,
): Method {
  const context = `${shape.name}.${method.name}`;
  const run = function (this: unknown, args: unknown[]): unknown {
    if (!shape.is(this)) throw illegalInvocation();
    if (args.length < required) throw tooFewArguments(context, required, args.length);
    return Reflect.apply(method, this, args);
  };
  // Object methods, as these have no `prototype` and cannot be constructed.
  const { wrapped } = rejects
    ? {
        wrapped(this: unknown, ...args: unknown[]): unknown {
          try {
            return run.call(this, args);
          } catch (error) {
            return Promise.reject(error);
          }
        },
      }
    : {
        wrapped(this: unknown, ...args: unknown[]): unknown {
          return run.call(this, args);
        },
      };
  Object.defineProperty(wrapped, 'name', { value: method.name });
  Object.defineProperty(wrapped, 'length', { value: required });
  return wrapped;
}

/**
 * Adds `entries`, `keys`, `values`, `forEach` and iteration over pairs. An iterator reads the pairs
 * anew at each step, so that it sees what changes meanwhile.
 * @see https://webidl.spec.whatwg.org/#js-iterable
 */
export function definePairIteration<T extends object, V>(
  target: { prototype: T },
  shape: InterfaceShape,
  pairs: (object: T) => readonly (readonly [string, V])[],
): void {
  const { prototype } = target;
  const { name } = shape;
  interface State {
    readonly object: T;
    readonly pick: (pair: readonly [string, V]) => unknown;
    index: number;
  }
  const states = new WeakMap<object, State>();
  const iteratorPrototype = Object.create(IteratorPrototype) as object;
  const { next } = {
    next(this: object): IteratorResult<unknown> {
      const state = states.get(this);
      if (state === undefined) {
        throw new TypeError(`'next' called on an object that does not implement ${name} Iterator.`);
      }
      const pair = pairs(state.object)[state.index++];
      if (pair === undefined) return { value: undefined, done: true };
      return { value: state.pick(pair), done: false };
    },
  };
  Object.defineProperty(iteratorPrototype, 'next', {
    value: next,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  tag(iteratorPrototype, `${name} Iterator`);
  const iterate = (object: T, pick: State['pick']): object => {
    const iterator = Object.create(iteratorPrototype) as object;
    states.set(iterator, { object, pick, index: 0 });
    return iterator;
  };
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
    forEach(this: T, callback: unknown, thisArg: unknown = undefined) {
      if (typeof callback !== 'function') {
        throw new TypeError(
          `Failed to execute 'forEach' on '${name}': parameter 1 is not of type 'Function'.`,
        );
      }
      for (let index = 0; ; index++) {
        const pair = pairs(this)[index];
        if (pair === undefined) break;
        Reflect.apply(callback, thisArg, [pair[1], pair[0], this]);
      }
    },
  };
  for (const [key, method] of Object.entries(methods)) {
    const value = checked(method as Method, shape, key === 'forEach' ? 1 : 0, false);
    Object.defineProperty(prototype, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  Object.defineProperty(prototype, Symbol.iterator, {
    value: (prototype as unknown as { entries: Method }).entries,
    writable: true,
    configurable: true,
  });
}

const IteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf([][Symbol.iterator]()),
) as object;

/** Sets the name that `Object.prototype.toString` shows. */
export function tag(prototype: object, name: string): void {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/**
 * How `console` and `util.inspect` of Node.js show an instance: its class name and chosen properties.
 * @param describe the properties to show
 */
export function defineInspection<T extends object>(
  target: { prototype: T; name: string },
  describe: (object: T) => object,
): void {
  Object.defineProperty(target.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: T, depth: number, options: object, inspect: (value: unknown, o: object) => string) {
      if (depth < 0) return `[${target.name}]`;
      return `${target.name} ${inspect(describe(this), { ...options, depth })}`;
    },
    writable: true,
    configurable: true,
  });
}

function illegalInvocation(): TypeError {
  return withCode(new TypeError('Illegal invocation'), 'ERR_INVALID_THIS');
}

/** The error of a call with too few arguments. */
export function tooFewArguments(context: string, required: number, given: number): TypeError {
  const plural = required === 1 ? 'argument' : 'arguments';
  const only = given === 0 ? 'but' : 'but only';
  return new TypeError(`${context}: ${required} ${plural} required, ${only} ${given} found.`);
}
