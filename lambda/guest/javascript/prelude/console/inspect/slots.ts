/** Objects with internal slots: regular expressions, dates, buffers, promises, boxed primitives. */

import {
  bigIntValueOf,
  booleanValueOf,
  dateGetTime,
  dateToIsoString,
  dateToString,
  get,
  isNotNumber,
  numberValueOf,
  RegExpClass,
  regExpToString,
  stringValueOf,
  symbolValueOf,
} from '../../core/intrinsics.ts';
import {
  isArrayBuffer,
  isBigIntObject,
  isBooleanObject,
  isDataView,
  isDate,
  isModuleNamespace,
  isNumberObject,
  isRegExp,
  isSharedArrayBuffer,
  isStringObject,
  isSymbolObject,
  isWeakMap,
  isWeakSet,
} from './brands.ts';
import { formatArrayBuffer, formatNamespace } from './collections.ts';
import { type InspectContext, isTooDeep } from './context.ts';
import { prefixOf } from './names.ts';
import { boxedBase } from './properties.ts';
import { braced, type Identity, type Shape, withBase } from './shape.ts';
import { formatNumber } from './text.ts';

/** @returns undefined where the object has none of these slots */
export function slottedShape(
  context: InspectContext,
  value: object,
  identity: Identity,
  keys: readonly (string | symbol)[],
): Shape | string | undefined {
  const { className, tag, isBare } = identity;
  const listed = (fallback: string, rest: Partial<Shape>): Shape =>
    braced([`${prefixOf(className, tag, fallback)}{`, '}'], rest.keys ?? keys, rest);

  if (isRegExp(value)) {
    const source = regExpToString(className === null ? new RegExpClass(value as RegExp) : value);
    const prefix = prefixOf(className, tag, 'RegExp');
    const base = prefix === 'RegExp ' ? source : `${prefix}${source}`;
    return isTooDeep(context, identity.level)
      ? context.stylize(base, 'regexp')
      : withBase(context, identity, keys, base, 'regexp');
  }
  if (isDate(value)) {
    const time = isNotNumber(dateGetTime(value)) ? dateToString(value) : dateToIsoString(value);
    const prefix = prefixOf(className, tag, 'Date');
    const base = prefix === 'Date ' ? time : `${prefix}${time}`;
    return withBase(context, identity, keys, base, 'date');
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
  const promise = context.probe(value);
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
  return withBase(context, identity, keys, base);
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
