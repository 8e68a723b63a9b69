/**
 * V8's `stack` of errors (`TypeError: message` and the frames): an own accessor, as `Error` and its kin
 * define it; and `Error.captureStackTrace`. What QuickJS itself throws gets the accessor when a script
 * looks for properties; until then it inherits one.
 */

import { framesProperty } from '../../bridge/frames-property.ts';
import {
  arrayIndexOf,
  construct,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getOwnPropertyDescriptors,
  getOwnPropertyNames,
  getPrototypeOf,
  hasOwn,
  isExtensible,
  isNativeError,
  ownKeys,
  splice,
  weakMapGet,
  weakMapHas,
  weakMapSet,
} from '../core/intrinsics.ts';
import { replaceClass } from '../core/replace-class.ts';
import { composedStack, forgetFrames, stackFromHere } from './inspect/errors.ts';
import { framesAbove, rawFrames } from './inspect/frames.ts';
import { proxyParts } from './inspect/proxies.ts';

/** What a script has set, or had captured. */
const replaced = new WeakMap<object, unknown>();

/** The object that has frames: this one, or one that it inherits from. A proxy has none in V8 either. */
function holderOf(receiver: object): object | null {
  let object: object | null = receiver;
  while (object !== null && proxyParts(object) === undefined) {
    if (weakMapHas(replaced, object) || hasOwn(object, framesProperty)) return object;
    object = getPrototypeOf(object);
  }
  return null;
}

function readStack(receiver: unknown): unknown {
  const holder = isObject(receiver) ? holderOf(receiver) : null;
  if (holder === null) return undefined;
  return weakMapHas(replaced, holder) ? weakMapGet(replaced, holder) : composedStack(holder);
}

function replaceStack(holder: object, value: unknown): void {
  forgetFrames(holder);
  weakMapSet(replaced, holder, value);
}

// One pair for all errors, as in V8. Without a prototype: a script may add to that of objects.
const ownAccessor: PropertyDescriptor = Object.assign(Object.create(null), {
  get(this: unknown): unknown {
    return readStack(this);
  },
  set(this: unknown, value: unknown): void {
    const holder = isObject(this) ? holderOf(this) : null;
    if (holder !== null) replaceStack(holder, value);
  },
  enumerable: false,
  configurable: true,
});
for (const accessor of [ownAccessor.get, ownAccessor.set]) {
  Object.defineProperty(accessor, 'name', { value: '', configurable: true });
}
/** Marks the frames of an error whose own `stack` is there until the script deletes it. */
const fixedFrames: PropertyDescriptor = Object.assign(Object.create(null), { writable: false });

/**
 * The stack that the script itself has given to an error.
 * @returns undefined where it is that of the call
 */
export function scriptStack(error: object): unknown {
  if (weakMapHas(replaced, error)) return weakMapGet(replaced, error);
  const own = getOwnPropertyDescriptor(error, 'stack');
  if (own === undefined || own.get === ownAccessor.get) return undefined;
  return own.get === undefined ? own.value : (error as { readonly stack: unknown }).stack;
}

function giveStack<Thrown extends object>(error: Thrown): Thrown {
  defineProperty(error, framesProperty, fixedFrames);
  return defineProperty(error, 'stack', ownAccessor);
}

/** Whether the script has deleted it: then V8 has none. */
function hasLostStack(error: object): boolean {
  if (proxyParts(error) !== undefined || hasOwn(error, 'stack')) return false;
  return getOwnPropertyDescriptor(error, framesProperty)?.writable === false;
}

/** Gives what QuickJS threw the accessor that all errors have. */
function completeStack(error: object): void {
  const frames = getOwnPropertyDescriptor(error, framesProperty);
  if (frames?.writable !== true || !isExtensible(error)) return;
  for (let i = 0; i < syntaxPlace.length; i++) deleteProperty(error, syntaxPlace[i] as string);
  giveStack(error);
}

/** Where a syntax error is, as QuickJS tells it: V8's have none. */
const syntaxPlace = ['fileName', 'lineNumber', 'columnNumber'] as const;

export function installErrorStack(): void {
  defineProperty(Error.prototype, 'stack', {
    get(this: unknown) {
      return isObject(this) && !hasLostStack(this) ? readStack(this) : undefined;
    },
    set(this: unknown, value: unknown) {
      if (!isObject(this)) return;
      forgetFrames(this);
      defineProperty(this, 'stack', { value, writable: true, configurable: true });
    },
    configurable: true,
  });
  const { captureStackTrace } = {
    captureStackTrace(target: unknown, above?: unknown): void {
      if (!isObject(target)) throw new TypeError('Invalid argument');
      const name = typeof above === 'function' ? `${above.name}` : '';
      replaceStack(target, stackFromHere(target, name));
      defineProperty(target, 'stack', ownAccessor);
    },
  };
  defineProperty(Error, 'captureStackTrace', {
    value: captureStackTrace,
    writable: true,
    configurable: true,
  });
  installClasses();
  hideFrames();
}

/** Puts classes that give each error its `stack` in the place of the language's own. */
function installClasses(): void {
  const base = installClass(Error);
  const others = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  for (const Native of Object.values(others)) Object.setPrototypeOf(installClass(Native), base);
  Object.setPrototypeOf(installClass(AggregateError as unknown as ErrorConstructor), base);
}

function installClass(Native: ErrorConstructor): object {
  const Class =
    Native.length === 1
      ? function (this: unknown, message: string, options: ErrorOptions): Error {
          const target: unknown = new.target;
          if (target === undefined || target === Class)
            return giveStack(new Native(message, options));
          return beginAbove(
            target,
            giveStack(construct(Native, [message, options], target) as Error),
          );
        }
      : function (this: unknown, errors: unknown, message: unknown, options: unknown): Error {
          const target: unknown = new.target ?? Class;
          const error = giveStack(construct(Native, [errors, message, options], target) as Error);
          return target === Class ? error : beginAbove(target, error);
        };
  replaceClass(Native, Class);
  return Class;
}

/**
 * As in V8, the frames of an error of a script's own class begin where that is constructed: its
 * constructors, which are the innermost frames, tell nothing about what went wrong.
 */
function beginAbove(target: unknown, error: Error): Error {
  const frames = rawFrames(error);
  if (frames === undefined || !isObject(target) || proxyParts(target) !== undefined) return error;
  const name: unknown = getOwnPropertyDescriptor(target, 'name')?.value;
  if (typeof name !== 'string' || name === '') return error;
  const value = framesAbove(frames, name);
  return value === frames
    ? error
    : defineProperty(error, framesProperty, { __proto__: null, value } as PropertyDescriptor);
}

/** Makes the functions that list properties show what V8 has, and not QuickJS's frames. */
function hideFrames(): void {
  const describing = (describe: typeof getOwnPropertyDescriptor) =>
    ({
      getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
        if (key === 'stack' && isNativeError(target)) completeStack(target);
        return key === framesProperty ? undefined : describe(target, key);
      },
    }).getOwnPropertyDescriptor;
  const members = {
    getOwnPropertyDescriptor: describing(getOwnPropertyDescriptor),
    getOwnPropertyNames: (target: object): string[] => shown(target, getOwnPropertyNames(target)),
    getOwnPropertyDescriptors(target: object): object {
      const all = getOwnPropertyDescriptors(target);
      return hasOwn(all, framesProperty) ? describeShown(target) : all;
    },
  };
  const reflected = {
    getOwnPropertyDescriptor: describing(Reflect.getOwnPropertyDescriptor),
    ownKeys: (target: object): (string | symbol)[] => shown(target, ownKeys(target)),
  };
  const hidden = { writable: true, enumerable: false, configurable: true };
  for (const [name, value] of Object.entries(members)) {
    defineProperty(Object, name, { value, ...hidden });
  }
  for (const [name, value] of Object.entries(reflected)) {
    defineProperty(Reflect, name, { value, ...hidden });
  }
}

function describeShown(target: object): object {
  const keys = shown(target, ownKeys(target));
  const result = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const value = getOwnPropertyDescriptor(target, key);
    const entry = { value, writable: true, enumerable: true, configurable: true };
    if (value !== undefined) defineProperty(result, key, entry);
  }
  return result;
}

/** In V8 `stack` is the first property of an error. */
function shown<Key extends PropertyKey>(target: object, keys: Key[]): Key[] {
  const at = arrayIndexOf(keys, framesProperty);
  if (at === -1) return keys;
  splice(keys, at, 1);
  if (isNativeError(target)) {
    completeStack(target);
    for (let i = keys.length - 1; i >= 0; i--)
      if (!hasOwn(target, keys[i] as Key)) splice(keys, i, 1);
  }
  const own = arrayIndexOf(keys, 'stack');
  if (own !== -1) splice(keys, own, 1);
  if (own !== -1 || hasOwn(target, 'stack')) splice(keys, 0, 0, 'stack');
  return keys;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
