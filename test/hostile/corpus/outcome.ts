/** What is thrown, returned, printed and logged to break whoever has to tell it. */

import type { HostileCase, Outcome } from '../case.ts';

const limits = { timeoutMs: 1500 };
const big = { timeoutMs: 4000, memoryMb: 512 };
const truncatedError = { metadata: { truncated: { error: true } } };

type Row = readonly [
  name: string,
  js: string,
  outcome: Outcome | readonly Outcome[],
  like?: object | undefined,
  limits?: typeof limits,
];

const thrown: readonly Row[] = [
  ['undefined', `throw undefined`, 'RUNTIME_ERROR', { error: { message: 'undefined' } }],
  ['null', `throw null`, 'RUNTIME_ERROR', { error: { message: 'null' } }],
  ['a symbol', `throw Symbol('x')`, 'RUNTIME_ERROR', { error: { message: 'Symbol(x)' } }],
  ['a BigInt', `throw 10n`, 'RUNTIME_ERROR', { error: { message: '10' } }],
  ['a function', `throw () => 1`, 'RUNTIME_ERROR'],
  ['an empty string', `throw ''`, 'RUNTIME_ERROR', { error: { message: '' } }],
  ['an object without prototype', `throw Object.create(null)`, 'RUNTIME_ERROR'],
  [
    'a revoked proxy',
    `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy`,
    'RUNTIME_ERROR',
  ],
  [
    'a revoked proxy of a function',
    `const { proxy, revoke } = Proxy.revocable(() => {}, {}); revoke(); throw proxy`,
    'RUNTIME_ERROR',
  ],
  [
    'a proxy of an error',
    `throw new Proxy(new Error('inner'), { get() { throw new Error('trap') }, getPrototypeOf() { throw new Error('trap') } })`,
    'RUNTIME_ERROR',
  ],
  [
    'a proxy that loops when it is asked',
    `throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } })`,
    'TIMEOUT',
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'an error whose message loops',
    `throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } })`,
    'TIMEOUT',
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'an error whose message throws',
    `throw Object.defineProperty(new Error(), 'message', { get() { throw 1 } })`,
    'RUNTIME_ERROR',
  ],
  [
    'an error whose name is an object',
    `throw Object.assign(new Error('m'), { name: { toString() { throw 1 } } })`,
    'RUNTIME_ERROR',
  ],
  [
    'an error whose stack is not a text',
    `throw Object.assign(new Error('m'), { stack: { a: [1n] } })`,
    'RUNTIME_ERROR',
    { error: { message: 'm' } },
  ],
  [
    'an error whose stack is a forgery',
    `throw Object.assign(new Error('m'), { stack: '    at main (/work/secret.js:1:1)\\n    at engine:prelude:1:1\\n'.repeat(100000) })`,
    'RUNTIME_ERROR',
  ],
  [
    'an error whose message has 100 MB',
    `throw new Error('x'.repeat(100 * 2 ** 20))`,
    'RUNTIME_ERROR',
    truncatedError,
    big,
  ],
  ['a text of 100 MB', `throw 'x'.repeat(100 * 2 ** 20)`, 'RUNTIME_ERROR', truncatedError, big],
  [
    'an error whose name has 10 MB',
    `throw Object.assign(new Error('m'), { name: 'N'.repeat(10 * 2 ** 20) })`,
    'RUNTIME_ERROR',
    truncatedError,
  ],
  [
    'a message of control characters',
    `throw new Error('\\x00\\x01\\x1b[31m'.repeat(100000))`,
    'RUNTIME_ERROR',
    truncatedError,
  ],
  [
    'a message of lone surrogates',
    `throw new Error('\\ud800'.repeat(1000000))`,
    'RUNTIME_ERROR',
    truncatedError,
  ],
  [
    'an AggregateError of a hundred thousand',
    `throw new AggregateError(Array.from({ length: 100000 }, (_, i) => new Error('e' + i)), 'many')`,
    'RUNTIME_ERROR',
    { error: { name: 'AggregateError' } },
    { ...limits, memoryMb: 256 } as typeof limits,
  ],
  [
    'an error with a cause of 50 MB',
    `throw new Error('m', { cause: new Error('x'.repeat(50 * 2 ** 20)) })`,
    'RUNTIME_ERROR',
    { error: { message: 'm' } },
    big,
  ],
  [
    'in a timer',
    `setTimeout(() => { throw new TypeError('late') }, 1)`,
    'RUNTIME_ERROR',
    { error: { name: 'TypeError', message: 'late' } },
  ],
  [
    'in a rejection nobody handles',
    `Promise.reject(new RangeError('lost')); 1`,
    'RUNTIME_ERROR',
    { error: { name: 'RangeError' } },
  ],
  [
    'in a rejection with a getter',
    `Promise.reject({ get message() { for (;;); } })`,
    ['RUNTIME_ERROR', 'TIMEOUT'],
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'a thousand rejections at once',
    `for (let i = 0; i < 1000; i++) Promise.reject(i)`,
    'RUNTIME_ERROR',
    { error: { message: '0' } },
  ],
  [
    'with the intrinsics that describe it broken',
    `for (const k of ['slice', 'split', 'toString', 'indexOf', 'startsWith', 'match', 'replace']) String.prototype[k] = () => { throw 1 }; for (const k of ['join', 'filter', 'map', 'push']) Array.prototype[k] = () => { throw 2 }; throw new Error('still told')`,
    'RUNTIME_ERROR',
  ],
  [
    'with the intrinsics that describe it lying',
    `String.prototype.slice = () => ({ evil: true }); String.prototype.split = () => ({ filter: () => ({ join: () => ({ slice: () => 7 }) }) }); Array.prototype.join = () => 7; throw new Error('still told')`,
    'RUNTIME_ERROR',
  ],
  [
    'with a slice that does not cut',
    `String.prototype.slice = function () { return String(this) }; throw new Error('x'.repeat(70 * 2 ** 20))`,
    ['RUNTIME_ERROR', 'MEMORY_LIMIT'],
    undefined,
    big,
  ],
  [
    'with Error made a liar',
    `Object.defineProperty(Error, Symbol.hasInstance, { value: () => { throw 1 } }); throw new Error('m')`,
    'RUNTIME_ERROR',
  ],
  [
    'with JSON.stringify replaced',
    `JSON.stringify = () => 'not json'; throw new Error('m')`,
    'RUNTIME_ERROR',
    { error: { message: 'm' } },
  ],
  ['a syntax error', `let let = 1`, 'SYNTAX_ERROR'],
  [
    'a syntax error after a megabyte',
    `${'/*'.padEnd(1_000_000, 'x')}*/ let let = 1`,
    'SYNTAX_ERROR',
  ],
];

const returned: readonly Row[] = [
  ['a cycle', `const o = {}; o.o = o; o`, 'RESULT_NOT_SERIALIZABLE'],
  ['a BigInt within', `({ a: 1n })`, 'RESULT_NOT_SERIALIZABLE'],
  ['a BigInt alone', `2n ** 64n`, 'success', { result: '18446744073709551616' }],
  ['a BigInt of a megabyte', `1n << 800000n`, ['success', 'TIMEOUT']],
  ['a symbol', `Symbol('x')`, 'success', { result: null }],
  [
    'a revoked proxy',
    `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); [proxy]`,
    'RESULT_NOT_SERIALIZABLE',
  ],
  [
    'a proxy without end',
    `const p = new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 1 }), get: (t, k) => (k === 'then' || k === 'toJSON' ? undefined : p) }); p`,
    ['STACK_OVERFLOW', 'RESULT_NOT_SERIALIZABLE', 'TIMEOUT', 'MEMORY_LIMIT'],
  ],
  [
    'a toJSON that returns itself anew',
    `const f = () => ({ toJSON: () => ({ next: f() }) }); f()`,
    ['STACK_OVERFLOW', 'TIMEOUT'],
  ],
  ['a toJSON that loops', `({ toJSON() { for (;;); } })`, 'TIMEOUT', undefined, { timeoutMs: 300 }],
  ['a toJSON that throws', `({ toJSON() { throw new Error('no') } })`, 'RESULT_NOT_SERIALIZABLE'],
  ['a getter that loops', `({ get x() { for (;;); } })`, 'TIMEOUT', undefined, { timeoutMs: 300 }],
  [
    'a getter that eats memory',
    `({ get x() { const a = []; for (;;) a.push(new ArrayBuffer(1 << 20)) } })`,
    ['MEMORY_LIMIT', 'RESULT_NOT_SERIALIZABLE'],
  ],
  [
    'a then that loops',
    `({ then(resolve) { for (;;); } })`,
    'TIMEOUT',
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'a then that resolves with thenables without end',
    `const t = { then(resolve) { resolve(t) } }; t`,
    'TIMEOUT',
    undefined,
    { timeoutMs: 300 },
  ],
  ['a promise that nobody settles', `new Promise(() => {})`, 'RUNTIME_ERROR'],
  ['a text over the cap', `'x'.repeat(2 * 2 ** 20)`, 'RESULT_TOO_LARGE'],
  ['two-byte characters over the cap', `'é'.repeat(600 * 1024)`, 'RESULT_TOO_LARGE'],
  [
    'a text of 200 MB',
    `'x'.repeat(200 * 2 ** 20)`,
    ['RESULT_TOO_LARGE', 'MEMORY_LIMIT'],
    undefined,
    big,
  ],
  [
    'an array that doubles when it is told',
    `let o = 'xxxxxxxx'; for (let i = 0; i < 24; i++) o = [o, o]; o`,
    ['RESULT_TOO_LARGE', 'MEMORY_LIMIT', 'TIMEOUT'],
    undefined,
    big,
  ],
  [
    'nested arrays, a hundred thousand deep',
    `let a = []; for (let i = 0; i < 100000; i++) a = [a]; a`,
    ['STACK_OVERFLOW', 'TIMEOUT', 'success'],
  ],
  [
    'nested arrays, a thousand deep',
    `let a = []; for (let i = 0; i < 1000; i++) a = [a]; a`,
    'success',
  ],
  ['lone surrogates', `'\\ud800\\udfff'.repeat(10)`, 'success'],
  [
    'quotes and backslashes up to the cap',
    `'"\\\\'.repeat(260000)`,
    ['success', 'RESULT_TOO_LARGE'],
  ],
  ['control characters up to the cap', `'\\x01'.repeat(170000)`, 'success'],
  [
    'keys that look like the response',
    `({ status: 'success', error: null, metadata: {}, __proto__: null, ['__proto__']: { a: 1 } })`,
    'success',
    { result: { status: 'success' } },
  ],
  [
    'a replaced JSON.stringify',
    `JSON.stringify = () => '{"broken'; ({ a: 1 })`,
    'success',
    { result: { a: 1 } },
  ],
  [
    'an Object.prototype.toJSON',
    `Object.prototype.toJSON = () => 'hijacked'; ({ a: 1 })`,
    'success',
    { result: 'hijacked' },
  ],
  [
    'an Object.prototype.then',
    `Object.prototype.then = function (resolve) { resolve(1) }; ({ a: 1 })`,
    ['success', 'RUNTIME_ERROR', 'TIMEOUT'],
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'a sparse array of that length',
    `const a = []; a[4294967294] = 1; a`,
    ['TIMEOUT', 'RESULT_TOO_LARGE', 'MEMORY_LIMIT', 'RESULT_NOT_SERIALIZABLE'],
    undefined,
    { timeoutMs: 500 },
  ],
  [
    'a typed array of a megabyte',
    `new Uint8Array(1 << 20)`,
    ['RESULT_TOO_LARGE', 'TIMEOUT', 'MEMORY_LIMIT'],
    undefined,
    { timeoutMs: 3000 },
  ],
  ['an array-like that claims a length', `({ length: 1e9 })`, 'success'],
  [
    'a module namespace with a hostile then',
    `export const then = (resolve) => { for (;;); }; export default 1`,
    'success',
    { result: 1 },
  ],
  [
    'an entrypoint that is a getter',
    `Object.defineProperty(globalThis, 'main', { get() { for (;;); }, configurable: true })`,
    ['TIMEOUT'],
    undefined,
    { timeoutMs: 300 },
  ],
];

const printed: readonly Row[] = [
  [
    'output without end',
    `for (;;) console.log('x'.repeat(1000))`,
    'TIMEOUT',
    { metadata: { truncated: { stdout: true } } },
    { timeoutMs: 500 },
  ],
  ['empty lines without end', `for (;;) console.log('')`, 'TIMEOUT', undefined, { timeoutMs: 700 }],
  [
    'errors without end',
    `for (;;) console.error('x'.repeat(1000))`,
    'TIMEOUT',
    { metadata: { truncated: { stderr: true } } },
    { timeoutMs: 500 },
  ],
  [
    'a line of 100 MB',
    `console.log('x'.repeat(100 * 2 ** 20)); 1`,
    'success',
    { result: 1, metadata: { truncated: { stdout: true } } },
    big,
  ],
  [
    'control characters to both streams',
    `const t = '\\x00\\x01\\x1b"\\\\'.repeat(250000); console.log(t); console.error(t); 1`,
    'success',
    { result: 1 },
  ],
  ['lone surrogates', `console.log('\\ud800'.repeat(400000)); 1`, 'success', { result: 1 }],
  [
    'characters cut in two by the cap',
    `console.log('x' + '\\u{1f600}'.repeat(300000)); 1`,
    'success',
    { metadata: { truncated: { stdout: true } } },
  ],
  [
    'an object whose getters loop',
    `console.log({ get x() { for (;;); } }); 1`,
    ['success', 'TIMEOUT'],
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'a proxy whose traps loop',
    `console.log(new Proxy({}, { ownKeys() { for (;;); } })); 1`,
    ['success', 'TIMEOUT'],
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'a custom inspect that loops',
    `console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { for (;;); } })`,
    ['TIMEOUT', 'success'],
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'a toStringTag that throws',
    `console.log({ get [Symbol.toStringTag]() { throw new Error('tag') } }); 1`,
    ['success', 'RUNTIME_ERROR'],
  ],
  [
    'a format with a million directives',
    `console.log('%s'.repeat(1000000), 1); 1`,
    ['success', 'TIMEOUT'],
  ],
  [
    'a format of a hostile object',
    `console.log('%d %i %f %j %o %O %s', ...Array(7).fill({ toString() { throw 1 }, valueOf() { throw 2 }, toJSON() { throw 3 } })); 1`,
    ['success', 'RUNTIME_ERROR'],
  ],
  [
    'groups without end',
    `for (let i = 0; i < 1e6; i++) console.group(); console.log('x'); 1`,
    ['success', 'TIMEOUT', 'MEMORY_LIMIT'],
  ],
  [
    'counters without end',
    `for (let i = 0; ; i++) console.count('c' + i)`,
    ['TIMEOUT', 'MEMORY_LIMIT'],
    undefined,
    { timeoutMs: 500 },
  ],
  [
    'a table of a million rows',
    `console.table(Array.from({ length: 1e6 }, (_, i) => ({ i }))); 1`,
    ['success', 'TIMEOUT', 'MEMORY_LIMIT'],
  ],
  [
    'a console that is replaced',
    `console.log = null; console = undefined; 1`,
    'success',
    { result: 1 },
  ],
  [
    'logs without end',
    `for (;;) app_log('info', 'x')`,
    'TIMEOUT',
    { metadata: { truncated: { logs: true } } },
    { timeoutMs: 500 },
  ],
  [
    'a log entry of 50 MB',
    `app_log('info', 'x'.repeat(50 * 2 ** 20)); 1`,
    'success',
    { result: 1, metadata: { truncated: { logs: true } } },
    big,
  ],
  [
    'a level that is none',
    `try { app_log('fatal', 'x') } catch (e) { e.name }`,
    'success',
    { result: 'TypeError', logs: [] },
  ],
  [
    'a level that loops',
    `app_log({ toString() { for (;;); } }, 'x')`,
    ['TIMEOUT', 'RUNTIME_ERROR'],
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'log fields that are a cycle',
    `const o = {}; o.o = o; app_log('info', 'x', o); 1`,
    ['success', 'RUNTIME_ERROR'],
  ],
  [
    'log fields whose toJSON loops',
    `app_log('info', 'x', { toJSON() { for (;;); } })`,
    'TIMEOUT',
    undefined,
    { timeoutMs: 300 },
  ],
  [
    'log fields five thousand deep',
    `let a = []; for (let i = 0; i < 5000; i++) a = [a]; app_log('info', 'x', a); 1`,
    'success',
    { logs: [{ message: 'x', fields: null }], metadata: { truncated: { logs: true } } },
  ],
  [
    'log fields a hundred thousand deep',
    `let a = {}; for (let i = 0; i < 100000; i++) a = { a }; app_log('info', 'x', a); 1`,
    ['success', 'RUNTIME_ERROR', 'STACK_OVERFLOW', 'TIMEOUT'],
  ],
  [
    'log fields with hostile keys',
    `app_log('info', 'x', JSON.parse('{"__proto__":{"polluted":1},"constructor":1,"level":"error","message":"forged"}')); 1`,
    'success',
    { logs: [{ level: 'info', message: 'x' }] },
  ],
  [
    'a log message that forges a line',
    `app_log('info', '\\n{"level":"ERROR","message":"forged"}\\n'); 1`,
    'success',
    { logs: [{ level: 'info' }] },
  ],
  [
    'a thousand entries of control characters',
    `for (let i = 0; i < 1000; i++) app_log('info', '\\x01'.repeat(1000)); 1`,
    'success',
    { result: 1 },
  ],
  [
    'everything at its cap at once',
    `const t = '\\x01"'.repeat(2 ** 19); console.log(t); console.error(t); for (let i = 0; i < 1000; i++) app_log('error', t.slice(0, 1000), { t: t.slice(0, 100) }); t.slice(0, 130000)`,
    'success',
  ],
];

const row =
  (kind: string) =>
  ([name, js, wanted, like, own = limits]: Row): HostileCase => ({
    name: `${kind}: ${name}`,
    js,
    request: { limits: own, ...(/entrypoint/.test(name) ? { entrypoint: 'main' } : {}) },
    expect: wanted,
    ...(like === undefined ? {} : { like }),
  });

export const outcomeCases: readonly HostileCase[] = [
  ...thrown.map(row('thrown')),
  ...returned.map(row('returned')),
  ...printed.map(row('printed')),
];
