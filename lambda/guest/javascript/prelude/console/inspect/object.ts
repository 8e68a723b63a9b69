/** An object: its name, what it is printed as, and its entries. */

import { framesProperty } from '../../../bridge/frames-property.ts';
import { isStackOverflow } from '../../core/internal-error.ts';
import {
  append,
  arrayIncludes,
  arraySlice,
  isNativeError,
  iteratorKey,
  mapGet,
  objectToString,
  slice,
  sort,
  stringValueOf,
  tagKey,
} from '../../core/intrinsics.ts';
import { isArguments, isError, isStringObject } from './brands.ts';
import { type InspectContext, isTooDeep } from './context.ts';
import { formatError } from './errors.ts';
import { iterableShape } from './iterables.ts';
import { layOut } from './layout.ts';
import { constructorName, functionBase, objectPrefix, prefixOf, tagOf } from './names.ts';
import { extraKeys, formatProperty, shownKeys } from './properties.ts';
import { braced, type Identity, type Shape, withBase } from './shape.ts';
import { slottedShape } from './slots.ts';

/**
 * @param typedArray whether it is the buffer of a typed array or a view, which shows the bytes itself
 */
export function formatObject(
  context: InspectContext,
  value: object,
  level: number,
  typedArray: boolean,
): string {
  const inherited: string[] | undefined =
    context.showHidden && !isTooDeep(context, level) ? [] : undefined;
  const className = constructorName(value, context, level, inherited);
  const tag = tagOf(value, context);
  const isBare = inherited === undefined || inherited.length === 0;
  const shape = shapeOf(context, value, { className, tag, level, typedArray, isBare });
  if (typeof shape === 'string') {
    context.room -= shape.length;
    return shape;
  }
  if (isTooDeep(context, level)) {
    const name = slice(objectPrefix(value, className, tag), 0, -1);
    return context.stylize(className === null ? name : `[${name}]`, 'special');
  }
  context.room -= shape.base.length + shape.braces[0].length + 3;
  context.seen[context.seen.length] = value;
  context.currentDepth = level + 1;
  const { indentation } = context;
  let output: string[];
  try {
    output = formatEntries(context, value, level + 1, shape, typedArray);
    if (inherited !== undefined) {
      for (let i = 0; i < inherited.length; i++) output[output.length] = inherited[i] as string;
    }
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    context.seen.length -= 1;
    context.indentation = indentation;
    const name = slice(objectPrefix(value, className, tag), 0, -1);
    return context.stylize(
      `[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`,
      'special',
    );
  }
  let { base } = shape;
  let open = shape.braces[0];
  const index = context.circular && (mapGet(context.circular, value) as number | undefined);
  if (index !== undefined) {
    const reference = context.stylize(`<ref *${index}>`, 'special');
    if (context.compact === true) open = `${reference} ${open}`;
    else base = base === '' ? reference : `${reference} ${base}`;
  }
  context.seen.length -= 1;
  if (context.sorted) sortEntries(context, output, shape);
  return layOut(context, output, base, [open, shape.braces[1]], shape.kind, level + 1, value);
}

/** @returns the whole text where there are no entries */
function shapeOf(context: InspectContext, value: object, identity: Identity): Shape | string {
  return (
    (iteratorKey in value || identity.className === null
      ? iterableShape(context, value, identity)
      : undefined) ?? objectShape(context, value, identity)
  );
}

function objectShape(context: InspectContext, value: object, identity: Identity): Shape | string {
  const { className, tag, isBare } = identity;
  // Most objects have no slots: to test for each would throw and catch a dozen errors.
  const isOrdinary =
    className !== null && !(tagKey in value) && objectToString(value) === '[object Object]';
  const keys =
    isOrdinary || typeof value === 'function' || !isStringObject(value)
      ? shownKeys(value, context.showHidden)
      : // The text shows the characters of a boxed string.
        extraKeys(value, stringValueOf(value).length, context.showHidden);

  if (typeof value === 'function') {
    const base = functionBase(value, context, className, tag);
    return withBase(context, identity, keys, base, 'special');
  }
  if (className === 'Object') {
    let open = '{';
    if (isArguments(value)) open = '[Arguments] {';
    else if (tag !== '') open = `${prefixOf(className, tag, 'Object')}{`;
    return keys.length === 0 && isBare ? `${open}}` : braced([open, '}'], keys);
  }
  if (isError(value)) {
    const base = formatError(context, value, className, tag, keys);
    if (!context.showHidden || !isNativeError(value) || !arrayIncludes(keys, framesProperty)) {
      return withBase(context, identity, keys, base);
    }
    // In V8 it is the first property, and an accessor.
    const entries = (level: number) => [
      formatProperty(context, value, level, 'stack', 'object', stackAccessor),
    ];
    return braced(['{', '}'], without(without(keys, framesProperty), 'stack'), { base, entries });
  }
  const slotted = isOrdinary ? undefined : slottedShape(context, value, identity, keys);
  if (slotted !== undefined) return slotted;
  const prefix = objectPrefix(value, className, tag);
  return keys.length === 0 && isBare ? `${prefix}{}` : braced([`${prefix}{`, '}'], keys);
}

const stackAccessor: PropertyDescriptor = { get() {}, set() {}, enumerable: false };

function without(keys: readonly (string | symbol)[], left: string): (string | symbol)[] {
  const kept: (string | symbol)[] = [];
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== left) kept[kept.length] = keys[i] as string | symbol;
  }
  return kept;
}

function formatEntries(
  context: InspectContext,
  value: object,
  level: number,
  shape: Shape,
  typedArray: boolean,
): string[] {
  const output = shape.entries?.(level) ?? [];
  const { accessors = [], keys, kind } = shape;
  for (let i = 0; i < accessors.length; i++) {
    const accessor = accessors[i] as (typeof accessors)[number];
    context.indentation += 2;
    const text = context.format(accessor[1](), level, typedArray || shape.isTypedArray);
    context.indentation -= 2;
    output[output.length] = `${context.stylize(`[${accessor[0]}]`, 'string')}: ${text}`;
  }
  for (let i = 0; i < keys.length && context.room >= 0; i++) {
    output[output.length] = formatProperty(context, value, level, keys[i] as string | symbol, kind);
  }
  return output;
}

function sortEntries(context: InspectContext, output: string[], shape: Shape): void {
  const compare = typeof context.sorted === 'function' ? context.sorted : undefined;
  if (shape.kind === 'object') {
    sort(output, compare);
  } else if (shape.keys.length > 1) {
    const from = output.length - shape.keys.length;
    const sorted = sort(arraySlice(output, from), compare);
    output.length = from;
    append(output, sorted);
  }
}
