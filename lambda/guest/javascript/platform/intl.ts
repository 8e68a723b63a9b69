/**
 * The guest's `Intl`, served by that of Node.js: every call has its locales and options with it.
 * The guest's default locale is `en-US` and its time zone UTC, wherever this runs.
 */

import type { BridgeOperation, BridgeOperations } from '../bridge/bridge.ts';
import { named } from './failure.ts';
import { RunCache } from './run-cache.ts';

const DEFAULT_LOCALE = 'en-US';
const DEFAULT_TIME_ZONE = 'UTC';

type Options = { readonly [name: string]: unknown };
type Service = new (locales: readonly string[] | string, options: Options) => object;

const services: { readonly [name: string]: Service } = Object.assign(Object.create(null), {
  Collator: Intl.Collator,
  DateTimeFormat: Intl.DateTimeFormat,
  DisplayNames: Intl.DisplayNames,
  DurationFormat: Reflect.get(Intl, 'DurationFormat') as Service,
  ListFormat: Intl.ListFormat,
  NumberFormat: Intl.NumberFormat,
  PluralRules: Intl.PluralRules,
  RelativeTimeFormat: Intl.RelativeTimeFormat,
  Segmenter: Intl.Segmenter,
});

/** An argument as JSON; what JSON lacks is written as text. */
type Wire = { readonly number: string } | { readonly bigint: string } | { readonly value: unknown };

function readArgument(wire: Wire): unknown {
  if ('number' in wire) return Number(wire.number);
  return 'bigint' in wire ? BigInt(wire.bigint) : wire.value;
}

const formatters = new RunCache<object>();

function formatter(name: string, locales: string, options: string): object {
  return formatters.get(`${name} ${locales} ${options}`, () => make(name, locales, options));
}

function make(name: string, localesJson: string, optionsJson: string): object {
  const Service = services[name];
  if (Service === undefined) throw new TypeError(`There is no Intl.${name}`);
  const options = readOptions(optionsJson);
  const isDated = name === 'DateTimeFormat';
  return new Service(readLocales(localesJson), isDated ? withTimeZone(options) : options);
}

function readLocales(json: string): readonly string[] | string {
  const locales = readList(json);
  return locales.length === 0 ? DEFAULT_LOCALE : locales;
}

/** Arrays only: of another object with a `length`, Node.js would read every index. */
function readList(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw new TypeError('Incorrect locale information provided');
  return list.map(String);
}

function readOptions(json: string): Options {
  return JSON.parse(json) as Options;
}

function withTimeZone(options: Options): Options {
  return { timeZone: DEFAULT_TIME_ZONE, ...options };
}

/** Gives JSON. */
function inJson(operation: (...args: string[]) => unknown): BridgeOperation {
  return (...args) =>
    named(() => {
      const value = operation(...args.map(String));
      return value === undefined ? undefined : JSON.stringify(value);
    });
}

function invoke(target: object, method: string, argsJson: string): unknown {
  const args = (JSON.parse(argsJson) as Wire[]).map(readArgument);
  const callee = Reflect.get(target, method) as (...args: unknown[]) => unknown;
  return Reflect.apply(callee, target, args);
}

const dateMethods = ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'];
const caseMethods = ['toLocaleUpperCase', 'toLocaleLowerCase'];
const localeParts = [
  ...['baseName', 'calendar', 'caseFirst', 'collation', 'firstDayOfWeek', 'hourCycle'],
  ...['language', 'numberingSystem'],
  ...['numeric', 'region', 'script', 'variants'],
];
const localeMethods = [
  ...['toString', 'getCalendars', 'getCollations', 'getHourCycles', 'getNumberingSystems'],
  ...['getTextInfo', 'getTimeZones', 'getWeekInfo'],
];

function only(allowed: readonly string[], name: string): string {
  if (!allowed.includes(name)) throw new TypeError(`There is no ${name}`);
  return name;
}

/** All operations take and give JSON. */
export const intlOperations: BridgeOperations = {
  /** Checks locales and options. @returns the formatter's resolved options */
  'intl.resolve': inJson((name, locales, options) => {
    const made = make(name, locales, options) as { resolvedOptions(): unknown };
    return made.resolvedOptions();
  }),

  'intl.call': inJson((name, locales, options, method, args) => {
    return invoke(formatter(name, locales, options), method, args);
  }),

  'intl.date': inJson((method, time, locales, options) => {
    const date = new Date(time === 'NaN' ? Number.NaN : Number(time));
    const args = [{ value: readLocales(locales) }, { value: withTimeZone(readOptions(options)) }];
    return invoke(date, only(dateMethods, method), JSON.stringify(args));
  }),

  'intl.case': inJson((method, text, locales) => {
    const args = [{ value: readLocales(locales) }];
    return invoke(Object(text), only(caseMethods, method), JSON.stringify(args));
  }),

  /** @returns where the segments of a text start, and whether each is like a word */
  'intl.segments': inJson((locales, options, text) => {
    const segmenter = formatter('Segmenter', locales, options) as Intl.Segmenter;
    const segments = [...segmenter.segment(text)];
    return {
      starts: segments.map(({ index }) => index),
      wordLike: segments.map(({ isWordLike }) => (isWordLike ? 1 : 0)),
    };
  }),

  'intl.locale': inJson((tag, options) => {
    const locale = new Intl.Locale(tag, readOptions(options));
    const parts = localeParts.map((name) => [name, Reflect.get(locale, name)]);
    const answers = localeMethods.map((name) => [name, invoke(locale, name, '[]')]);
    const grown = ['maximize', 'minimize'].map((name) => [
      name,
      String(invoke(locale, name, '[]')),
    ]);
    return Object.fromEntries([...parts, ...answers, ...grown]);
  }),

  'intl.supportedLocales': inJson((name, locales, options) => {
    const Service = services[name] as unknown as typeof Intl.NumberFormat;
    return Service.supportedLocalesOf(readList(locales), readOptions(options));
  }),

  'intl.canonicalLocales': inJson((locales) => Intl.getCanonicalLocales(readList(locales))),

  'intl.supportedValues': inJson((key) => Intl.supportedValuesOf(key as 'calendar')),
};
