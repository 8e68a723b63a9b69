/** What kind of thing an object is printed as. */

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
import { type InspectContext, isTooDeep } from './context.ts';
import { formatError } from './errors.ts';
import type { PromiseProbe } from './inspect.ts';
import {
  bigIntValueOf,
  booleanValueOf,
  dateGetTime,
  dateToIsoString,
  dateToString,
  isArray,
  isNotNumber,
  iteratorKey,
  mapEntries,
  mapSize,
  numberValueOf,
  RegExpClass,
  regExpToString,
  setSize,
  setValues,
  slice,
  stringValueOf,
  symbolValueOf,
  typedArrayLength,
  typedArrayName,
} from './intrinsics.ts';
import { functionBase, objectPrefix, prefixOf } from './names.ts';
import { boxedBase, type EntryKind, extraKeys, shownKeys } from './properties.ts';
import { formatNumber } from './text.ts';

/** What is known of an object before its kind is. */
export interface Identity {
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
  let keys = shownKeysOf(value, context.showHidden);
  /** A text that may stand alone, or before properties. */
  const based = (base: string, style?: string): Shape | string => {
    if (keys.length !== 0 || !isBare) return shape(['{', '}'], keys, { base });
    return style === undefined ? base : context.stylize(base, style);
  };
  const listed = (fallback: string, rest: Partial<Shape>): Shape =>
    shape([`${prefixOf(className, tag, fallback)}{`, '}'], keys, rest);

  if (typeof value === 'function') {
    return based(functionBase(value, context, className, tag), 'special');
  }
  if (className === 'Object') {
    let open = '{';
    if (isArguments(value)) open = '[Arguments] {';
    else if (tag !== '') open = `${prefixOf(className, tag, 'Object')}{`;
    return keys.length === 0 && isBare ? `${open}}` : shape([open, '}'], keys);
  }
  if (isRegExp(value)) {
    const source = regExpToString(className === null ? new RegExpClass(value as RegExp) : value);
    const prefix = prefixOf(className, tag, 'RegExp');
    const base = prefix === 'RegExp ' ? source : `${prefix}${source}`;
    return isTooDeep(context, identity.level)
      ? context.stylize(base, 'regexp')
      : based(base, 'regexp');
  }
  if (isDate(value)) {
    const time = isNotNumber(dateGetTime(value)) ? dateToString(value) : dateToIsoString(value);
    const prefix = prefixOf(className, tag, 'Date');
    return based(prefix === 'Date ' ? time : `${prefix}${time}`, 'date');
  }
  if (isError(value)) return based(formatError(context, value, className, tag, keys));
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
    const view = value as DataView;
    return listed('DataView', {
      accessors: [
        ['byteLength', () => view.byteLength],
        ['byteOffset', () => view.byteOffset],
        ['buffer', () => view.buffer],
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
    const names = keys;
    keys = [];
    return listed('Module', { entries: (level) => formatNamespace(context, value, names, level) });
  }
  const boxed = boxedValue(value);
  if (boxed !== undefined) {
    const alone = keys.length === 0;
    return based(boxedBase(context, boxed[0], boxed[1], className, tag, alone));
  }
  const prefix = objectPrefix(value, className, tag);
  return keys.length === 0 && isBare ? `${prefix}{}` : shape([`${prefix}{`, '}'], keys);
}

/** A boxed string's characters are in its text already. */
function shownKeysOf(value: object, showHidden: boolean): (string | symbol)[] {
  if (typeof value === 'function' || !isStringObject(value)) return shownKeys(value, showHidden);
  return extraKeys(value, stringValueOf(value).length, showHidden);
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
