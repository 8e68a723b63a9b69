/** `Intl`, and the methods of the language that use it. The locale is `en-US`, the time zone UTC. */

import type { Prelude } from '../core/host.ts';
import { defineLengths } from '../language/method.ts';
import { compareAscii } from './intl-ascii.ts';
import { Locale } from './intl-locale.ts';
import { Segments } from './intl-segments.ts';
import {
  callJson,
  defineHidden,
  localesJson,
  numeric,
  optionsJson,
  serviceState,
  setIntlHost,
} from './intl-service.ts';
import * as services from './intl-services.ts';
import { collatorOptions, dateOptions, numberOptions } from './intl-services.ts';

const { Segmenter } = services;
defineHidden(Segmenter.prototype, {
  segment(input: unknown): Segments {
    return new Segments(serviceState(this, 'Segmenter'), `${input as string}`);
  },
});

const { getTime } = Date.prototype;

function formatNumber(value: number | bigint, locales: unknown, options: unknown): unknown {
  const given = [localesJson(locales), optionsJson(options, numberOptions)] as const;
  return callJson(
    'intl.call',
    'NumberFormat',
    ...given,
    'format',
    JSON.stringify([numeric(value)]),
  );
}

function dateMethod(name: string): unknown {
  return {
    [name](this: Date, locales?: unknown, options?: unknown): unknown {
      const time = getTime.call(this);
      return callJson(
        'intl.date',
        name,
        String(time),
        localesJson(locales),
        optionsJson(options, dateOptions),
      );
    },
  }[name];
}

function caseMethod(name: string, plain: () => string): unknown {
  return {
    [name](this: unknown, locales?: unknown): unknown {
      if (this === undefined || this === null) {
        throw new TypeError(`String.prototype.${name} called on null or undefined`);
      }
      const text = `${this as string}`;
      // Only a few languages have rules of their own.
      return locales === undefined
        ? plain.call(text)
        : callJson('intl.case', name, text, localesJson(locales));
    },
  }[name];
}

// A method, as the language's own cannot be constructed.
const { localeCompare } = {
  localeCompare(this: unknown, that?: unknown, locales?: unknown, options?: unknown): unknown {
    if (this === undefined || this === null) {
      throw new TypeError('String.prototype.localeCompare called on null or undefined');
    }
    const [first, second] = [`${this as string}`, `${that as string}`];
    const quick = locales === undefined && options === undefined && compareAscii(first, second);
    if (typeof quick === 'number') return quick;
    const given = [localesJson(locales), optionsJson(options, collatorOptions)] as const;
    const args = JSON.stringify([{ value: first }, { value: second }]);
    return callJson('intl.call', 'Collator', ...given, 'compare', args);
  },
};

function installLanguageMethods(): void {
  const { valueOf: numberOf } = Number.prototype;
  const { valueOf: bigIntOf } = BigInt.prototype;
  const { toUpperCase, toLowerCase } = String.prototype;
  defineHidden(Number.prototype, {
    toLocaleString(this: number, locales?: unknown, options?: unknown): unknown {
      return formatNumber(numberOf.call(this), locales, options);
    },
  });
  defineHidden(BigInt.prototype, {
    toLocaleString(this: bigint, locales?: unknown, options?: unknown): unknown {
      return formatNumber(bigIntOf.call(this), locales, options);
    },
  });
  defineHidden(Date.prototype, {
    toLocaleString: dateMethod('toLocaleString'),
    toLocaleDateString: dateMethod('toLocaleDateString'),
    toLocaleTimeString: dateMethod('toLocaleTimeString'),
  });
  defineHidden(String.prototype, {
    localeCompare,
    toLocaleUpperCase: caseMethod('toLocaleUpperCase', toUpperCase),
    toLocaleLowerCase: caseMethod('toLocaleLowerCase', toLowerCase),
  });
  for (const Class of [Number, BigInt, Date]) defineLengths(Class.prototype, { toLocaleString: 0 });
  defineLengths(Date.prototype, { toLocaleDateString: 0, toLocaleTimeString: 0 });
  defineLengths(String.prototype, {
    localeCompare: 1,
    toLocaleUpperCase: 0,
    toLocaleLowerCase: 0,
  });
}

export function installIntl({ define, host }: Prelude): void {
  setIntlHost(host);
  const { Collator, DateTimeFormat, DisplayNames, DurationFormat, ListFormat } = services;
  const { NumberFormat, PluralRules, RelativeTimeFormat } = services;
  const intl = {};
  defineHidden(intl, {
    getCanonicalLocales: (locales?: unknown) =>
      callJson('intl.canonicalLocales', localesJson(locales)),
    supportedValuesOf: (key: unknown) => callJson('intl.supportedValues', `${key as string}`),
    ...{ Collator, DateTimeFormat, DisplayNames, DurationFormat, ListFormat, Locale },
    ...{ NumberFormat, PluralRules, RelativeTimeFormat, Segmenter },
  });
  Object.defineProperty(intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  define({ Intl: intl });
  installLanguageMethods();
}
