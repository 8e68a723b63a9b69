/**
 * `RegExp.escape`: QuickJS's own escapes letters that are not ASCII too.
 * @see https://tc39.es/ecma262/#sec-regexp.escape
 */

import {
  charCodeAt,
  exec,
  numberToString,
  padStart,
  RegExpClass,
  replace,
  slice,
  TypeErrorClass,
} from '../core/intrinsics.ts';
import { defineMembers } from './method.ts';

const first = /^[0-9A-Za-z]/;
const syntax = /[\^$\\.*+?()[\]{}|/]/g;
const others =
  /[\t-\r ,\-=<>#&!%:;@~'`"\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const letters: { readonly [control: string]: string } = {
  __proto__: null as never,
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
};

function coded(unit: string): string {
  const code = charCodeAt(unit, 0);
  const hex = numberToString(code, 16);
  return code < 0x100 ? '\\x' + padStart(hex, 2, '0') : '\\u' + padStart(hex, 4, '0');
}

export function installRegExpEscape(): void {
  defineMembers(RegExpClass, {
    escape(text: unknown): string {
      if (typeof text !== 'string') throw new TypeErrorClass('Expected a string');
      const head = exec(first, text) === null ? '' : coded(text);
      const rest = replace(syntax, slice(text, head === '' ? 0 : 1), (unit) => '\\' + unit);
      return head + replace(others, rest, (unit) => letters[unit] ?? coded(unit));
    },
  });
}
