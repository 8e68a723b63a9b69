/**
 * The rules of Web IDL that every class of the web platform follows: how an interface looks from
 * outside, and how arguments are converted.
 */

type AnyFunction = (...args: never[]) => unknown;
/** A class, seen from outside. */
export type Interface = abstract new (...args: never[]) => object;

/** What the shape of a class does not tell. */
export interface InterfaceDetails {
  readonly constants?: Readonly<Record<string, number>>;
  /**
   * Names of the arguments that an operation (or the `constructor`) requires. An operation throws
   * a TypeError where one is missing; a constructor calls {@link requireArguments} itself.
   */
  readonly required?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Makes a class look as Web IDL says: methods and accessors enumerable, `length` counting required
 * arguments, `Symbol.toStringTag` set, constants on both sides.
 * @see https://webidl.spec.whatwg.org/#interface-object
 */
export function exposeInterface(
  target: Interface,
  name: string,
  { constants = {}, required = {} }: InterfaceDetails = {},
): void {
  const prototype: object = target.prototype;
  exposeMembers(target, ['prototype', 'name', 'length'], required);
  exposeMembers(prototype, ['constructor'], required);
  for (const [key, value] of Object.entries(constants)) {
    Object.defineProperty(target, key, { value, enumerable: true });
    Object.defineProperty(prototype, key, { value, enumerable: true });
  }
  const length = Object.hasOwn(required, 'constructor') ? required.constructor?.length : 0;
  Object.defineProperty(target, 'length', { value: length, configurable: true });
  // The bundler may have renamed the class.
  Object.defineProperty(target, 'name', { value: name, configurable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

function exposeMembers(
  side: object,
  hidden: readonly string[],
  required: NonNullable<InterfaceDetails['required']>,
): void {
  for (const key of Object.getOwnPropertyNames(side)) {
    if (hidden.includes(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(side, key);
    if (typeof descriptor?.value === 'function') {
      const names = Object.hasOwn(required, key) ? (required[key] ?? []) : [];
      descriptor.value = operation(key, descriptor.value, names);
    }
    Object.defineProperty(side, key, { ...descriptor, enumerable: true });
  }
}

/** A function that requires arguments. */
export function operation<Method extends (...args: never[]) => unknown>(
  name: string,
  method: Method,
  names: readonly string[],
): Method {
  if (names.length > 0) {
    const wrapped = {
      [name](...args: unknown[]): unknown {
        requireArguments(args, names);
        return Reflect.apply(method, this, args);
      },
    }[name];
    Object.defineProperty(wrapped, 'length', { value: names.length, configurable: true });
    // Same parameters, same result.
    return wrapped as unknown as Method;
  }
  Object.defineProperty(method, 'length', { value: 0, configurable: true });
  return method;
}

/** Throws what Node.js throws where arguments are missing. */
export function requireArguments(given: readonly unknown[], names: readonly string[]): void {
  if (given.length >= names.length) return;
  const quoted = names.map((name) => `"${name}"`);
  const list =
    quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}` : quoted[0];
  throw withCode(
    new TypeError(`The ${list} ${names.length > 1 ? 'arguments' : 'argument'} must be specified`),
    'ERR_MISSING_ARGS',
  );
}

/** Gives an error the `code` that Node.js's own has. */
export function withCode<Thrown extends Error>(error: Thrown, code: string): Thrown {
  return Object.defineProperty(error, 'code', {
    value: code,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** What Node.js throws for an argument of another type than the one wanted. */
export function invalidArgument(name: string, wanted: string, value: unknown): TypeError {
  return withCode(
    new TypeError(`The "${name}" argument must be ${wanted}. Received ${describe(value)}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name: unknown = value.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
  }
  const text = typeof value === 'string' ? `'${value.slice(0, 25)}'` : String(value);
  return `type ${typeof value} (${text})`;
}

/** `DOMString`: as `${value}`, so that a symbol is a TypeError. */
export function toDomString(value: unknown): string {
  return `${value as string}`;
}

/** `USVString`: lone surrogates become U+FFFD. */
export function toUsvString(value: unknown): string {
  return toDomString(value).toWellFormed();
}

/** `unsigned long long` with `[EnforceRange]`. */
export function toUnsignedLongLong(value: unknown, name: string): number {
  const number = Math.trunc(Number(value));
  if (!(number >= 0 && number <= Number.MAX_SAFE_INTEGER)) {
    throw Number.isFinite(Number(value))
      ? withCode(
          new RangeError(
            `The value of "${name}" is out of range. It must be >= 0 && <= 9007199254740991. Received ${number}`,
          ),
          'ERR_OUT_OF_RANGE',
        )
      : invalidArgument(name, 'of type number', value);
  }
  return number === 0 ? 0 : number;
}

/** A dictionary: an object, or `undefined` or `null` for an empty one. */
export function toDictionary(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw invalidArgument(name, 'of type object', value);
  }
  return value as Record<string, unknown>;
}

/** The bytes of a `BufferSource`, not copied. */
export function toBytes(value: unknown, name: string): Uint8Array {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isArrayBuffer(value)) return new Uint8Array(value);
  throw invalidArgument(name, 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
}

/** The bytes as an `ArrayBuffer` of their own, as the host takes them. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return isPlainBuffer(buffer) && bytes.byteLength === buffer.byteLength
    ? buffer
    : bytes.slice().buffer;
}

const byteLengthOf = getterOf(ArrayBuffer.prototype, 'byteLength');
const sharedByteLengthOf = getterOf(SharedArrayBuffer.prototype, 'byteLength');

function isPlainBuffer(value: unknown): value is ArrayBuffer {
  return holds(byteLengthOf, value);
}

/** Whether the value is an `ArrayBuffer` or a `SharedArrayBuffer`, of whatever prototype. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return holds(byteLengthOf, value) || holds(sharedByteLengthOf, value);
}

/** Whether an intrinsic function accepts the value as its `this`: a brand check. */
export function holds(brandCheck: AnyFunction, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    Reflect.apply(brandCheck, value, []);
    return true;
  } catch {
    return false;
  }
}

/** The getter of an intrinsic accessor. */
export function getterOf(prototype: object, key: PropertyKey): AnyFunction {
  const getter = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  if (getter === undefined) throw new Error(`There is no accessor ${String(key)}.`);
  return getter;
}
