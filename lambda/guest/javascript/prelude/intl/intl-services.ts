/** The formatters of `Intl`, as tables: which options each reads, which methods it has. */

import { compareAscii } from './intl-ascii.ts';
import { defineService, numeric, text, time, type Wire } from './intl-service.ts';

const digitOptions = [
  ...['minimumIntegerDigits', 'minimumFractionDigits', 'maximumFractionDigits'],
  ...['minimumSignificantDigits', 'maximumSignificantDigits', 'roundingIncrement'],
  ...['roundingMode', 'roundingPriority', 'trailingZeroDisplay'],
];

export const numberOptions: readonly string[] = [
  ...['localeMatcher', 'numberingSystem', 'style', 'currency', 'currencyDisplay', 'currencySign'],
  ...['unit', 'unitDisplay', 'notation', 'compactDisplay', 'useGrouping', 'signDisplay'],
  ...digitOptions,
];

export const dateOptions: readonly string[] = [
  ...['localeMatcher', 'calendar', 'numberingSystem', 'hour12', 'hourCycle', 'timeZone', 'weekday'],
  ...['era', 'year', 'month', 'day', 'dayPeriod', 'hour', 'minute', 'second'],
  ...['fractionalSecondDigits', 'timeZoneName', 'formatMatcher', 'dateStyle', 'timeStyle'],
];

export const collatorOptions: readonly string[] = [
  ...['usage', 'localeMatcher', 'collation', 'numeric', 'caseFirst', 'sensitivity'],
  'ignorePunctuation',
];

const durationUnits = [
  ...['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'],
  ...['milliseconds', 'microseconds', 'nanoseconds'],
];

/** A list of texts. */
function texts(value: unknown): Wire {
  const list = value === undefined ? [] : [...(value as Iterable<unknown>)];
  for (const item of list) {
    if (typeof item !== 'string') {
      throw new TypeError(`Iterable yielded ${String(item)} which is not a string`);
    }
  }
  return { value: list };
}

/** An end of a range, which must be given. */
const rangeEnd =
  (convert: (value: unknown) => Wire) =>
  (value: unknown): Wire => {
    if (value === undefined) throw new TypeError('Invalid argument: undefined');
    return convert(value);
  };
const numberEnd = rangeEnd(numeric);
const timeEnd = rangeEnd(time);

function duration(value: unknown): Wire {
  if (typeof value === 'string') return { value };
  if (typeof value !== 'object' || value === null) throw new TypeError('Invalid duration');
  const units = durationUnits
    .map((unit) => [unit, (value as Record<string, unknown>)[unit]] as const)
    .filter(([, amount]) => amount !== undefined);
  return { value: Object.fromEntries(units.map(([unit, amount]) => [unit, Number(amount)])) };
}

export const Collator = defineService({
  name: 'Collator',
  options: collatorOptions,
  callable: true,
  bound: {
    name: 'compare',
    parameters: [text, text],
    quick: ({ locales, options }, [first, second]) =>
      locales === '[]' &&
      options === '{}' &&
      typeof first === 'string' &&
      typeof second === 'string'
        ? compareAscii(first, second)
        : undefined,
  },
  methods: {},
});

export const NumberFormat = defineService({
  name: 'NumberFormat',
  options: numberOptions,
  callable: true,
  bound: { name: 'format', parameters: [numeric] },
  methods: {
    formatToParts: [numeric],
    formatRange: [numberEnd, numberEnd],
    formatRangeToParts: [numberEnd, numberEnd],
  },
});

export const DateTimeFormat = defineService({
  name: 'DateTimeFormat',
  options: dateOptions,
  callable: true,
  bound: { name: 'format', parameters: [time] },
  methods: {
    formatToParts: [time],
    formatRange: [timeEnd, timeEnd],
    formatRangeToParts: [timeEnd, timeEnd],
  },
});

export const PluralRules = defineService({
  name: 'PluralRules',
  options: ['localeMatcher', 'type', 'notation', 'compactDisplay', ...digitOptions],
  methods: { select: [numeric], selectRange: [numberEnd, numberEnd] },
});

export const RelativeTimeFormat = defineService({
  name: 'RelativeTimeFormat',
  options: ['localeMatcher', 'numberingSystem', 'style', 'numeric'],
  methods: { format: [numeric, text], formatToParts: [numeric, text] },
});

export const ListFormat = defineService({
  name: 'ListFormat',
  strict: true,
  options: ['localeMatcher', 'type', 'style'],
  methods: { format: [texts], formatToParts: [texts] },
});

export const DisplayNames = defineService({
  name: 'DisplayNames',
  strict: true,
  required: 2,
  options: ['localeMatcher', 'style', 'type', 'fallback', 'languageDisplay'],
  methods: { of: [text] },
});

export const DurationFormat = defineService({
  name: 'DurationFormat',
  strict: true,
  options: [
    ...['localeMatcher', 'numberingSystem', 'style', 'fractionalDigits'],
    ...durationUnits.flatMap((unit) => [unit, `${unit}Display`]),
  ],
  methods: { format: [duration], formatToParts: [duration] },
});

export const Segmenter = defineService({
  name: 'Segmenter',
  strict: true,
  options: ['localeMatcher', 'granularity'],
  methods: {},
});
