/** Selects the properties of an object to show, and formats each. */

import {
  apply,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  getOwnPropertySymbols,
  isEnumerable,
  objectKeys,
  ownKeys,
  repeat,
  symbolToString,
  toLowerCase,
} from '../../core/intrinsics.ts';
import { type InspectContext, plain } from './context.ts';
import { escapeSymbol, formatPrimitive, isBareKey, quote, withinRoom } from './text.ts';
import { columns } from './width.ts';

/** The kind of a list of entries: properties, elements, or elements followed by properties. */
export type EntryKind = 'object' | 'element' | 'array';

export function shownKeys(value: object, showHidden: boolean): (string | symbol)[] {
  if (showHidden) return ownKeys(value);
  let keys: (string | symbol)[];
  try {
    keys = objectKeys(value);
  } catch {
    // A module namespace object whose bindings are not initialized yet.
    keys = getOwnPropertyNames(value);
  }
  const symbols = getOwnPropertySymbols(value);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as symbol;
    if (isEnumerable(value, symbol)) keys[keys.length] = symbol;
  }
  return keys;
}

/**
 * A longer list is shown without its named properties: to find them, QuickJS would make a string of
 * every index.
 */
const MAX_SEARCHED_LENGTH = 100_000;

/** The keys of an array, a typed array or a boxed string that are not indices. */
export function extraKeys(value: object, length: number, showHidden: boolean): (string | symbol)[] {
  const keys: (string | symbol)[] = [];
  const all: (string | symbol)[] =
    length > MAX_SEARCHED_LENGTH
      ? getOwnPropertySymbols(value)
      : showHidden
        ? ownKeys(value)
        : shownKeys(value, false);
  for (let i = 0; i < all.length; i++) {
    const key = all[i] as string | symbol;
    if (typeof key === 'string' && isIndex(key)) continue;
    if (showHidden || isEnumerable(value, key)) keys[keys.length] = key;
  }
  return keys;
}

/** Whether a key is an array index: a canonical integer below 2 ** 32 - 1. */
export function isIndex(key: string): boolean {
  const number = +key;
  return number >= 0 && number < 2 ** 32 - 1 && number % 1 === 0 && `${number}` === key;
}

/**
 * @param receiver the `this` of getters, where `getters` asks to call them
 */
export function formatProperty(
  context: InspectContext,
  value: object,
  level: number,
  key: string | symbol,
  kind: EntryKind,
  descriptor: PropertyDescriptor | undefined = getOwnPropertyDescriptor(value, key),
  receiver: object = value,
): string {
  let gap = ' ';
  let text: string;
  if (descriptor?.value !== undefined) {
    const indent = context.compact !== true || kind !== 'object' ? 2 : 3;
    context.indentation += indent;
    text = context.format(descriptor.value, level);
    if (indent === 3 && context.breakLength < columns(text, context.colors)) {
      gap = `\n${repeat(' ', context.indentation)}`;
    }
    context.indentation -= indent;
  } else if (descriptor?.get !== undefined) {
    text = formatGetter(context, level, descriptor.get, descriptor.set !== undefined, receiver);
  } else if (descriptor?.set !== undefined) {
    text = context.stylize('[Setter]', 'special');
  } else {
    text = context.stylize('undefined', 'undefined');
  }
  if (kind === 'element') return text;
  const name = formatKey(context, key);
  context.room -= name.length + gap.length + 2;
  return `${descriptor?.enumerable === false ? `[${name}]` : name}:${gap}${text}`;
}

function formatKey(context: InspectContext, key: string | symbol): string {
  if (typeof key === 'symbol') {
    const text = withinRoom(context, symbolToString(key));
    return context.stylize(escapeSymbol(text), 'symbol');
  }
  if (key === '__proto__') return "['__proto__']";
  const text = withinRoom(context, key);
  return isBareKey(text) ? context.stylize(text, 'name') : context.stylize(quote(text), 'string');
}

function formatGetter(
  context: InspectContext,
  level: number,
  getter: () => unknown,
  hasSetter: boolean,
  receiver: object,
): string {
  const { getters, stylize } = context;
  const label = hasSetter ? 'Getter/Setter' : 'Getter';
  if (!(getters === true || getters === (hasSetter ? 'set' : 'get'))) {
    return stylize(`[${label}]`, 'special');
  }
  const close = stylize(']', 'special');
  const open = stylize(`[${label}:`, 'special');
  context.indentation += 2;
  let text: string;
  try {
    const result = apply(getter, receiver, []);
    if (result === null) text = `${open} ${stylize('null', 'null')}${close}`;
    else if (typeof result === 'object' || typeof result === 'function') {
      text = `${stylize(`[${label}]`, 'special')} ${context.format(result, level)}`;
    } else text = `${open} ${formatPrimitive(context, result, stylize)}${close}`;
  } catch (error) {
    text = `${open} <Inspection threw (${context.format(error, level)})>${close}`;
  }
  context.indentation -= 2;
  return text;
}

/** `[Number: 3]`, `[String (Foo): 'x']`. */
export function boxedBase(
  context: InspectContext,
  type: string,
  primitive: unknown,
  className: string | null,
  tag: string,
  alone: boolean,
): string {
  let base = `[${type}`;
  if (type !== className) {
    base += className === null ? ' (null prototype)' : ` (${className})`;
  }
  base += `: ${formatPrimitive(context, primitive, plain)}]`;
  if (tag !== '' && tag !== className) base += ` [${tag}]`;
  return alone ? context.stylize(base, toLowerCase(type)) : base;
}
