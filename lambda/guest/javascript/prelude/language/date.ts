/**
 * Texts of dates that V8 reads and QuickJS does not: RFC 3339 in lower case, and the narrow space that
 * `Intl` puts in front of AM and PM. Any other text that QuickJS reads costs nothing more. And the
 * name of the time zone, which is UTC here, in the texts that V8 writes.
 */

import { apply, construct, dateGetTime, exec, isNotNumber, replace } from '../core/intrinsics.ts';
import { replaceClass } from '../core/replace-class.ts';
import { defineLengths, defineMembers, isObject } from './method.ts';

const lowerCase = /^\s*([+-]?\d+-\d+-\d+)t([\d:.,]*)(z|[+-][\d:]+)?\s*$/i;
const narrowSpace = /\u202f/g;
const zoneName = ' (Coordinated Universal Time)';

/** The same date as QuickJS reads it. */
function readable(text: string): string {
  const parts = exec(lowerCase, text);
  if (parts === null) return replace(narrowSpace, text, ' ');
  const zone = parts[3] ?? '';
  return parts[1] + 'T' + parts[2] + (zone === 'z' ? 'Z' : zone);
}

/** Makes texts name the time zone, which is "implementation-defined" (ECMA-262, TimeZoneString). */
function nameZone(date: Date): void {
  const { toString: textOf, toTimeString: timeTextOf } = date;
  const named = (text: string): string => (text === 'Invalid Date' ? text : text + zoneName);
  defineMembers(date, {
    toString(this: unknown): string {
      return named(apply(textOf, this, []));
    },
    toTimeString(this: unknown): string {
      return named(apply(timeTextOf, this, []));
    },
  });
}

export function installDate(): void {
  const Native = Date;
  nameZone(Native.prototype);
  const nativeParse = Native.parse;
  function parse(text: string): number {
    const time = nativeParse(text);
    return isNotNumber(time) ? nativeParse(readable(text)) : time;
  }

  function create(target: unknown, args: IArguments): object {
    const date: object =
      target === Class && args.length === 0
        ? new Native()
        : construct(Native, args as unknown as unknown[], target);
    if (args.length !== 1 || !isNotNumber(dateGetTime(date))) return date;
    const given: unknown = args[0];
    // An object has been asked for its text already, and must not be twice.
    if (typeof given !== 'string') return date;
    return construct(Native, [parse(given)], target);
  }

  const Class = function (this: unknown): unknown {
    // biome-ignore lint/complexity/noArguments: a list of them would cost each call
    return new.target === undefined ? Native() + zoneName : create(new.target, arguments);
  };
  replaceClass(Native, Class);
  defineMembers(Class, {
    parse: (text: unknown): number => parse(isObject(text) ? `${text}` : (text as string)),
  });
  defineLengths(Class, { parse: 1 });
}
