/** Strings, numbers and the other primitives. */

import {
  charCodeAt,
  exec,
  includes,
  indexOf,
  is,
  isFiniteNumber,
  isNotNumber,
  join,
  numberToString,
  padStart,
  repeat,
  replace,
  slice,
  splitBy,
  symbolToString,
  trunc,
} from '../../core/intrinsics.ts';
import type { InspectContext, Stylize } from './context.ts';

const loneSurrogates =
  '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]';
const unprintable = new RegExp(`[\\x00-\\x1f\\x5c\\x7f-\\x9f]|${loneSurrogates}`);
const unprintables = new RegExp(unprintable.source, 'g');
const unprintableOrQuote = new RegExp(`[\\x00-\\x1f\\x27\\x5c\\x7f-\\x9f]|${loneSurrogates}`);
const unprintablesAndQuotes = new RegExp(unprintableOrQuote.source, 'g');

const shortEscapes: Record<string, string> = {
  __proto__: null as never,
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = charCodeAt(character, 0);
  const hex = numberToString(code, 16);
  // Node.js writes control characters in upper case, lone surrogates in lower case.
  return code < 0x100 ? `\\x${padStart(upperHex(hex), 2, '0')}` : `\\u${hex}`;
}

const upperHex = (hex: string): string => replace(/[a-f]/g, hex, (digit) => digits[digit] ?? digit);
const digits: Record<string, string> = { a: 'A', b: 'B', c: 'C', d: 'D', e: 'E', f: 'F' };

/** Quotes a text like a literal, with the quotes that need the fewest escapes. */
export function quote(text: string): string {
  let mark = "'";
  if (includes(text, "'")) {
    if (!includes(text, '"')) mark = '"';
    else if (!includes(text, '`') && !includes(text, '${')) mark = '`';
  }
  const escapesQuote = mark === "'";
  const test = escapesQuote ? unprintableOrQuote : unprintable;
  const all = escapesQuote ? unprintablesAndQuotes : unprintables;
  return exec(test, text) === null
    ? `${mark}${text}${mark}`
    : `${mark}${replace(all, text, escapeCharacter)}${mark}`;
}

/** Escapes as inside single quotes. */
export const escapeSymbol = (text: string): string =>
  replace(unprintablesAndQuotes, text, escapeCharacter);

const bareKey = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

export const isBareKey = (key: string): boolean => exec(bareKey, key) !== null;

/** Groups digits by underscores, from the right. */
function separateThousands(integer: string): string {
  let result = '';
  let i = integer.length;
  const start = integer[0] === '-' ? 1 : 0;
  for (; i >= start + 4; i -= 3) result = `_${slice(integer, i - 3, i)}${result}`;
  return i === integer.length ? integer : `${slice(integer, 0, i)}${result}`;
}

function separateFraction(fraction: string): string {
  let result = '';
  let i = 0;
  for (; i < fraction.length - 3; i += 3) result += `${slice(fraction, i, i + 3)}_`;
  return i === 0 ? fraction : `${result}${slice(fraction, i)}`;
}

export function formatNumber(style: Stylize, value: number, separator: boolean): string {
  if (is(value, -0)) return style('-0', 'number');
  const text = `${value}`;
  if (!separator || !isFiniteNumber(value) || isNotNumber(value) || includes(text, 'e')) {
    return style(text, 'number');
  }
  if (trunc(value) === value) return style(separateThousands(text), 'number');
  const point = indexOf(text, '.');
  const integer = separateThousands(slice(text, 0, point));
  return style(`${integer}.${separateFraction(slice(text, point + 1))}`, 'number');
}

export function formatBigInt(style: Stylize, value: bigint, separator: boolean): string {
  const text = `${value}`;
  return style(`${separator ? separateThousands(text) : text}n`, 'bigint');
}

/** A string of this length or less is never broken at its line ends. */
const MAX_UNBROKEN_LENGTH = 16;

export function formatPrimitive(context: InspectContext, value: unknown, style: Stylize): string {
  switch (typeof value) {
    case 'string':
      return formatString(context, value, style);
    case 'number':
      return formatNumber(style, value, context.numericSeparator);
    case 'bigint':
      return formatBigInt(style, value, context.numericSeparator);
    case 'symbol':
      return style(symbolToString(value), 'symbol');
    case 'boolean':
      return style(`${value}`, 'boolean');
    default:
      return style('undefined', 'undefined');
  }
}

function formatString(context: InspectContext, value: string, style: Stylize): string {
  let text = value;
  let trailer = '';
  const limit = context.maxStringLength;
  if (text.length > limit) {
    trailer = `... ${more(text.length - limit, 'character')}`;
    text = slice(text, 0, limit);
  }
  text = withinRoom(context, text);
  if (
    context.compact !== true &&
    text.length > MAX_UNBROKEN_LENGTH &&
    text.length > context.breakLength - context.indentation - 4
  ) {
    const lines = splitBy(/(?<=\n)/, text);
    for (let i = 0; i < lines.length; i++) lines[i] = style(quote(lines[i] as string), 'string');
    return join(lines, ` +\n${repeat(' ', context.indentation + 2)}`) + trailer;
  }
  return style(quote(text), 'string') + trailer;
}

/** Cuts text that the caller does not show, before it is processed. */
export function withinRoom(context: InspectContext, text: string): string {
  const length = context.room > 0 ? context.room + 1 : 1;
  return text.length > length ? slice(text, 0, length) : text;
}

/** `1 more item`, `2 more items`. */
export const more = (count: number, noun: string): string =>
  `${count} more ${noun}${count > 1 ? 's' : ''}`;
