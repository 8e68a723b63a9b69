/**
 * JSON of what the prelude itself has made. `JSON.stringify` would call a `toJSON` that a script gives
 * to `Object.prototype`; what a script passes is for `JSON.stringify`, as that is what scripts expect.
 */

import { get, hasOwn, isArray, objectKeys, stringify } from './intrinsics.ts';

/**
 * @param value of primitives, and of arrays and objects whose own properties are data; members that are
 * undefined are left out
 */
export function writeJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return stringify(value) ?? 'null';
  return isArray(value) ? writeArray(value) : writeObject(value);
}

function writeArray(items: readonly unknown[]): string {
  let json = '';
  for (let i = 0; i < items.length; i++) {
    // By `+`: for a template QuickJS calls `String.prototype.concat`, which a script may replace.
    json += (i === 0 ? '' : ',') + writeJson(hasOwn(items, i) ? items[i] : null);
  }
  return '[' + json + ']';
}

function writeObject(members: object): string {
  const names = objectKeys(members);
  let json = '';
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const value: unknown = get(members, name);
    if (value === undefined) continue;
    json += (json === '' ? '' : ',') + stringify(name) + ':' + writeJson(value);
  }
  return '{' + json + '}';
}
