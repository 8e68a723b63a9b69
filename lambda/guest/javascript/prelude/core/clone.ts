/** `structuredClone`. */

import { DOMException, isDomException } from './dom-exception.ts';
import type { Prelude } from './host.ts';
import { objectToString } from './intrinsics.ts';
import { iteratorPrototypes, opaquePrototypes } from './opaque-prototypes.ts';
import { getterOf, holds } from './webidl/brand.ts';
import { toDictionary } from './webidl/conversion.ts';
import { operation } from './webidl/interface.ts';

type Cloner = (value: object) => object | undefined;

const platformCloners: Cloner[] = [];

/** Makes a class of the platform cloneable: `clone` returns a copy of an instance, else `undefined`. */
export function addCloneable(clone: Cloner): void {
  platformCloners.push(clone);
}

/** A class whose instances leave for another object: what they were entangled with follows. */
interface Transferable {
  is(value: unknown): boolean;
  /** Makes the object that is received. */
  receiver(): object;
  move(from: object, to: object): void;
}

const transferables: Transferable[] = [];

export function addTransferable(transferable: Transferable): void {
  transferables.push(transferable);
}

/** Makes cloning an instance of a class fail; else it would be copied like a plain object. */
export function preventCloning(is: (value: unknown) => boolean): void {
  addCloneable((value) => {
    if (!is(value)) return undefined;
    throw new DOMException('Cannot clone object of unsupported type.', 'DataCloneError');
  });
}

// Captured here: a script may replace them.
const typedArrayTag = getterOf(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const bufferLength = getterOf(ArrayBuffer.prototype, 'byteLength');
const isDetached = getterOf(ArrayBuffer.prototype, 'detached');
const sharedLength = getterOf(SharedArrayBuffer.prototype, 'byteLength');
const mapSize = getterOf(Map.prototype, 'size');
const setSize = getterOf(Set.prototype, 'size');
const regExpSource = getterOf(RegExp.prototype, 'source');
const primitiveMethods = [
  Number.prototype.valueOf,
  String.prototype.valueOf,
  Boolean.prototype.valueOf,
  BigInt.prototype.valueOf,
];
const { getTime } = Date.prototype;
const { isError } = Error as unknown as { isError(value: unknown): boolean };

const errorClasses = new Map<string, ErrorConstructor>(
  Object.entries({ EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }),
);
const views = new Map<unknown, new (buffer: ArrayBuffer, offset: number, length: number) => object>(
  Object.entries({
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
    Float32Array,
    Float64Array,
    Float16Array,
  }),
);

const { isPrototypeOf: precedes } = Object.prototype;

let isProxy: (value: object) => boolean = () => false;

/** Says how to tell a proxy, which cannot be cloned, from its target. */
export function setProxyTest(test: (value: object) => boolean): void {
  isProxy = test;
}

/** Brand checks of objects whose state nobody can read. */
const opaqueMethods = [WeakMap.prototype.has, WeakSet.prototype.has, WeakRef.prototype.deref];

/** Whether a prototype is one of the object's. */
function isBefore(value: object): (prototype: object) => boolean {
  return (prototype) => Reflect.apply(precedes, prototype, [value]);
}

function isOpaque(value: object): boolean {
  return (
    value instanceof Promise ||
    opaqueMethods.some((method) => holds(method, value)) ||
    opaquePrototypes.some(isBefore(value))
  );
}

function uncloneable(value: unknown): DOMException {
  let shown: string;
  if (typeof value !== 'object' || value === null) shown = String(value);
  else {
    const isIterator = iteratorPrototypes.some(isBefore(value));
    shown = isIterator ? objectToString(value) : `#<${nameOfClass(value)}>`;
  }
  return new DOMException(`${shown} could not be cloned.`, 'DataCloneError');
}

/** No trap is called. */
function uncloneableProxy(proxy: object): DOMException {
  let shown = '#<Object>';
  try {
    if (Array.isArray(proxy)) shown = '[object Array]';
  } catch {
    // It is revoked.
  }
  return new DOMException(`${shown} could not be cloned.`, 'DataCloneError');
}

function nameOfClass(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

/** One call. Copies each object once, so that cycles stay cycles and shared objects stay shared. */
class Cloning {
  readonly #copies: Map<object, object>;

  /** @param received what stands for objects that are transferred */
  constructor(received: ReadonlyMap<object, object>) {
    this.#copies = new Map(received);
  }

  clone(value: unknown): unknown {
    if (typeof value === 'symbol' || typeof value === 'function') throw uncloneable(value);
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (isProxy(value)) throw uncloneableProxy(value);
    return isPlain(value)
      ? this.#copyProperties(value)
      : (this.#copyLeaf(value) ?? this.#copyTree(value));
  }

  #keep<Copy extends object>(value: object, copy: Copy): Copy {
    this.#copies.set(value, copy);
    return copy;
  }

  /** Copies an object that holds no other cloneable value. */
  #copyLeaf(value: object): object | undefined {
    for (const unbox of primitiveMethods) {
      if (holds(unbox, value)) return this.#keep(value, Object(Reflect.apply(unbox, value, [])));
    }
    if (holds(getTime, value)) return this.#keep(value, new Date(getTime.call(value as Date)));
    if (holds(regExpSource, value) && value !== RegExp.prototype) {
      const pattern = value as RegExp;
      return this.#keep(value, new RegExp(pattern.source, pattern.flags));
    }
    if (holds(bufferLength, value)) return this.#keep(value, copyBuffer(value as ArrayBuffer));
    if (holds(sharedLength, value)) return value;
    if (ArrayBuffer.isView(value)) return this.#copyView(value);
    for (const clone of platformCloners) {
      const copy = clone(value);
      if (copy !== undefined) return this.#keep(value, copy);
    }
    return undefined;
  }

  #copyView(view: ArrayBufferView): object {
    const tag = Reflect.apply(typedArrayTag, view, []);
    const View = views.get(tag) ?? DataView;
    const { byteOffset } = view;
    const length = tag === undefined ? view.byteLength : (view as Uint8Array).length;
    if (view.buffer instanceof ArrayBuffer && view.buffer.detached) throw uncloneable(view);
    const buffer = this.clone(view.buffer) as ArrayBuffer;
    return this.#keep(view, new View(buffer, byteOffset, length));
  }

  #copyTree(value: object): object {
    if (holds(mapSize, value)) return this.#copyMap(value as Map<unknown, unknown>);
    if (holds(setSize, value)) return this.#copySet(value as Set<unknown>);
    if (isError(value) && !isDomException(value)) return this.#copyError(value as Error);
    if (isDomException(value)) return this.#copyDomException(value);
    if (isOpaque(value)) throw uncloneable(value);
    return this.#copyProperties(value);
  }

  #copyProperties(value: object): object {
    const copy = Array.isArray(value) ? new Array(value.length) : {};
    this.#keep(value, copy);
    for (const key of Object.keys(value)) {
      // A getter that ran before may have removed it.
      if (!Object.hasOwn(value, key)) continue;
      define(copy, key, this.clone((value as Record<string, unknown>)[key]));
    }
    return copy;
  }

  #copyMap(map: Map<unknown, unknown>): object {
    const copy = this.#keep(map, new Map<unknown, unknown>());
    const entries = [...Map.prototype.entries.call(map)];
    for (const [key, value] of entries) {
      const copiedKey = this.clone(key);
      copy.set(copiedKey, this.clone(value));
    }
    return copy;
  }

  #copySet(set: Set<unknown>): object {
    const copy = this.#keep(set, new Set<unknown>());
    for (const value of [...Set.prototype.values.call(set)]) copy.add(this.clone(value));
    return copy;
  }

  /** @see https://html.spec.whatwg.org/#structuredserializeinternal step 17 */
  #copyError(error: Error): object {
    const { name } = error;
    const Constructor = errorClasses.get(String(name)) ?? Error;
    const message = Reflect.getOwnPropertyDescriptor(error, 'message');
    const hasText = message !== undefined && 'value' in message;
    const copy = this.#keep(
      error,
      hasText ? new Constructor(String(message.value)) : new Constructor(),
    );
    for (const key of ['stack', 'cause'] as const) {
      if (!Object.hasOwn(error, key)) continue;
      const value = key === 'stack' ? String(error.stack) : this.clone(error.cause);
      Object.defineProperty(copy, key, { value, writable: true, configurable: true });
    }
    return copy;
  }

  #copyDomException(exception: DOMException): object {
    const copy = this.#keep(exception, new DOMException(exception.message, exception.name));
    Object.defineProperty(copy, 'stack', { value: String(exception.stack) });
    return copy;
  }
}

/** Most objects are plain: they need no brand check for each other kind. */
function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value);
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function copyBuffer(buffer: ArrayBuffer): ArrayBuffer {
  if (buffer.detached)
    throw new DOMException('An ArrayBuffer is detached and could not be cloned.', 'DataCloneError');
  if (!buffer.resizable) return buffer.slice(0);
  const { byteLength, maxByteLength } = buffer;
  const copy = new ArrayBuffer(byteLength, { maxByteLength });
  new Uint8Array(copy).set(new Uint8Array(buffer));
  return copy;
}

/** The objects that the options of `structuredClone` name. */
function transferOf(options: unknown): unknown[] {
  const { transfer } = toDictionary(options, 'options');
  if (transfer === undefined) return [];
  if (typeof transfer !== 'object' || transfer === null || !(Symbol.iterator in transfer)) {
    throw new TypeError('The "options.transfer" property must be iterable.');
  }
  const list = [...(transfer as Iterable<unknown>)];
  for (const item of list) {
    if (typeof item !== 'object' || item === null)
      throw new TypeError('Only objects can be transferred.');
  }
  return list;
}

/** An object that leaves, and what is received in its place; a buffer is cloned like any other. */
interface Transfer {
  readonly from: object;
  readonly to: { readonly transferable: Transferable; readonly object: object } | null;
}

/** Each once. */
function toTransfers(list: readonly unknown[]): Transfer[] {
  const seen = new Set<unknown>();
  return list.map((from) => {
    const transferable = transferables.find(({ is }) => is(from));
    if (transferable === undefined && !holds(bufferLength, from)) {
      throw new DOMException('Value not transferable', 'DataCloneError');
    }
    if (seen.has(from)) {
      const kind = transferable === undefined ? 'ArrayBuffer' : nameOfClass(from as object);
      throw new DOMException(
        `${kind} at index ${seen.size} is a duplicate of an earlier ${kind}.`,
        'DataCloneError',
      );
    }
    seen.add(from);
    const to =
      transferable === undefined ? null : { transferable, object: transferable.receiver() };
    return { from: from as object, to };
  });
}

/**
 * Clones a value, and transfers objects that are in it or with it.
 * @returns the clone, and what is received for the objects that left, but for buffers
 */
export function cloneMessage(
  value: unknown,
  list: readonly unknown[],
): { copy: unknown; received: readonly object[] } {
  const transfers = toTransfers(list);
  const received = new Map<object, object>();
  for (const { from, to } of transfers) if (to !== null) received.set(from, to.object);
  const copy = new Cloning(received).clone(value);
  for (const { from, to } of transfers) {
    if (to === null && Reflect.apply(isDetached, from, [])) {
      throw new DOMException(
        'An ArrayBuffer is detached and could not be cloned.',
        'DataCloneError',
      );
    }
  }
  for (const { from, to } of transfers) {
    // The copies of buffers exist already: it is enough to detach the originals.
    if (to === null) (from as ArrayBuffer).transfer();
    else to.transferable.move(from, to.object);
  }
  return { copy, received: [...received.values()] };
}

export function structuredClone(value: unknown, options?: unknown): unknown {
  return cloneMessage(value, transferOf(options)).copy;
}

export function installClone({ define: defineGlobals }: Prelude): void {
  const clone = operation('structuredClone', structuredClone, ['value']);
  defineGlobals({ structuredClone: clone }, { enumerable: true });
}
