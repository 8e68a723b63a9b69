/** What kind of thing an object is printed as. */

import { framesProperty } from '../../../bridge/frames-property.ts';
import {
  isArguments,
  isArrayBuffer,
  isBigIntObject,
  isBooleanObject,
  isDataView,
  isDate,
  isError,
  isMap,
  isModuleNamespace,
  isNumberObject,
  isRegExp,
  isSet,
  isSharedArrayBuffer,
  isStringObject,
  isSymbolObject,
  isTypedArray,
  isWeakMap,
  isWeakSet,
  previewIterator,
} from './brands.ts';
import {
  formatArray,
  formatArrayBuffer,
  formatIterator,
  formatMap,
  formatNamespace,
  formatSet,
  formatTypedArray,
} from './collections.ts';
import { type InspectContext, isTooDeep, type PromiseProbe } from './context.ts';
import { formatError } from './errors.ts';
import {
  arrayIncludes,
  bigIntValueOf,
  booleanValueOf,
  dateGetTime,
  dateToIsoString,
  dateToString,
  get,
  isArray,
  isNativeError,
  isNotNumber,
  iteratorKey,
  mapEntries,
  mapSize,
  numberValueOf,
  objectToString,
  RegExpClass,
  regExpToString,
  setSize,
  setValues,
  slice,
  stringValueOf,
  symbolValueOf,
  tagKey,
  typedArrayLength,
  typedArrayName,
} from './intrinsics.ts';
import { functionBase, objectPrefix, prefixOf } from './names.ts';
import { boxedBase, type EntryKind, extraKeys, formatProperty, shownKeys } from './properties.ts';
import { formatNumber } from './text.ts';

/** What is known of an object before its kind is. */
interface Identity {
  readonly className: string | null;
  readonly tag: string;
  readonly level: number;
  /** It is the buffer of a typed array or a view, whose bytes are shown already. */
  readonly typedArray: boolean;
  /** Its prototypes add no properties. */
  readonly isBare: boolean;
}

export interface Shape {
  readonly base: string;
  readonly braces: readonly [string, string];
  readonly kind: EntryKind;
  readonly keys: readonly (string | symbol)[];
  /** Entries that are no properties. */
  readonly entries?: (level: number) => string[];
  /** Getters of the prototype that are shown like properties. */
  readonly accessors?: readonly (readonly [string, () => unknown])[];
  readonly isTypedArray: boolean;
}

/** @returns the whole text where there is nothing more to list */
export function shapeOf(
  context: InspectContext,
  value: object,
  identity: Identity,
  probe: PromiseProbe,
): Shape | string {
  return (
    (iteratorKey in value || identity.className === null
      ? iterableShape(context, value, identity)
      : undefined) ?? objectShape(context, value, identity, probe)
  );
}

const shape = (
  braces: readonly [string, string],
  keys: readonly (string | symbol)[],
  rest: Partial<Shape> = {},
): Shape => ({ base: '', braces, kind: 'object', keys, isTypedArray: false, ...rest });

function iterableShape(
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
    return shape([`${prefix}[`, ']'], keys, { kind: 'array', entries });
  }
  if (isSet(value)) {
    const size = setSize(value);
    const prefix = prefixOf(className, tag, 'Set', `(${size})`);
    const keys = shownKeys(value, context.showHidden);
    if (size === 0 && keys.length === 0 && isBare) return `${prefix}{}`;
    const values = className === null ? setValues(value) : (value as Set<unknown>);
    const entries = (level: number) => formatSet(context, values, size, level);
    return shape([`${prefix}{`, '}'], keys, { entries });
  }
  if (isMap(value)) {
    const size = mapSize(value);
    const prefix = prefixOf(className, tag, 'Map', `(${size})`);
    const keys = shownKeys(value, context.showHidden);
    if (size === 0 && keys.length === 0 && isBare) return `${prefix}{}`;
    const pairs = className === null ? mapEntries(value) : (value as Map<unknown, unknown>);
    const entries = (level: number) => formatMap(context, pairs, size, level);
    return shape([`${prefix}{`, '}'], keys, { entries });
  }
  if (isTypedArray(value)) return typedArrayShape(context, value, className, tag);
  const preview = previewIterator(value);
  if (preview === undefined) return undefined;
  const kind = `${preview.kind} Iterator`;
  let name = kind;
  if (tag !== kind && tag !== '') name = `${tag}] [${kind}`;
  if (preview.entries) name = `${slice(name, 0, -'Iterator'.length)}Entries`;
  const entries = (level: number) => formatIterator(context, value, level);
  return shape([`[${name}] {`, '}'], shownKeys(value, context.showHidden), { entries });
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
  return shape([`${prefix}[`, ']'], keys, {
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

function objectShape(
  context: InspectContext,
  value: object,
  identity: Identity,
  probe: PromiseProbe,
): Shape | string {
  const { className, tag, isBare } = identity;
  // Most objects have no slots; to ask for each would throw and catch a dozen errors.
  const isOrdinary =
    className !== null && !(tagKey in value) && objectToString(value) === '[object Object]';
  const keys =
    isOrdinary || typeof value === 'function' || !isStringObject(value)
      ? shownKeys(value, context.showHidden)
      : // A boxed string's characters are in its text already.
        extraKeys(value, stringValueOf(value).length, context.showHidden);

  if (typeof value === 'function') {
    const base = functionBase(value, context, className, tag);
    return based(context, identity, keys, base, 'special');
  }
  if (className === 'Object') {
    let open = '{';
    if (isArguments(value)) open = '[Arguments] {';
    else if (tag !== '') open = `${prefixOf(className, tag, 'Object')}{`;
    return keys.length === 0 && isBare ? `${open}}` : shape([open, '}'], keys);
  }
  if (isError(value)) {
    const base = formatError(context, value, className, tag, keys);
    if (!context.showHidden || !isNativeError(value) || !arrayIncludes(keys, framesProperty)) {
      return based(context, identity, keys, base);
    }
    // In V8 it is the first property, and an accessor.
    const entries = (level: number) => [
      formatProperty(context, value, level, 'stack', 'object', stackAccessor),
    ];
    return shape(['{', '}'], without(without(keys, framesProperty), 'stack'), { base, entries });
  }
  const slotted = isOrdinary ? undefined : slottedShape(context, value, identity, keys, probe);
  if (slotted !== undefined) return slotted;
  const prefix = objectPrefix(value, className, tag);
  return keys.length === 0 && isBare ? `${prefix}{}` : shape([`${prefix}{`, '}'], keys);
}

const stackAccessor: PropertyDescriptor = { get() {}, set() {}, enumerable: false };

function without(keys: readonly (string | symbol)[], left: string): (string | symbol)[] {
  const kept: (string | symbol)[] = [];
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== left) kept[kept.length] = keys[i] as string | symbol;
  }
  return kept;
}

/** A text that may stand alone, or before properties. */
function based(
  context: InspectContext,
  { isBare }: Identity,
  keys: readonly (string | symbol)[],
  base: string,
  style?: string,
): Shape | string {
  if (keys.length !== 0 || !isBare) return shape(['{', '}'], keys, { base });
  return style === undefined ? base : context.stylize(base, style);
}

/** Objects that have more to them than properties. */
function slottedShape(
  context: InspectContext,
  value: object,
  identity: Identity,
  keys: readonly (string | symbol)[],
  probe: PromiseProbe,
): Shape | string | undefined {
  const { className, tag, isBare } = identity;
  const listed = (fallback: string, rest: Partial<Shape>): Shape =>
    shape([`${prefixOf(className, tag, fallback)}{`, '}'], rest.keys ?? keys, rest);

  if (isRegExp(value)) {
    const source = regExpToString(className === null ? new RegExpClass(value as RegExp) : value);
    const prefix = prefixOf(className, tag, 'RegExp');
    const base = prefix === 'RegExp ' ? source : `${prefix}${source}`;
    return isTooDeep(context, identity.level)
      ? context.stylize(base, 'regexp')
      : based(context, identity, keys, base, 'regexp');
  }
  if (isDate(value)) {
    const time = isNotNumber(dateGetTime(value)) ? dateToString(value) : dateToIsoString(value);
    const prefix = prefixOf(className, tag, 'Date');
    const base = prefix === 'Date ' ? time : `${prefix}${time}`;
    return based(context, identity, keys, base, 'date');
  }
  if (isArrayBuffer(value) || isSharedArrayBuffer(value)) {
    const type = isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer';
    const buffer = value as ArrayBuffer;
    if (identity.typedArray && keys.length === 0 && isBare) {
      const length = formatNumber(context.stylize, buffer.byteLength, false);
      return `${prefixOf(className, tag, type)}{ [byteLength]: ${length} }`;
    }
    return listed(type, {
      ...(identity.typedArray ? {} : { entries: () => formatArrayBuffer(context, buffer) }),
      accessors: [['byteLength', () => buffer.byteLength]],
    });
  }
  if (isDataView(value)) {
    return listed('DataView', {
      accessors: [
        ['byteLength', () => readView(value, 'byteLength')],
        ['byteOffset', () => readView(value, 'byteOffset')],
        ['buffer', () => readView(value, 'buffer')],
      ],
    });
  }
  const promise = probe(value);
  if (promise !== undefined) {
    return listed('Promise', {
      entries: (level) => [formatPromise(context, promise[0], promise[1], level)],
    });
  }
  if (isWeakSet(value) || isWeakMap(value)) {
    return listed(isWeakSet(value) ? 'WeakSet' : 'WeakMap', {
      entries: () => [context.stylize('<items unknown>', 'special')],
    });
  }
  if (isModuleNamespace(value)) {
    return listed('Module', {
      keys: [],
      entries: (level) => formatNamespace(context, value, keys, level),
    });
  }
  const boxed = boxedValue(value);
  if (boxed === undefined) return undefined;
  const alone = keys.length === 0;
  const base = boxedBase(context, boxed[0], boxed[1], className, tag, alone);
  return based(context, identity, keys, base);
}

/** The getters of a view throw once its buffer is gone. */
function readView(value: object, key: string): unknown {
  try {
    return get(value, key);
  } catch {
    return get(get(value, 'buffer') as object, key);
  }
}

function boxedValue(value: object): readonly [string, unknown] | undefined {
  if (isNumberObject(value)) return ['Number', numberValueOf(value)];
  if (isStringObject(value)) return ['String', stringValueOf(value)];
  if (isBooleanObject(value)) return ['Boolean', booleanValueOf(value)];
  if (isBigIntObject(value)) return ['BigInt', bigIntValueOf(value)];
  if (isSymbolObject(value)) return ['Symbol', symbolValueOf(value)];
  return undefined;
}

function formatPromise(
  context: InspectContext,
  state: 'pending' | 'fulfilled' | 'rejected',
  result: unknown,
  level: number,
): string {
  if (state === 'pending') return context.stylize('<pending>', 'special');
  context.indentation += 2;
  const text = context.format(result, level);
  context.indentation -= 2;
  return state === 'rejected' ? `${context.stylize('<rejected>', 'special')} ${text}` : text;
}
