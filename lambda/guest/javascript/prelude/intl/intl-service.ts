/** What all formatters of `Intl` share: each call passes locales and options to Node.js's formatter. */

import type { Host } from '../core/host.ts';
import { defineLengths, isObject } from '../language/method.ts';

let host: Host;

export function setIntlHost(given: Host): void {
  host = given;
}

/** Calls an operation that returns JSON. */
export function callJson(operation: string, ...args: string[]): unknown {
  const answer = host.call(operation, ...args);
  return typeof answer === 'string' ? JSON.parse(answer) : undefined;
}

/** Locales as JSON. Throws what `Intl.getCanonicalLocales` throws, except for tags that are not valid. */
export function localesJson(locales: unknown): string {
  if (locales === undefined) return '[]';
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  if (typeof locales === 'string' || isLocale(locales)) return JSON.stringify([String(locales)]);
  const list = Object(locales) as ArrayLike<unknown>;
  const tags: string[] = [];
  for (let i = 0; i < list.length; i++) {
    if (!(i in list)) continue;
    const locale = list[i];
    if (typeof locale !== 'string' && (typeof locale !== 'object' || locale === null)) {
      throw new TypeError('Incorrect locale information provided');
    }
    tags.push(String(locale));
  }
  return JSON.stringify(tags);
}

const localeTags = new WeakSet<object>();

export function markLocale(locale: object): void {
  localeTags.add(locale);
}

function isLocale(value: unknown): boolean {
  return typeof value === 'object' && value !== null && localeTags.has(value);
}

/** The options that a formatter reads, as JSON. */
export function optionsJson(options: unknown, names: readonly string[]): string {
  if (options === undefined) return '{}';
  if (options === null) throw new TypeError('Cannot convert undefined or null to object');
  const read: Record<string, unknown> = {};
  for (const name of names) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    read[name] = typeof value === 'boolean' || typeof value === 'number' ? value : String(value);
    // JSON has no such numbers; Node.js rejects the text with the same error.
    if (typeof value === 'number' && !Number.isFinite(value)) read[name] = String(value);
  }
  return JSON.stringify(read);
}

export type Wire =
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly value: unknown };

/** A numeric argument; a text stays a text, so that no digit is lost. */
export function numeric(value: unknown): Wire {
  const primitive: unknown =
    typeof value === 'object' && value !== null ? toNumberPrimitive(value) : value;
  if (typeof primitive === 'bigint') return { bigint: String(primitive) };
  if (typeof primitive === 'string') return { value: primitive };
  const number = Number(primitive);
  return { number: Object.is(number, -0) ? '-0' : String(number) };
}

function toNumberPrimitive(value: object): unknown {
  if (value instanceof BigInt) return value.valueOf();
  return Number(value);
}

/** A time argument; now where it is absent. */
export function time(value: unknown): Wire {
  return { number: String(value === undefined ? Date.now() : Number(value)) };
}

export function text(value: unknown): Wire {
  return { value: `${value as string}` };
}

interface ServiceShape {
  readonly name: string;
  readonly options: readonly string[];
  /** Whether its options must be an object, as those of the newer formatters. */
  readonly strict?: boolean;
  /** Arguments that it cannot do without. */
  readonly required?: number;
  /** Whether it may be called without `new`. */
  readonly callable?: boolean;
  /** An accessor that returns a function bound to the formatter. */
  readonly bound?: {
    readonly name: string;
    readonly parameters: readonly Parameter[];
    /** Computes the result without the host, or returns `undefined`. */
    readonly quick?: (state: ServiceState, args: readonly unknown[]) => unknown;
  };
  readonly methods: { readonly [name: string]: readonly Parameter[] };
}

type Parameter = (value: unknown) => Wire;

/** The state of a formatter. */
export interface ServiceState {
  readonly service: string;
  readonly locales: string;
  readonly options: string;
  readonly resolved: object;
  bound?: unknown;
}

const states = new WeakMap<object, ServiceState>();

export function serviceState(self: unknown, service: string): ServiceState {
  const state = states.get(self as object);
  if (state?.service !== service) {
    throw new TypeError(`Method called on incompatible receiver, not an Intl.${service}`);
  }
  return state;
}

/** Makes a constructor of `Intl`. */
export function defineService(shape: ServiceShape): { readonly prototype: object } {
  const { name } = shape;
  const service = {
    [name]: function (locales?: unknown, options?: unknown): object {
      if (new.target === undefined && shape.callable !== true) {
        throw new TypeError(`Constructor Intl.${name} requires 'new'`);
      }
      if (shape.strict === true && options !== undefined && !isObject(options)) {
        throw new TypeError('Incorrect options information provided');
      }
      const target: { prototype: unknown } = new.target ?? service;
      const { prototype } = target;
      const made = Object.create(
        typeof prototype === 'object' && prototype !== null ? prototype : service.prototype,
      ) as object;
      const given = { locales: localesJson(locales), options: optionsJson(options, shape.options) };
      const resolved = callJson('intl.resolve', name, given.locales, given.options) as object;
      states.set(made, { service: name, ...given, resolved });
      return made;
    },
  }[name] as unknown as { readonly prototype: object };
  defineLengths({ service }, { service: shape.required ?? 0 });
  Object.defineProperty(service, 'prototype', { writable: false });
  defineHidden(service, {
    supportedLocalesOf(locales: unknown, options?: unknown): unknown {
      const given = optionsJson(options, ['localeMatcher']);
      return callJson('intl.supportedLocales', name, localesJson(locales), given);
    },
  });
  defineLengths(service, { supportedLocalesOf: 1 });
  const { prototype } = service;
  defineHidden(prototype, {
    resolvedOptions(): object {
      return { ...serviceState(this, name).resolved };
    },
    ...Object.fromEntries(
      Object.entries(shape.methods).map(([method, parameters]) => [
        method,
        {
          [method](...args: unknown[]): unknown {
            return invoke(serviceState(this, name), method, parameters, args);
          },
        }[method],
      ]),
    ),
  });
  for (const [method, { length }] of Object.entries(shape.methods)) {
    defineLengths(prototype, { [method]: length });
  }
  if (shape.bound !== undefined) defineBound(prototype, name, shape.bound);
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: `Intl.${name}`,
    configurable: true,
  });
  return service;
}

/** Defines methods as the language does: writable and not enumerable. */
export function defineHidden(target: object, methods: { readonly [name: string]: unknown }): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
}

function defineBound(
  prototype: object,
  service: string,
  { name, parameters, quick }: NonNullable<ServiceShape['bound']>,
): void {
  Object.defineProperty(prototype, name, {
    get() {
      const state = serviceState(this, service);
      state.bound ??= Object.defineProperties(
        (...args: unknown[]): unknown =>
          quick?.(state, args) ?? invoke(state, name, parameters, args),
        { name: { value: '' }, length: { value: parameters.length } },
      );
      return state.bound;
    },
    configurable: true,
  });
}

function invoke(
  state: ServiceState,
  method: string,
  parameters: readonly Parameter[],
  args: readonly unknown[],
): unknown {
  const wires = parameters.map((convert, index) => convert(args[index]));
  return callJson(
    'intl.call',
    state.service,
    state.locales,
    state.options,
    method,
    JSON.stringify(wires),
  );
}
