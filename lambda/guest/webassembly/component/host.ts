/**
 * What the host offers to components: interfaces whose functions take and return values of WIT's types
 * as JavaScript has them. Canonical ABI, handles and suspension are not seen here.
 */

/**
 * A value of a WIT type in JavaScript.
 *
 * | WIT | JavaScript |
 * | --- | --- |
 * | `bool` | boolean |
 * | `s8` … `u32`, `f32`, `f64` | number |
 * | `s64`, `u64` | bigint |
 * | `char`, `string` | string |
 * | `list<u8>` | `Uint8Array`, a copy that its receiver owns |
 * | other lists, `tuple` | array |
 * | `record` | {@link HostRecord}: an object without prototype, keys as in WIT |
 * | `variant`, a `result` within a value | {@link HostVariant}; the tags of a result are `ok` and `error` |
 * | `enum` | string |
 * | `flags` | array of the names that are set, in the order of WIT |
 * | `option<T>` | `undefined` or the value; where `T` is an option itself, `undefined` or {@link HostSome} |
 * | `own<R>`, `borrow<R>` | the host's object itself, see {@link HostResource} |
 */
export type HostValue =
  | boolean
  | number
  | bigint
  | string
  | undefined
  | Uint8Array
  | readonly HostValue[]
  | HostRecord
  | HostVariant
  | HostSome
  | HostResource;

export interface HostRecord {
  readonly [field: string]: HostValue;
}

export interface HostVariant {
  readonly tag: string;
  /** Absent where the case has no payload. */
  readonly value?: HostValue;
}

/** The inner option of an `option<option<…>>`. */
export interface HostSome {
  readonly some: HostValue;
}

/**
 * An object of the host that components hold by handles. Its class names the WIT resource in a getter
 * or a field; what has no such name, or that of another resource, never reaches a host function that
 * takes this one.
 */
export interface HostResource {
  /** Interface without version, `/`, resource: `wasi:io/streams/input-stream`. */
  readonly resource: string;
  /** Called once, when the component drops the handle that owns the object, or passes it to nobody. */
  [Symbol.dispose]?(): void;
}

export interface HostFunction {
  /**
   * A function whose WIT result is `result<T, E>` returns its `T` (`undefined` where there is none) or
   * throws a {@link ResultError} of its `E`. Anything else that is thrown traps the component: use
   * `halt` for what a guest must not catch, such as an exit.
   *
   * Parameters have the types of the declared signature: what a component declares otherwise is not linked.
   */
  call(...args: HostValue[]): HostValue | Promise<HostValue>;
  /** It may return a promise; the component waits, suspended by JSPI. */
  readonly blocks?: true;
}

export interface HostInterface {
  /** With its package, without version: `wasi:io/streams`. */
  readonly name: string;
  /** The newest that it serves, `0.2.8`: it satisfies imports of any compatible version. */
  readonly version: string;
  /**
   * By their names in a component's binary: `get-environment`, `[method]input-stream.read`,
   * `[static]fields.from-list`, `[constructor]fields`. Drops are not functions here.
   */
  readonly functions: Readonly<Record<string, HostFunction>>;
  /** Names of the resources that the interface defines itself (not those it uses of others). */
  readonly resources?: readonly string[];
}

/** The `E` of a `result<T, E>` that a host function returns. */
export class ResultError extends Error {
  readonly value: HostValue;

  /** @param value nothing where the result is `result<T>` */
  constructor(value?: HostValue) {
    super('the error of a result');
    this.name = 'ResultError';
    this.value = value;
  }
}
