/** Expressions that must come to the same in a script here and in Node.js: by area. */

import { arrayTexts } from './array-texts.ts';
import { atomics } from './atomics.ts';
import { captures } from './captures.ts';
import { dates } from './dates.ts';
import { disposal, fromAsync } from './disposal.ts';
import { errorProperties } from './error-properties.ts';
import { iterators } from './iterators.ts';
import { json } from './json.ts';
import { matches } from './matches.ts';
import { numbers } from './numbers.ts';
import { promises } from './promises.ts';
import { sorting } from './sorting.ts';

export const expressions: { readonly [area: string]: readonly string[] } = {
  'BigInt.asUintN': [
    `[BigInt.asUintN(64, -1n), BigInt.asUintN(64, 2n ** 63n), BigInt.asUintN(32, 2n ** 31n), BigInt.asUintN(53, -1n)].map(String)`,
    `[0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 127, 128, 129].flatMap((bits) => [0n, 1n, -1n, -2n, 255n, 2n ** 31n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n, -(2n ** 100n) - 7n].map((n) => BigInt.asUintN(bits, n).toString(16))).join()`,
    `[...'the quick brown fox'].reduce((hash, c) => BigInt.asUintN(64, (hash ^ BigInt(c.charCodeAt(0))) * 0x100000001b3n), 0xcbf29ce484222325n)`,
    `[0, 1, 7, 64, 100].map((bits) => String(BigInt.asIntN(bits, -(2n ** 63n) - 1n)))`,
    `[BigInt.asUintN(2.9, 7n), BigInt.asUintN('3', 15n), BigInt.asUintN(undefined, 5n), BigInt.asUintN(NaN, 5n), BigInt.asUintN(8, '511'), BigInt.asUintN(8, true)]`,
    `[BigInt.asUintN.length, BigInt.asUintN.name, 'prototype' in BigInt.asUintN]`,
    `[[1n, 1n], [-1, 1n], [2 ** 53, 1n], [8, 1], [8, 1.5], [8]].map((args) => { try { return String(BigInt.asUintN(...args)); } catch (error) { return error.name; } })`,
    `(() => { const log = []; BigInt.asUintN({ valueOf() { log.push('bits'); return 8; } }, { valueOf() { log.push('value'); return 1n; } }); return log; })()`,
    `[new BigUint64Array([-1n])[0], new DataView(new BigInt64Array([-5n]).buffer).getBigUint64(0, true)]`,
  ],
  'HTML elements of texts': [
    `['anchor', 'fontcolor', 'fontsize', 'link'].map((name) => [undefined, null, 1, 'a"b', { toString: () => 'o' }].map((value) => 'x'[name](value)))`,
    `['x'.anchor(), 'x'.bold(), (() => { try { return ''.link(Symbol()); } catch (e) { return e.name; } })()]`,
  ],
  'BigInt beside numbers': [
    `[-574n, -1n, 0n, 1n, 574n, -(2n ** 31n), -(2n ** 63n), 2n ** 63n, -(2n ** 64n) - 1n, 2n ** 100n, -(2n ** 100n), 2n ** 53n + 1n, -(2n ** 53n) - 1n].map((a) => [-5e-324, 7e-296, -0.5, 0.5, -1.5, 1.5, -574.5, -573.5, 574.5, -473503.94, -1e10 - 0.5, -1e300, 1e300, -Infinity, Infinity, NaN, -0, -574, 574, 2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), -(2 ** 64), -(2 ** 31) - 0.5, -1023.5, -1024.5].map((n) => [a < n, a > n, a <= n, a >= n, a == n, n < a, n > a].map(Number).join('')).join())`,
    `[3n, -2.5, -10n, 7, -7.5, -8n, 0n, -0.5].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String)`,
  ],
  'lengths of buffers': [
    `[Infinity, -Infinity, 2 ** 53, 2 ** 64, -(2 ** 64), 1e300, -1, -0.5, NaN, 3].map((length) => [() => { const buffer = new ArrayBuffer(8, { maxByteLength: 16 }); buffer.resize(length); return buffer.byteLength; }, () => new ArrayBuffer(0, { maxByteLength: length }).maxByteLength, () => new ArrayBuffer(length).byteLength].map((f) => { try { return f(); } catch (e) { return e.name; } }))`,
  ],
  'limit of stacks': [
    `[Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'), Object.keys(TypeError), (() => { const keys = []; for (const key in class extends TypeError {}) keys.push(key); return keys; })()]`,
  ],
  groups: [
    `Object.groupBy([1, 2, 3], function () { 'use strict'; return typeof this; })`,
    `[...Map.groupBy([1, 2, 3], function (value, index) { 'use strict'; return [this, value, index].join(); })]`,
    `['groupBy' in Set, 'groupBy' in Map]`,
  ],
  'iterator helpers': iterators,
  'texts of arrays': arrayTexts,
  'properties of errors': errorProperties,
  'the last match': matches,
  'many captures': captures,
  'texts of numbers': numbers,
  dates,
  promises,
  JSON: json,
  sorting,
  'Array.fromAsync': fromAsync,
  disposal,
  Atomics: atomics,
  WeakRef: [
    `(() => { const ref = new WeakRef({ a: 1 }); return ref.deref()?.a ?? 'gone'; })()`,
    `(() => { const refs = Array.from({ length: 100 }, (_, i) => new WeakRef([i])); return refs.every((ref, i) => ref.deref()[0] === i); })()`,
    `(async () => { const ref = new WeakRef({ a: 1 }); await null; return ref.deref()?.a ?? 'gone'; })()`,
    `(async () => { const ref = new WeakRef({ a: 1 }); for (let i = 0; i < 50; i++) await i; return ref.deref()?.a ?? 'gone'; })()`,
    `(() => { const key = Symbol('s'); return new WeakRef(key).deref() === key; })()`,
    `[() => WeakRef({}), () => new WeakRef(1), () => new WeakRef(), () => WeakRef.prototype.deref.call({})].map((f) => { try { return f(); } catch (e) { return e.name; } })`,
    `(() => { class Ref extends WeakRef {} const ref = new Ref({ a: 1 }); return [ref.deref().a, ref instanceof Ref, ref instanceof WeakRef, Object.prototype.toString.call(ref), WeakRef.length, WeakRef.name, WeakRef.prototype.constructor === WeakRef]; })()`,
  ],
};
