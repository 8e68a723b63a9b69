/** Code that wants more memory than it may have. */

import type { HostileCase, Outcome } from '../case.ts';

const hogs: readonly (readonly [
  name: string,
  js: string,
  outcome?: Outcome | readonly Outcome[],
])[] = [
  ['strings in an array', `const a = []; for (;;) a.push('x'.repeat(100000) + a.length)`],
  ['a string that doubles', `let s = 'x'; for (;;) s += s`, ['MEMORY_LIMIT', 'RUNTIME_ERROR']],
  ['small objects', `const a = []; for (;;) a.push({ a: 1 })`],
  ['a linked list', `let l = null; for (;;) l = { l }`],
  ['closures', `const a = []; for (;;) { const x = a.length; a.push(() => x) }`],
  ['array buffers', `const a = []; for (;;) a.push(new ArrayBuffer(1 << 20))`],
  ['one array buffer over the limit', `new ArrayBuffer(600 * 2 ** 20)`],
  [
    'a resizable array buffer',
    `const b = new ArrayBuffer(1, { maxByteLength: 2 ** 31 - 1 }); for (let n = 1; ; n *= 2) b.resize(n)`,
    ['MEMORY_LIMIT', 'RUNTIME_ERROR'],
  ],
  ['a typed array over the limit', `new Float64Array(2 ** 27)`, ['MEMORY_LIMIT', 'RUNTIME_ERROR']],
  ['a map', `const m = new Map(); for (let i = 0; ; i++) m.set(i, i)`],
  ['a set of symbols', `const m = new Set(); for (;;) m.add(Symbol('x'))`],
  ['atoms', `const o = {}; for (let i = 0; ; i++) o['k' + i] = 1`],
  ['promises', `const a = []; for (;;) a.push(new Promise(() => {}))`],
  ['a queue of microtasks', `for (;;) queueMicrotask(() => {})`, ['MEMORY_LIMIT', 'TIMEOUT']],
  [
    'rejected promises',
    `const a = []; for (;;) a.push(Promise.reject(1))`,
    ['MEMORY_LIMIT', 'RUNTIME_ERROR'],
  ],
  ['timers', `for (;;) setTimeout(() => {}, 1000)`, ['MEMORY_LIMIT', 'TIMEOUT']],
  [
    'generators',
    `const a = []; for (;;) { const g = (function* () { yield 1 })(); g.next(); a.push(g) }`,
  ],
  ['errors with stacks', `const a = []; for (;;) a.push(new Error('x'.repeat(1000) + a.length))`],
  [
    'regular expressions',
    `const a = []; for (let i = 0; ; i++) a.push(new RegExp('(x' + i + '){1,100}'))`,
  ],
  [
    'a regular expression that compiles to much',
    `new RegExp('((((a{1,1000}){1,1000}){1,1000}){1,1000})').test('a')`,
    ['MEMORY_LIMIT', 'RUNTIME_ERROR', 'TIMEOUT', 'success', 'SYNTAX_ERROR'],
  ],
  [
    'functions compiled from text',
    `const a = []; for (let i = 0; ; i++) a.push(new Function('return ' + i + '+"' + 'x'.repeat(10000) + '"'))`,
  ],
  ['BigInts', `let b = 1n; for (;;) b <<= 1000000n`, ['MEMORY_LIMIT', 'RUNTIME_ERROR']],
  ['padStart', `'x'.padStart(2 ** 29)`, ['MEMORY_LIMIT', 'RUNTIME_ERROR']],
  ['repeat', `const a = []; for (;;) a.push('ab'.repeat(2 ** 20) + 'x')`],
  [
    'replaceAll that grows',
    `let s = 'aa'; for (;;) s = s.replaceAll('a', 'aaaa')`,
    ['MEMORY_LIMIT', 'RUNTIME_ERROR'],
  ],
  ['spread of a spread', `let a = [1, 2]; for (;;) a = [...a, ...a]`],
  [
    'JSON text',
    `let o = 'x'.repeat(100000); for (;;) o = JSON.stringify([o, o])`,
    ['MEMORY_LIMIT', 'RUNTIME_ERROR'],
  ],
  [
    'JSON.parse',
    `const t = '[' + '[],'.repeat(1000000) + '[]]'; const a = []; for (;;) a.push(JSON.parse(t))`,
  ],
  [
    'structuredClone',
    `let o = ['x'.repeat(100000)]; for (;;) o = [structuredClone(o), structuredClone(o)]`,
    ['MEMORY_LIMIT', 'TIMEOUT'],
  ],
  ['split into characters', `const a = []; for (;;) a.push('ab'.repeat(100000).split(''))`],
  [
    'an array whose length is set',
    `const a = []; a.length = 2 ** 32 - 1; a.fill(1)`,
    ['MEMORY_LIMIT', 'TIMEOUT'],
  ],
  [
    'hogging after catching',
    `for (;;) { try { const a = []; for (;;) a.push(new ArrayBuffer(1 << 20)) } catch {} }`,
    ['TIMEOUT', 'MEMORY_LIMIT'],
  ],
  ['blobs', `const a = []; for (;;) a.push(new Blob(['x'.repeat(1000000)]))`],
  [
    'URLs',
    `const a = []; for (;;) a.push(new URL('http://a/' + 'x'.repeat(100000)))`,
    ['MEMORY_LIMIT', 'TIMEOUT'],
  ],
  [
    'event listeners',
    `const t = new EventTarget(); for (;;) t.addEventListener('x', () => {})`,
    ['MEMORY_LIMIT', 'TIMEOUT'],
  ],
  [
    'a stream that is never read',
    `const s = new TransformStream(); const w = s.writable.getWriter(); for (;;) w.write('x'.repeat(100000)).catch(() => {})`,
    ['MEMORY_LIMIT', 'TIMEOUT'],
  ],
  [
    'headers',
    `const h = new Headers(); for (let i = 0; ; i++) h.append('a' + i, 'x'.repeat(1000))`,
    ['MEMORY_LIMIT', 'TIMEOUT'],
  ],
  ['random bytes', `const a = []; for (;;) a.push(crypto.getRandomValues(new Uint8Array(65536)))`],
  ['weak references', `const a = []; for (;;) a.push(new WeakRef({}))`],
];

export const memoryCases: readonly HostileCase[] = [
  ...hogs.flatMap(([name, js, wanted = 'MEMORY_LIMIT']): HostileCase[] => [
    {
      name: `${name} under 16 MB`,
      js: `console.log('before'); ${js}`,
      request: { limits: { memoryMb: 16, timeoutMs: 4000 } },
      expect: wanted,
      like: { stdout: 'before\n' },
    },
  ]),
  ...hogs.slice(5, 7).map(
    ([name, js, wanted = 'MEMORY_LIMIT']): HostileCase => ({
      name: `${name} under 512 MB`,
      js,
      request: { limits: { memoryMb: 512, timeoutMs: 8000 } },
      expect: wanted,
    }),
  ),
  {
    name: 'what was caught leaves the guest able to go on',
    js: `let caught = 0; for (let i = 0; i < 3; i++) { try { new ArrayBuffer(2 ** 30) } catch { caught++ } } caught`,
    request: { limits: { memoryMb: 16, timeoutMs: 1000 } },
    expect: 'success',
    like: { result: 3 },
  },
];
