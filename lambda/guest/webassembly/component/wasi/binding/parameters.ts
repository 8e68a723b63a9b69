/**
 * Parameters of host functions, by their WIT types. A component declares the types of what it imports
 * itself: each value is checked to be of the type that the interface says.
 */

import { halt } from '../../../module/halt.ts';
import type { HostFunction, HostResource, HostValue } from '../../host.ts';

/** Reads a value of one WIT type; any other traps. */
export type Parameter<T> = (value: HostValue) => T;

/** What the parameters are read as. */
export type Values<Parameters extends readonly Parameter<unknown>[]> = {
  [Index in keyof Parameters]: Parameters[Index] extends Parameter<infer T> ? T : never;
};

/** Ends the run: the component did what its interface forbids. */
export function trap(message: string): never {
  return halt({ kind: 'trap', message });
}

/** A host function with these parameters, which returns at once. */
export function hostFunction<const Parameters extends readonly Parameter<unknown>[]>(
  parameters: Parameters,
  call: (...values: Values<Parameters>) => HostValue,
): HostFunction {
  return { call: (...args) => call(...read(parameters, args)) };
}

/** A host function with these parameters, and without a result. */
export function hostAction<const Parameters extends readonly Parameter<unknown>[]>(
  parameters: Parameters,
  call: (...values: Values<Parameters>) => void,
): HostFunction {
  return hostFunction(parameters, (...values) => {
    call(...values);
    return undefined;
  });
}

/** A host function with these parameters, which may wait. */
export function blockingFunction<const Parameters extends readonly Parameter<unknown>[]>(
  parameters: Parameters,
  call: (...values: Values<Parameters>) => HostValue | Promise<HostValue>,
): HostFunction {
  return { call: (...args) => call(...read(parameters, args)), blocks: true };
}

function read<const Parameters extends readonly Parameter<unknown>[]>(
  parameters: Parameters,
  args: readonly HostValue[],
): Values<Parameters> {
  if (args.length !== parameters.length) mismatch(`${parameters.length} parameters`, args.length);
  // One value of each parameter, in their order.
  return parameters.map((parameter, index) => parameter(args[index])) as Values<Parameters>;
}

function mismatch(expected: string, value: HostValue): never {
  return trap(`A function of the host takes ${expected}, and was called with ${typeof value}.`);
}

const boolean: Parameter<boolean> = (value) =>
  typeof value === 'boolean' ? value : mismatch('a bool', value);

const u64: Parameter<bigint> = (value) =>
  typeof value === 'bigint' && value >= 0n && value < 2n ** 64n ? value : mismatch('a u64', value);

const unsigned =
  (bits: number): Parameter<number> =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** bits
      ? value
      : mismatch(`a u${bits}`, value);

const string: Parameter<string> = (value) =>
  typeof value === 'string' ? value : mismatch('a string', value);

const bytes: Parameter<Uint8Array> = (value) =>
  value instanceof Uint8Array ? value : mismatch('a list<u8>', value);

const list =
  <T>(element: Parameter<T>): Parameter<T[]> =>
  (value) =>
    Array.isArray(value)
      ? value.map((each: HostValue) => element(each))
      : mismatch('a list', value);

const pair =
  <First, Second>(first: Parameter<First>, second: Parameter<Second>): Parameter<[First, Second]> =>
  (value) =>
    Array.isArray(value) && value.length === 2
      ? [first(value[0]), second(value[1])]
      : mismatch('a tuple', value);

const option =
  <T>(inner: Parameter<T>): Parameter<T | undefined> =>
  (value) =>
    value === undefined ? undefined : inner(value);

const record = <Fields extends { readonly [name: string]: unknown }>(
  fields: {
    readonly [Name in keyof Fields]: Parameter<Fields[Name]>;
  },
): Parameter<Fields> => {
  const readers = Object.entries<Parameter<unknown>>(fields);
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) mismatch('a record', value);
    const given = value as { readonly [name: string]: HostValue };
    // All of the fields, each of its type.
    return Object.fromEntries(
      readers.map(([name, reader]) => [name, reader(given[name])]),
    ) as unknown as Fields;
  };
};

/** One of an enum's names. */
const oneOf =
  <const Name extends string>(...names: readonly Name[]): Parameter<Name> =>
  (value) =>
    names.find((name) => name === value) ?? mismatch('an enum', value);

/** Those names of flags that are set. */
const flags =
  <const Name extends string>(...names: readonly Name[]): Parameter<ReadonlySet<Name>> =>
  (value) =>
    new Set(list(oneOf(...names))(value));

type Cases = { readonly [tag: string]: Parameter<unknown> | null };
type CaseOf<Of extends Cases> = {
  [Tag in keyof Of & string]: Of[Tag] extends Parameter<infer T>
    ? { readonly tag: Tag; readonly value: T }
    : { readonly tag: Tag; readonly value?: undefined };
}[keyof Of & string];

/** A variant by its cases, `null` for one without a payload; a `result` by `ok` and `error`. */
const variant = <const Of extends Cases>(cases: Of): Parameter<CaseOf<Of>> => {
  const readers = new Map(Object.entries(cases));
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) mismatch('a variant', value);
    const { tag, value: payload } = value as { readonly tag?: unknown; readonly value?: HostValue };
    const reader = typeof tag === 'string' ? readers.get(tag) : undefined;
    if (reader === undefined) mismatch('a variant', value);
    // The tag and its own payload.
    return { tag, ...(reader && { value: reader(payload) }) } as CaseOf<Of>;
  };
};

/** An object of the host. */
const resource =
  <T extends HostResource>(kind: abstract new (...parameters: never[]) => T): Parameter<T> =>
  (value) =>
    value instanceof kind ? value : mismatch(`the resource ${kind.name}`, value);

/** The WIT types that interfaces of this host use. */
export const wit = {
  boolean,
  u8: unsigned(8),
  u16: unsigned(16),
  u32: unsigned(32),
  u64,
  string,
  bytes,
  list,
  pair,
  option,
  record,
  oneOf,
  flags,
  variant,
  resource,
};
