/** Arrays, sets, maps, typed arrays, and the iterators of maps and sets. */

import {
  isArray,
  mapEntries,
  mapSize,
  setSize,
  setValues,
  slice,
  typedArrayLength,
  typedArrayName,
} from '../../core/intrinsics.ts';
import { isMap, isSet, isTypedArray, previewIterator } from './brands.ts';
import {
  formatArray,
  formatIterator,
  formatMap,
  formatSet,
  formatTypedArray,
} from './collections.ts';
import type { InspectContext } from './context.ts';
import { prefixOf } from './names.ts';
import { extraKeys, shownKeys } from './properties.ts';
import { braced, type Identity, type Shape } from './shape.ts';

export function iterableShape(
  context: InspectContext,
  value: object,
  { className, tag, isBare }: Identity,
): Shape | string | undefined {
  if (isArray(value)) {
    const array = value as unknown[];
    const prefix =
      className !== 'Array' || tag !== ''
        ? prefixOf(className, tag, 'Array', `(${array.length})`)
        : '';
    const keys = extraKeys(value, array.length, context.showHidden);
    if (array.length === 0 && keys.length === 0 && isBare) return `${prefix}[]`;
    const entries = (level: number) => formatArray(context, array, level);
    return braced([`${prefix}[`, ']'], keys, { kind: 'array', entries });
  }
  if (isSet(value)) {
    const size = setSize(value);
    const prefix = prefixOf(className, tag, 'Set', `(${size})`);
    const keys = shownKeys(value, context.showHidden);
    if (size === 0 && keys.length === 0 && isBare) return `${prefix}{}`;
    const values = className === null ? setValues(value) : (value as Set<unknown>);
    const entries = (level: number) => formatSet(context, values, size, level);
    return braced([`${prefix}{`, '}'], keys, { entries });
  }
  if (isMap(value)) {
    const size = mapSize(value);
    const prefix = prefixOf(className, tag, 'Map', `(${size})`);
    const keys = shownKeys(value, context.showHidden);
    if (size === 0 && keys.length === 0 && isBare) return `${prefix}{}`;
    const pairs = className === null ? mapEntries(value) : (value as Map<unknown, unknown>);
    const entries = (level: number) => formatMap(context, pairs, size, level);
    return braced([`${prefix}{`, '}'], keys, { entries });
  }
  if (isTypedArray(value)) return typedArrayShape(context, value, className, tag);
  const preview = previewIterator(value);
  if (preview === undefined) return undefined;
  const kind = `${preview.kind} Iterator`;
  let name = kind;
  if (tag !== kind && tag !== '') name = `${tag}] [${kind}`;
  if (preview.entries) name = `${slice(name, 0, -'Iterator'.length)}Entries`;
  const entries = (level: number) => formatIterator(context, value, level);
  return braced([`[${name}] {`, '}'], shownKeys(value, context.showHidden), { entries });
}

function typedArrayShape(
  context: InspectContext,
  value: object,
  className: string | null,
  tag: string,
): Shape | string {
  const array = value as Uint8Array;
  const length = typedArrayLength(value);
  const fallback = className === null ? (typedArrayName(value) ?? '') : '';
  const prefix = prefixOf(className, tag, fallback, `(${length})`);
  const keys = extraKeys(value, length, context.showHidden);
  if (length === 0 && keys.length === 0 && !context.showHidden) return `${prefix}[]`;
  return braced([`${prefix}[`, ']'], keys, {
    kind: 'array',
    entries: () => formatTypedArray(context, array, length),
    accessors: context.showHidden
      ? [
          ['BYTES_PER_ELEMENT', () => array.BYTES_PER_ELEMENT],
          ['length', () => length],
          ['byteLength', () => array.byteLength],
          ['byteOffset', () => array.byteOffset],
          ['buffer', () => array.buffer],
        ]
      : [],
    isTypedArray: context.showHidden,
  });
}
