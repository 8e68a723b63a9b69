/** Code that never ends, or whose cost is out of proportion to its length. */

import type { HostileCase, Outcome } from '../case.ts';

const limits = { timeoutMs: 300 };

/** Each would run for minutes or for ever. */
const endless: readonly (readonly [
  name: string,
  js: string,
  outcome?: Outcome | readonly Outcome[],
])[] = [
  ['an empty loop', `for (;;);`],
  [
    'a loop that catches whatever stops it',
    `for (;;) { try { for (;;); } catch {} finally { continue; } }`,
  ],
  ['a generator that never ends', `[...(function* () { for (;;) yield })().filter(() => false)]`],
  ['microtasks that make microtasks', `const f = () => Promise.resolve().then(f); await f()`],
  ['queueMicrotask without end', `const f = () => queueMicrotask(f); f()`],
  ['an async loop', `while (true) await null`],
  [
    'a for await without end',
    `for await (const x of (async function* () { for (;;) yield 1 })());`,
  ],
  ['a getter that never returns', `({ get x() { for (;;); } }).x`],
  ['a thenable that never calls back, and loops', `await { then() { for (;;); } }`],
  ['a comparator that never returns', `[1, 2].sort(() => { for (;;); })`],
  ['a proxy without end', `const p = new Proxy({}, { get: (t, k, r) => { for (;;); } }); p.x`],
  [
    'Symbol.species that loops',
    `class A extends Array { static get [Symbol.species]() { for (;;); } } new A(1).map(String)`,
  ],
  [
    'a finalizer of a generator that loops',
    `for (const x of (function* () { try { yield 1 } finally { for (;;); } })()) break`,
  ],
  ['a loop in a timer', `setTimeout(() => { for (;;); })`],
  ['intervals', `setInterval(() => {}, 0)`],
  ['a timer that sets the next', `const f = () => setTimeout(f, 0); f()`],
  ['a timer that is due tomorrow', `setTimeout(() => {}, 86400000)`],
  [
    'a wait for what was aborted by nobody',
    `await new Promise((resolve) => setTimeout(resolve, 60000))`,
  ],
  ['nested eval without end', `const f = 'for (;;) eval("1")'; eval(f)`],
  ['new Function without end', `for (;;) new Function('return 1')()`],
  ['a regular expression with nested quantifiers', `/^(a+)+$/.test('a'.repeat(40) + '!')`],
  ['a regular expression with alternatives that overlap', `/^(a|a)*$/.test('a'.repeat(40) + '!')`],
  [
    'a regular expression with a back-reference',
    `/^(.*)\\1\\1\\1\\1x$/.test('a'.repeat(400000) + '!')`,
  ],
  [
    'a regular expression with look-behind',
    `/(?<=^(a+)+)b/.test('a'.repeat(30) + 'cb')`,
    ['TIMEOUT', 'success'],
  ],
  [
    'a regular expression over a million lines',
    `for (;;) 'x\\n'.repeat(1e6).replace(/^x$/gm, 'y')`,
  ],
  ['a power of two that is too large to print', `String(2n ** 8000000n)`, 'RUNTIME_ERROR'],
  ['a factorial', `let x = 1n; for (let i = 1n; ; i++) x *= i`],
  ['BigInt.asUintN of a huge one', `for (;;) BigInt.asUintN(100000, 7n ** 30000n)`],
  ['parsing a long decimal', `for (;;) BigInt('9'.repeat(200000))`],
  ['a sort of a million, for ever', `for (;;) Array.from({ length: 1e6 }, (_, i) => -i).sort()`],
  ['an array with a hole of a billion', `new Array(1000000000) + ''`],
  ['indexOf over a sparse array', `const a = []; a[4e9] = 1; for (;;) a.indexOf(2)`],
  [
    'Array.prototype.includes on an object of that length',
    `Array.prototype.includes.call({ length: Number.MAX_SAFE_INTEGER }, 1)`,
  ],
  ['join of that length', `Array.prototype.join.call({ length: 2 ** 31 }, '')`],
  [
    'fill of that length',
    `Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)`,
    ['TIMEOUT', 'MEMORY_LIMIT'],
  ],
  ['Array.from of an array-like', `Array.from({ length: 2 ** 31 }, () => 0)`],
  [
    'a long string searched in a longer one',
    `for (;;) 'a'.repeat(100000).lastIndexOf('a'.repeat(50000) + 'b')`,
  ],
  ['JSON.parse with a reviver without end', `JSON.parse('[1]', () => { for (;;); })`],
  [
    'JSON.stringify of a graph that doubles',
    `let o = 1; for (let i = 0; i < 60; i++) o = [o, o]; JSON.stringify(o).length`,
  ],
  [
    'Object.groupBy over a generator without end',
    `Object.groupBy((function* () { for (;;) yield 1 })(), () => 'x')`,
  ],
  [
    'Map with colliding keys',
    `const m = new Map(); for (let i = 0; ; i++) m.set(i * 2 ** 32, m.size > 1e5 ? m.clear() : i)`,
  ],
  ['Atomics.wait', `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); for (;;);`],
  ['Date parsed for ever', `for (;;) Date.parse('x'.repeat(10000))`],
  [
    'normalize of combining characters',
    `for (;;) ('a' + '\\u0316\\u0301'.repeat(200000)).normalize('NFC')`,
  ],
  [
    'a with-proxy as scope',
    `new Function('p', 'with (p) { for (;;) x }')(new Proxy({}, { has: () => true, get: (t, k) => k === Symbol.unscopables ? undefined : 1 }))`,
  ],
  [
    'a destructuring of an iterator without end',
    `const [...x] = { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }`,
  ],
  ['a class whose static block loops', `class A { static { for (;;); } }`],
  ['a tagged template without end', `const t = () => { for (;;); }; t\`x\``],
  [
    'a decoder fed for ever',
    `const d = new TextDecoder(); for (;;) d.decode(new Uint8Array(100000), { stream: true })`,
  ],
];

export const timeCases: readonly HostileCase[] = endless.map(
  ([name, js, wanted = 'TIMEOUT']): HostileCase => ({
    name,
    js: `console.log('before'); ${js}`,
    request: { limits },
    expect: wanted,
    like: { stdout: 'before\n' },
  }),
);
