/** Code that calls itself, or nests, without end. */

import type { HostileCase, Outcome } from '../case.ts';

const limits = { timeoutMs: 4000 };
const deep: readonly (readonly [
  name: string,
  js: string,
  outcome?: Outcome | readonly Outcome[],
])[] = [
  ['a function that calls itself', `const f = () => f() + 1; f()`],
  ['two functions that call each other', `const f = () => g(), g = () => [f()]; f()`],
  ['a getter of itself', `const o = { get x() { return this.x } }; o.x`],
  ['a setter of itself', `const o = { set x(v) { this.x = v } }; o.x = 1`],
  ['a constructor of itself', `class A { a = new A() } new A()`],
  ['toString of itself', `const o = { toString() { return '' + this } }; '' + o`],
  ['valueOf of itself', `const o = { valueOf() { return +this } }; +o`],
  ['Symbol.toPrimitive of itself', `const o = { [Symbol.toPrimitive]() { return +this } }; +o`],
  [
    'a proxy whose target is a proxy',
    `let p = {}; for (let i = 0; i < 100000; i++) p = new Proxy(p, {}); p.x`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'a chain of prototypes',
    `let p = {}; for (let i = 0; i < 100000; i++) p = Object.create(p); p.x; 1`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'bound functions of bound functions',
    `let f = () => 1; for (let i = 0; i < 5000; i++) f = f.bind(); f()`,
    ['STACK_OVERFLOW', 'success'],
  ],
  ['map within map', `const f = () => [1].map(f); f()`],
  ['sort within sort', `const f = () => [2, 1].sort(f); f()`],
  ['replace within replace', `const f = () => 'a'.replace(/a/, f); f()`],
  [
    'JSON.parse of nested arrays',
    `JSON.parse('['.repeat(200000) + ']'.repeat(200000)); 1`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'JSON.stringify of nested arrays',
    `let a = []; for (let i = 0; i < 200000; i++) a = [a]; JSON.stringify(a); 1`,
    ['STACK_OVERFLOW', 'success', 'TIMEOUT'],
  ],
  ['JSON.parse with a reviver that parses', `const f = () => JSON.parse('[1]', f); f()`],
  ['toJSON of itself', `const o = { toJSON() { return JSON.stringify(this) } }; JSON.stringify(o)`],
  ['eval within eval', `const f = 'eval(f)'; var g = () => eval('g()'); g()`],
  [
    'source with nested brackets',
    `eval('['.repeat(100000) + ']'.repeat(100000)); 1`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'source with nested parentheses',
    `eval('('.repeat(100000) + '1' + ')'.repeat(100000))`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'source with nested functions',
    `eval('(()=>'.repeat(20000) + '1' + ')'.repeat(20000)); 1`,
    ['STACK_OVERFLOW', 'success', 'RUNTIME_ERROR'],
  ],
  [
    'source with a long chain of operators',
    `eval('1' + '+1'.repeat(200000))`,
    ['STACK_OVERFLOW', 'success'],
  ],
  ['source with unary operators', `eval('!'.repeat(200000) + '1')`, ['STACK_OVERFLOW', 'success']],
  [
    'source with nested templates',
    `eval('\`\${'.repeat(10000) + '1' + '}\`'.repeat(10000))`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'a regular expression with nested groups',
    `new RegExp('('.repeat(100000) + ')'.repeat(100000)).test(''); 1`,
    ['STACK_OVERFLOW', 'RUNTIME_ERROR', 'success'],
  ],
  [
    'a regular expression that backtracks deeply',
    `/^(?:.|\\n)*?x$/.test('a'.repeat(1000000)); 1`,
    ['STACK_OVERFLOW', 'success', 'RUNTIME_ERROR', 'TIMEOUT'],
  ],
  [
    'structuredClone of nested objects',
    `let a = {}; for (let i = 0; i < 100000; i++) a = { a }; structuredClone(a); 1`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'console.log of nested arrays',
    `let a = []; for (let i = 0; i < 100000; i++) a = [a]; console.dir(a, { depth: Infinity }); 1`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    'flat of nested arrays',
    `let a = []; for (let i = 0; i < 100000; i++) a = [a]; a.flat(Infinity).length`,
    ['STACK_OVERFLOW', 'success'],
  ],
  [
    "errors that are each other's cause",
    `const a = new Error('a'), b = new Error('b', { cause: a }); a.cause = b; console.log(a); throw b`,
    ['RUNTIME_ERROR'],
  ],
  [
    'a chain of a hundred thousand causes',
    `let e = new Error('0'); for (let i = 0; i < 100000; i++) e = new Error('x', { cause: e }); throw e`,
    ['RUNTIME_ERROR', 'STACK_OVERFLOW', 'MEMORY_LIMIT'],
  ],
  [
    'awaits of awaits',
    `const f = async () => { await f() }; await f()`,
    ['STACK_OVERFLOW', 'MEMORY_LIMIT', 'TIMEOUT'],
  ],
  [
    'an event that dispatches itself',
    `const t = new EventTarget(); t.addEventListener('x', () => t.dispatchEvent(new Event('x'))); t.dispatchEvent(new Event('x'))`,
    ['STACK_OVERFLOW', 'TIMEOUT', 'RUNTIME_ERROR', 'success'],
  ],
  [
    'recursion through a host call',
    `const o = { toString() { return new URL(o, 'http://a').href } }; new URL(o, 'http://a')`,
  ],
  [
    'recursion through the console',
    `const o = { get [Symbol.toStringTag]() { console.log(o); return 'x' } }; console.log(o)`,
    ['STACK_OVERFLOW', 'success', 'TIMEOUT'],
  ],
  [
    'arguments by the million',
    `Math.max.apply(null, new Array(5000000))`,
    ['STACK_OVERFLOW', 'success', 'RUNTIME_ERROR', 'MEMORY_LIMIT'],
  ],
  [
    'a call with spread of a million',
    `((...a) => a.length)(...new Array(1000000))`,
    ['STACK_OVERFLOW', 'success', 'RUNTIME_ERROR'],
  ],
  [
    'overflow caught again and again',
    `let n = 0; const f = () => { try { f() } catch { n++; f() } }; f(); n`,
    ['STACK_OVERFLOW', 'TIMEOUT', 'success'],
  ],
  ['overflow in a promise job', `await Promise.resolve().then(function f() { return f() + 1 })`],
  ['overflow in a timer', `setTimeout(function f() { return f() + 1 })`],
  [
    'overflow in a toJSON of the result',
    `({ toJSON() { const f = () => f() + 1; return f() } })`,
    ['STACK_OVERFLOW', 'RESULT_NOT_SERIALIZABLE'],
  ],
];

export const stackCases: readonly HostileCase[] = [
  ...deep.map(
    ([name, js, wanted = 'STACK_OVERFLOW']): HostileCase => ({
      name,
      js,
      request: { limits },
      expect: wanted,
    }),
  ),
  {
    name: 'an overflow that was caught leaves the guest able to go on',
    js: `let caught = 0; const f = () => f() + 1; for (let i = 0; i < 20; i++) { try { f() } catch (e) { caught += e instanceof Error } } caught`,
    request: { limits },
    expect: 'success',
    like: { result: 20 },
  },
];
