/** `using` and `await using`: values are those of Node.js 24. */

import { describe, expect, test } from '@jest/globals';
import { type ModuleFiles, runCode } from '../../../support/guest/module-graph.ts';

/** Resources that write down when they are disposed of, and how. */
const resources = `
  Symbol.dispose ??= Symbol('Symbol.dispose');
  Symbol.asyncDispose ??= Symbol('Symbol.asyncDispose');
  globalThis.SuppressedError ??= class SuppressedError extends Error {
    constructor(error, suppressed) { super(); Object.assign(this, { error, suppressed }) }
  };
  globalThis.log = [];
  globalThis.resource = (name, failure) => ({ name, [Symbol.dispose]() { log.push('-' + name); if (failure) throw failure } });
  globalThis.later = (name, failure) => ({ name, async [Symbol.asyncDispose]() { await null; log.push('~' + name); if (failure) throw failure } });
`;

async function resultOf(code: string, files: ModuleFiles = {}): Promise<unknown> {
  const { result, error } = await runCode(code, files);
  return error === null ? result : `${error.name}: ${error.message}`;
}

describe('using', () => {
  test.each<readonly [what: string, code: string, result: unknown]>([
    [
      'disposes at the end of a block, the last first',
      `{ using a = resource('a'), b = resource('b'); log.push(a.name + b.name) } log.push('end'); log`,
      ['ab', '-b', '-a', 'end'],
    ],
    [
      'disposes where a function returns',
      `const f = () => { using a = resource('a'); return log.length }; [f(), log]`,
      [0, ['-a']],
    ],
    [
      'disposes where the block throws',
      `try { using a = resource('a'); throw 1 } catch (e) { log.push(e) } log`,
      ['-a', 1],
    ],
    [
      'disposes of what was declared before the failure',
      `try { using a = resource('a'); using b = null.x; using c = resource('c') } catch (e) { log.push(e.name) } log`,
      ['-a', 'TypeError'],
    ],
    [
      'keeps every failure',
      `try { using a = resource('a', 1); using b = resource('b', 2); throw 3 } catch (e) { log.push(e.name ?? e.constructor.name, e.error, e.suppressed.error, e.suppressed.suppressed) } log`,
      ['-b', '-a', expect.any(String), 1, 2, 3],
    ],
    [
      'does nothing for nothing',
      `{ using a = null, b = undefined; log.push(a, b) } log`,
      [null, null],
    ],
    [
      'rejects what cannot be disposed of',
      `try { { using a = {} } } catch (e) { log.push(e.name) } try { { using a = 1 } } catch (e) { log.push(e.name) } log`,
      ['TypeError', 'TypeError'],
    ],
    [
      'disposes once for each round',
      `for (const i of [1, 2]) { using a = resource(i); log.push(i) } log`,
      [1, '-1', 2, '-2'],
    ],
    [
      'disposes of what a loop goes over',
      `for (using a of [resource('a'), resource('b')]) { log.push(a.name); if (a.name === 'b') break } log`,
      ['a', '-a', 'b', '-b'],
    ],
    [
      'disposes at the end of a loop',
      `for (using a = resource('a'), n = { i: 0, [Symbol.dispose]() {} }; n.i < 2; n.i++) log.push(n.i); log`,
      [0, 1, '-a'],
    ],
    [
      'goes on with labels',
      `outer: for (using a of [resource('a'), resource('b')]) { for (;;) continue outer } log`,
      ['-a', '-b'],
    ],
    [
      'declares constants',
      `try { { using a = resource('a'); a = 1 } } catch (e) { log.push(e.name) } log`,
      ['-a', 'TypeError'],
    ],
    [
      'keeps the directives of a function',
      `const f = function () { 'use strict'; using a = resource('a'); return this === undefined }; f()`,
      true,
    ],
    [
      'stands in a static block and in a generator',
      `class A { static { using a = resource('a'); log.push('in') } }
       function* g() { using b = resource('b'); yield 1; yield 2 } for (const x of g()) { log.push(x); break } log`,
      ['in', '-a', 1, '-b'],
    ],
    [
      'is still a name',
      `const using = { of: [1] }; for (const x of using.of) log.push(x); var of = [2]; using
       log.push(using === undefined); log`,
      [1, false],
    ],
    [
      'names functions',
      `try { { using f = () => {} } } catch (e) { log.push(e.name) } Function.prototype[Symbol.dispose] = function () { log.push(this.name) };
       { using f = () => {}, g = class {} } log`,
      ['TypeError', 'g', 'f'],
    ],
    [
      'shows the right place',
      `const f = () => { using a = resource('a'); null.x };
      try { f() } catch (e) { e.stack.split('\\n')[1].trim() }`,
      expect.stringMatching(/main\.js:\d+:48\)$/),
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(resources + code)).toEqual(result);
  });
});

describe('await using', () => {
  test.each<readonly [what: string, code: string, result: unknown]>([
    [
      'awaits the end',
      `{ await using a = later('a'); using b = resource('b'); await using c = resource('c') } log.push('end'); log`,
      ['-c', '-b', '~a', 'end'],
    ],
    [
      'awaits in functions',
      `const f = async () => { await using a = later('a'); return 5 }; log.push(await f()); log`,
      ['~a', 5],
    ],
    [
      'keeps every failure',
      `try { await using a = later('a', 1); throw 2 } catch (e) { log.push(e.error, e.suppressed) } log`,
      ['~a', 1, 2],
    ],
    [
      'awaits even nothing',
      `let n = 0; const f = async () => { { await using a = null } n = 1 }; f(); log.push(n); await null; await null; log.push(n); log`,
      [0, 1],
    ],
    [
      'stands in loops',
      `for (await using a of [later('a'), later('b')]) log.push(a.name); for await (await using c of [later('c')]) log.push(c.name); log`,
      ['a', '~a', 'b', '~b', 'c', '~c'],
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(resources + code)).toEqual(result);
  });
});

describe('at the top of a module', () => {
  test.each<readonly [what: string, module: string, result: unknown]>([
    [
      'a resource lasts until the module has run',
      `using a = resource('a'); log.push('in'); export const n = 1;`,
      { n: 1 },
    ],
    [
      'all that is exported is',
      `import { log as l } from './log.js'; using a = resource('a');
        export const x = 1, y = x + 1; export let { p: [q] } = { p: [3] }; export let z; z = 4;
        export function f() { return g() + x } function g() { return 10 } export class C { static n = 5 }
        const own = 6; export { own, own as other, g as h, l }; export * from './more.js'; export { more as again } from './more.js'`,
      { x: 1, y: 2, q: 3, z: 4, f: 11, C: 5, own: 6, other: 6, h: 10, l: true, more: 7, again: 7 },
    ],
    [
      'and its default',
      `await using a = later('a'); export default function f() { return f.name }`,
      { default: 'f' },
    ],
    [
      'of every kind',
      `using a = resource('a'); export default class { static n = 'c' }`,
      { default: 'c' },
    ],
    ['by value', `using a = resource('a'); export default (log.push('in'), 8)`, { default: 8 }],
    [
      'and changes',
      `using a = resource('a'); export let n = 1; export const up = () => { n += 1; return n }; up()`,
      { n: 2, up: 3 },
    ],
    [
      'with the resource itself',
      `using a = resource('a'); export { a }; export const name = a.name`,
      { a: 'a', name: 'a' },
    ],
  ])('%s', async (_, module, result) => {
    const code = `import './resources.js'; import * as all from './module.js';
      const show = (v) => typeof v !== 'function' ? v?.name ?? v : v.n ?? v();
      export default { log, all: Object.fromEntries(Object.entries(all).map(([k, v]) => [k, show(v)])) }`;
    const files = {
      '/app/resources.js': resources,
      '/app/log.js': 'export const log = true',
      '/app/more.js': 'export const more = 7',
      '/app/module.js': module,
    };
    expect(await resultOf(code, files)).toEqual({
      all: result,
      log: expect.arrayContaining([expect.stringMatching(/^[-~]a$/)]),
    });
  });
});
