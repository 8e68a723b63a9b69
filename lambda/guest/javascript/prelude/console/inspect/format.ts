/** `%` directives, as in `console.log('%s is %d', name, age)`. */

import {
  charCodeAt,
  get,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  slice,
  stringify,
  TypeErrorClass,
  toFloat,
  toInteger,
  toNumber,
  toPrimitiveKey,
  toText,
} from '../../core/intrinsics.ts';
import { type InspectOptions, inspectDefaults, plain } from './context.ts';
import type { Inspector } from './inspect.ts';
import { isBuiltInConstructor } from './names.ts';
import { proxyParts } from './proxies.ts';
import { formatBigInt, formatNumber } from './text.ts';

/**
 * `util.format` of Node.js.
 * @param room how many characters the caller shows at most; the text may be wrong after them
 */
export function format(inspector: Inspector, args: readonly unknown[], room: number): string {
  const first = args[0];
  if (args.length === 1 && typeof first === 'string') return slice(first, 0, room + 1);
  let text = '';
  let next = 0;
  let separator = '';
  if (typeof first === 'string') {
    const directives = substitute(inspector, first, args, room);
    if (directives !== undefined) {
      text = directives.text;
      next = directives.used;
      separator = ' ';
    }
  }
  for (; next < args.length && text.length <= room; next++) {
    const value = args[next];
    const left = room - text.length;
    text += separator;
    text +=
      typeof value === 'string'
        ? slice(value, 0, left + 1)
        : inspector.inspect(value, undefined, left);
    separator = ' ';
  }
  return text;
}

const PERCENT_SIGN = 37;

/** @returns undefined where the text has no directive */
function substitute(
  inspector: Inspector,
  template: string,
  args: readonly unknown[],
  room: number,
): { text: string; used: number } | undefined {
  if (args.length === 1) return undefined;
  let text = '';
  let used = 0;
  let copied = 0;
  for (let i = 0; i < template.length - 1 && text.length <= room; i++) {
    if (charCodeAt(template, i) !== PERCENT_SIGN) continue;
    const directive = template[++i] as string;
    if (directive === '%') {
      text += slice(template, copied, i);
      copied = i + 1;
      continue;
    }
    if (used + 1 === args.length) continue;
    const replacement = directiveText(inspector, directive, args[used + 1], room - text.length);
    if (replacement === undefined) continue;
    used++;
    text += slice(template, copied, i - 1);
    text += slice(replacement, 0, room + 1);
    copied = i + 1;
  }
  if (copied === 0) return undefined;
  text += slice(template, copied, copied + room + 1);
  return { text, used: used + 1 };
}

/** @returns undefined where it is not a directive */
function directiveText(
  inspector: Inspector,
  directive: string,
  value: unknown,
  room: number,
): string | undefined {
  switch (directive) {
    case 's':
      return asString(inspector, value, room);
    case 'd':
      return typeof value === 'symbol' ? 'NaN' : asNumber(value, toNumber);
    case 'i':
      return typeof value === 'symbol' ? 'NaN' : asNumber(value, toInteger);
    case 'f':
      if (typeof value === 'symbol') return 'NaN';
      return numberText(toFloat(value as string));
    case 'j':
      return asJson(value);
    case 'o':
      return inspector.inspect(value, { showHidden: true, showProxy: true, depth: 4 }, room);
    case 'O':
      return inspector.inspect(value, undefined, room);
    case 'c':
      return '';
    default:
      return undefined;
  }
}

const separated = inspectDefaults.numericSeparator;
const numberText = (value: number): string => formatNumber(plain, value, separated);

const asNumber = (value: unknown, convert: (value: string) => number): string =>
  typeof value === 'bigint'
    ? formatBigInt(plain, value, separated)
    : numberText(convert(value as string));

function asString(inspector: Inspector, value: unknown, room: number): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'bigint') return formatBigInt(plain, value, separated);
  if (typeof value !== 'object' || value === null || !hasBuiltInToString(value)) {
    return toText(value);
  }
  return inspector.inspect(value, { compact: 3, colors: false, depth: 0 } as InspectOptions, room);
}

/** Whether conversion to a string runs no code of the script. */
function hasBuiltInToString(original: object): boolean {
  let value = original;
  for (let parts = proxyParts(value); parts !== undefined; parts = proxyParts(value)) {
    if (parts === null) return true;
    value = parts.target;
  }
  const hasToString = typeof get(value, 'toString') === 'function';
  const hasToPrimitive = typeof get(value, toPrimitiveKey) === 'function';
  if (!hasToString && !hasToPrimitive) return true;
  const defines = (object: object): boolean =>
    (hasToString && hasOwn(object, 'toString')) ||
    (hasToPrimitive && hasOwn(object, toPrimitiveKey));
  if (defines(value)) return false;
  let owner: object | null = value;
  do owner = getPrototypeOf(owner);
  while (owner !== null && !defines(owner));
  if (owner === null) return true;
  const Class: unknown = getOwnPropertyDescriptor(owner, 'constructor')?.value;
  return typeof Class === 'function' && isBuiltInConstructor(Class.name);
}

/** The message of the error that QuickJS throws for a cycle. */
const cycleMessage = ((): unknown => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  try {
    return stringify(cycle);
  } catch (error) {
    return (error as Error).message;
  }
})();

function asJson(value: unknown): string {
  try {
    // `undefined`, for a function say, is printed as that word.
    return `${stringify(value)}`;
  } catch (error) {
    if (error instanceof TypeErrorClass && error.message === cycleMessage) return '[Circular]';
    throw error;
  }
}
