/**
 * JSON of what scripts log, as the logger of Powertools for AWS Lambda writes it: errors with their
 * texts, BigInts as decimals, what contains itself left out. Maps and sets, of which that logger shows
 * nothing, become objects and lists.
 */

import { isError, isMap, isRegExp, isSet } from '../console/inspect/brands.ts';
import {
  arrayIncludes,
  defineProperty,
  exec,
  get,
  hasOwn,
  mapEntries,
  mapIteratorNext,
  objectKeys,
  setIteratorNext,
  setValues,
  split,
  stringify,
  toText,
} from '../core/intrinsics.ts';

/** @returns undefined where JSON has nothing for the value */
export function logJson(value: unknown): string | undefined {
  /** The objects around the current one: as JSON has them, and as the script has them. */
  const shown: object[] = [];
  const originals: object[] = [];
  return stringify(value, function (this: unknown, _key: string, member: unknown): unknown {
    if (typeof member === 'bigint') return toText(member);
    if (typeof member !== 'object' || member === null) return member;
    while (shown.length > 0 && shown[shown.length - 1] !== this) {
      shown.length -= 1;
      originals.length -= 1;
    }
    if (arrayIncludes(originals, member)) return undefined;
    const form = plainForm(member);
    if (typeof form === 'object') {
      shown[shown.length] = form;
      originals[originals.length] = member;
    }
    return form;
  });
}

function plainForm(value: object): object | string {
  if (isError(value)) return errorForm(value as Error);
  if (isMap(value)) return mapForm(value);
  if (isSet(value)) return itemsOf(setValues(value), setIteratorNext);
  return isRegExp(value) ? toText(value) : value;
}

/** `(url:line:column)` at the end of a frame. */
const place = /\(([^()]*?):(\d+?):(\d+?)\)\\?$/;

function errorForm(error: Error): object {
  const stack = get(error, 'stack');
  const form = {};
  put(form, 'name', get(error, 'name'));
  put(form, 'location', locationOf(stack));
  put(form, 'message', get(error, 'message'));
  put(form, 'stack', stack);
  if (hasOwn(error, 'cause')) put(form, 'cause', get(error, 'cause'));
  if (hasOwn(error, 'errors')) put(form, 'errors', get(error, 'errors'));
  const keys = objectKeys(error);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (!hasOwn(form, key)) put(form, key, get(error, key));
  }
  return form;
}

/** The file and line of the first frame. */
function locationOf(stack: unknown): string {
  if (typeof stack !== 'string') return '';
  const lines = split(stack, '\n');
  for (let i = 0; i < lines.length; i++) {
    const found = exec(place, lines[i] as string);
    if (found !== null) return found[1] + ':' + found[2];
  }
  return '';
}

/** An object, where all keys can be its names; else a list of keys and values. */
function mapForm(map: object): object {
  const entries = itemsOf(mapEntries(map), mapIteratorNext) as [unknown, unknown][];
  const form = {};
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as [unknown, unknown];
    const key = entry[0];
    if (typeof key === 'object' || typeof key === 'function' || typeof key === 'symbol') {
      return entries;
    }
    const name = toText(key);
    if (hasOwn(form, name)) return entries;
    put(form, name, entry[1]);
  }
  return form;
}

function itemsOf(iterator: object, next: (iterator: object) => IteratorResult<unknown>): unknown[] {
  const items: unknown[] = [];
  for (let result = next(iterator); result.done !== true; result = next(iterator)) {
    items[items.length] = result.value;
  }
  return items;
}

function put(form: object, key: string, value: unknown): void {
  defineProperty(form, key, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}
