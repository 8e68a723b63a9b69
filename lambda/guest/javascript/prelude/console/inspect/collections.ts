/** The entries of arrays, maps, sets, their iterators, buffers and promises. */

import {
  Bytes,
  get,
  getOwnPropertyDescriptor,
  lastIndexOf,
  max,
  min,
  numberToString,
  objectKeys,
  padStart,
  slice,
} from '../../core/intrinsics.ts';
import { previewIterator } from './brands.ts';
import type { InspectContext } from './context.ts';
import { layOut } from './layout.ts';
import { formatProperty, isIndex } from './properties.ts';
import { formatBigInt, formatNumber, more } from './text.ts';

const emptyItems = (context: InspectContext, count: number): string =>
  context.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');

const leftOut = (count: number): string => `... ${more(count, 'item')}`;

const shownLength = (context: InspectContext, length: number): number =>
  min(max(0, context.maxArrayLength), length);

export function formatArray(context: InspectContext, value: unknown[], level: number): string[] {
  const length = shownLength(context, value.length);
  const output: string[] = [];
  for (let i = 0; i < length && context.room >= 0; i++) {
    const descriptor = getOwnPropertyDescriptor(value, i);
    if (descriptor === undefined) return formatSparse(context, value, level, length, output, i);
    output[i] = formatProperty(context, value, level, `${i}`, 'element', descriptor);
  }
  if (value.length > length) output[output.length] = leftOut(value.length - length);
  return output;
}

function formatSparse(
  context: InspectContext,
  value: unknown[],
  level: number,
  length: number,
  output: string[],
  from: number,
): string[] {
  const keys = objectKeys(value);
  let index = from;
  for (let i = from; i < keys.length && output.length < length && context.room >= 0; i++) {
    const key = keys[i] as string;
    if (!isIndex(key)) break;
    if (`${index}` !== key) {
      output[output.length] = emptyItems(context, +key - index);
      index = +key;
      if (output.length === length) break;
    }
    output[output.length] = formatProperty(context, value, level, key, 'element');
    index++;
  }
  const remaining = value.length - index;
  if (remaining > 0) {
    output[output.length] =
      output.length === length ? leftOut(remaining) : emptyItems(context, remaining);
  }
  return output;
}

export function formatTypedArray(
  context: InspectContext,
  value: ArrayLike<number | bigint>,
  length: number,
): string[] {
  const shown = shownLength(context, length);
  const output: string[] = [];
  for (let i = 0; i < shown && context.room >= 0; i++) {
    const element = value[i] as number | bigint;
    output[i] =
      typeof element === 'bigint'
        ? formatBigInt(context.stylize, element, context.numericSeparator)
        : formatNumber(context.stylize, element, context.numericSeparator);
    context.room -= 2;
  }
  if (length > shown) output[shown] = leftOut(length - shown);
  return output;
}

export function formatArrayBuffer(context: InspectContext, value: ArrayBufferLike): string[] {
  let bytes: Uint8Array;
  try {
    bytes = new Bytes(value);
  } catch {
    return [context.stylize('(detached)', 'special')];
  }
  const shown = shownLength(context, bytes.length);
  let text = '';
  for (let i = 0; i < shown; i++) {
    text += `${i === 0 ? '' : ' '}${padStart(numberToString(bytes[i], 16), 2, '0')}`;
  }
  if (bytes.length > shown) text += ` ... ${more(bytes.length - shown, 'byte')}`;
  return [`${context.stylize('[Uint8Contents]', 'special')}: <${text}>`];
}

export function formatSet(
  context: InspectContext,
  values: Iterable<unknown>,
  size: number,
  level: number,
): string[] {
  return formatItems(context, values, size, level, formatMember);
}

function formatMember(context: InspectContext, value: unknown, level: number): string {
  const text = context.format(value, level);
  context.room -= 2;
  return text;
}

export function formatMap(
  context: InspectContext,
  entries: Iterable<readonly [unknown, unknown]>,
  size: number,
  level: number,
): string[] {
  return formatItems(context, entries, size, level, formatEntry);
}

function formatEntry(
  context: InspectContext,
  entry: readonly [unknown, unknown],
  level: number,
): string {
  const key = context.format(entry[0], level);
  const text = `${key} => ${context.format(entry[1], level)}`;
  context.room -= 6;
  return text;
}

function formatItems<Item>(
  context: InspectContext,
  items: Iterable<Item>,
  size: number,
  level: number,
  formatItem: (context: InspectContext, item: Item, level: number) => string,
): string[] {
  const length = shownLength(context, size);
  const output: string[] = [];
  context.indentation += 2;
  if (length > 0) {
    for (const item of items) {
      output[output.length] = formatItem(context, item, level);
      if (output.length >= length || context.room < 0) break;
    }
  }
  context.indentation -= 2;
  if (size > length) output[output.length] = leftOut(size - length);
  return output;
}

/** The items that an iterator of a Map or Set has left; it keeps them. */
export function formatIterator(context: InspectContext, value: object, level: number): string[] {
  const { items = [], entries = false } = previewIterator(value) ?? {};
  const length = shownLength(context, items.length);
  const output: string[] = [];
  context.indentation += 2;
  for (let i = 0; i < length && context.room >= 0; i++) {
    const item = items[i];
    if (entries) {
      const pair = [
        context.format(get(item as object, 0), level),
        context.format(get(item as object, 1), level),
      ];
      output[i] = layOut(context, pair, '', ['[', ']'], 'array', level);
    } else {
      output[i] = context.format(item, level);
    }
  }
  context.indentation -= 2;
  if (items.length > length) output[output.length] = leftOut(items.length - length);
  return output;
}

/** To read a binding of a module that is not evaluated yet throws. */
export function formatNamespace(
  context: InspectContext,
  value: object,
  keys: readonly (string | symbol)[],
  level: number,
): string[] {
  const output: string[] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    try {
      output[i] = formatProperty(context, value, level, key, 'object');
    } catch {
      const shown = formatProperty(context, { [key]: undefined }, level, key, 'object');
      const name = slice(shown, 0, lastIndexOf(shown, ' ') + 1);
      output[i] = `${name}${context.stylize('<uninitialized>', 'special')}`;
    }
  }
  return output;
}
