/** `Intl.Locale`. */

import { defineLengths, isObject } from '../language/method.ts';
import { callJson, markLocale, optionsJson } from './intl-service.ts';

const options = [
  ...['language', 'script', 'region', 'variants', 'calendar', 'collation', 'hourCycle'],
  ...['caseFirst', 'firstDayOfWeek', 'numeric', 'numberingSystem'],
];

type Details = Readonly<Record<string, unknown>>;

export class Locale {
  readonly #details: Details;

  constructor(tag: unknown, given?: unknown) {
    if (typeof tag !== 'string' && !isObject(tag)) {
      throw new TypeError("First argument to Intl.Locale constructor can't be empty or missing");
    }
    this.#details = callJson('intl.locale', String(tag), optionsJson(given, options)) as Details;
    markLocale(this);
  }

  static {
    defineLengths({ Locale }, { Locale: 1 });
    const accessors = [
      ...['baseName', 'calendar', 'caseFirst', 'collation', 'firstDayOfWeek', 'hourCycle'],
      ...['language', 'numberingSystem', 'numeric', 'region', 'script', 'variants'],
    ];
    for (const name of accessors) {
      const descriptor = {
        get(this: Locale): unknown {
          return this.#details[name];
        },
      };
      Object.defineProperty(Locale.prototype, name, { ...descriptor, configurable: true });
    }
    const lists = ['Calendars', 'Collations', 'HourCycles', 'NumberingSystems', 'TimeZones'];
    for (const name of [...lists, 'TextInfo', 'WeekInfo'].map((what) => `get${what}`)) {
      const value = {
        [name](this: Locale): unknown {
          return this.#copy(name);
        },
      }[name];
      Object.defineProperty(Locale.prototype, name, { value, writable: true, configurable: true });
    }
    // The bundler may have renamed it.
    Object.defineProperty(Locale, 'name', { value: 'Locale' });
    Object.defineProperty(Locale.prototype, Symbol.toStringTag, {
      value: 'Intl.Locale',
      configurable: true,
    });
  }

  toString(): string {
    return String(this.#details.toString);
  }
  maximize(): Locale {
    return new Locale(this.#details.maximize);
  }
  minimize(): Locale {
    return new Locale(this.#details.minimize);
  }

  #copy(name: string): unknown {
    const value = this.#details[name];
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  }
}
