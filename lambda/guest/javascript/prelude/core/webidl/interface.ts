/**
 * Makes the platform's classes interfaces as Web IDL defines them: enumerable members, checks of
 * `this` and of the number of arguments, promises that reject where a method would throw, constants
 * and `Symbol.toStringTag`.
 * @see https://webidl.spec.whatwg.org/#js-interfaces
 */

import type { Prelude } from '../host.ts';
import { weakSetHas } from '../intrinsics.ts';
import { countOf, type RequiredArguments, requireArguments, withCode } from './errors.ts';

// Captured here: a script may replace it.
const { apply } = Reflect;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A class, seen from outside. */
type Interface = abstract new (...args: never[]) => object;

/** The arguments that operations require, by operation; absent where there are none. */
type Requirements = { readonly [operation: string]: RequiredArguments };

/** What the class itself does not say. */
interface InterfaceDetails {
  readonly constants?: { readonly [name: string]: number };
  /** `constructor` is its `length` only: a constructor calls {@link requireArguments} itself. */
  readonly required?: Requirements;
  /** Those of static methods. */
  readonly requiredByStatics?: Requirements;
  /**
   * The brand check of all methods and attributes. Where it is absent, methods read a private field
   * of theirs, which QuickJS checks.
   */
  readonly is?: (value: unknown) => boolean;
  /** Those methods that return promises: with the brand check they reject, they never throw. */
  readonly promises?: readonly string[];
}

const interfaces = new WeakSet();

/** Whether it is a class of the platform, which `console` shows as one though it has no source. */
export function isInterface(value: object): boolean {
  return weakSetHas(interfaces, value);
}

/** Makes a class an interface: all its own methods and accessors become operations and attributes. */
export function defineInterface(
  target: Interface,
  name: string,
  {
    constants = {},
    required = {},
    requiredByStatics = {},
    is,
    promises = [],
  }: InterfaceDetails = {},
): void {
  const prototype: object = target.prototype;
  interfaces.add(target);
  defineMembers(target, { name }, ['prototype', 'name', 'length'], requiredByStatics, []);
  defineMembers(prototype, { name, is }, ['constructor'], required, promises);
  for (const [key, value] of Object.entries(constants)) {
    Object.defineProperty(target, key, { value, enumerable: true });
    Object.defineProperty(prototype, key, { value, enumerable: true });
  }
  const length = countOf(requirementOf(required, 'constructor'));
  Object.defineProperty(target, 'length', { value: length });
  // The bundler may have renamed the class.
  Object.defineProperty(target, 'name', { value: name });
  defineTag(prototype, name);
}

function defineMembers(
  side: object,
  owner: Owner,
  hidden: readonly string[],
  required: Requirements,
  promises: readonly string[],
): void {
  for (const key of Object.getOwnPropertyNames(side)) {
    if (hidden.includes(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(side, key) ?? {};
    const { value, get, set } = descriptor;
    if (typeof value === 'function') {
      const requirement = requirementOf(required, key);
      descriptor.value = operation(key, value, requirement, owner, promises.includes(key));
    } else if (owner.is !== undefined) {
      if (get !== undefined) descriptor.get = operation(get.name, get, 0, owner);
      if (set !== undefined) descriptor.set = operation(set.name, set, 1, owner);
    }
    Object.defineProperty(side, key, { ...descriptor, enumerable: true });
  }
}

function requirementOf(required: Requirements, operation: string): RequiredArguments {
  return Object.hasOwn(required, operation) ? (required[operation] ?? 0) : 0;
}

/** The interface that a method belongs to. */
interface Owner {
  /** As errors name it. */
  readonly name: string;
  /** The brand check; absent where methods have their own. */
  readonly is?: ((value: unknown) => boolean) | undefined;
}

/**
 * A function that checks its `this` and the number of its arguments before it runs.
 * @param rejects whether it returns a promise, which rejects where a check fails
 */
export function operation(
  name: string,
  method: (...args: never[]) => unknown,
  required: RequiredArguments,
  owner: Owner | null = null,
  rejects = false,
): Method {
  // The checks let nothing pass that the method does not expect.
  const unchecked = method as Method;
  const length = countOf(required);
  if (length === 0 && owner?.is === undefined) {
    return Object.defineProperty(unchecked, 'length', { value: 0 });
  }
  // Methods of an object, as these have no `prototype` and cannot be constructed.
  const { checked } = rejects
    ? {
        checked(this: unknown, ...args: unknown[]): unknown {
          try {
            return run(unchecked, this, args, required, owner);
          } catch (error) {
            return Promise.reject(error);
          }
        },
      }
    : {
        checked(this: unknown, ...args: unknown[]): unknown {
          return run(unchecked, this, args, required, owner);
        },
      };
  Object.defineProperty(checked, 'name', { value: name });
  return Object.defineProperty(checked, 'length', { value: length });
}

function run(
  method: Method,
  self: unknown,
  args: readonly unknown[],
  required: RequiredArguments,
  owner: Owner | null,
): unknown {
  if (owner?.is !== undefined && !owner.is(self)) {
    throw withCode(new TypeError('Illegal invocation'), 'ERR_INVALID_THIS');
  }
  // Not by `countOf`: a call more in each operation of the platform.
  if (args.length < (typeof required === 'number' ? required : required.length)) {
    requireArguments(args, required, `${owner?.name}.${method.name}`);
  }
  return apply(method, self, args);
}

/**
 * Guards a constructor that is not for scripts.
 * @param key a symbol of the class's own: a script that gets hold of one must not get all classes
 * @throws {TypeError} where the caller does not have the key
 */
export function requireKey(given: unknown, key: symbol): void {
  if (given !== key) throw new TypeError('Illegal constructor');
}

/** Sets the name that `Object.prototype.toString` shows. */
export function defineTag(prototype: object, name: string): void {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** Defines a global accessor that becomes a plain property where a script assigns to it. */
export function defineReplaceable({ define, global }: Prelude, name: string, value: object): void {
  Object.defineProperty(global, name, {
    get: () => value,
    set: (replacement: unknown) => define({ [name]: replacement }, { enumerable: true }),
    enumerable: true,
    configurable: true,
  });
}
