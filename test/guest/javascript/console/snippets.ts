/** Programs whose output must be the same, byte for byte, here and in Node.js. */

const values =
  String.raw`
'text'
''
"it's"
42
-0
0.1 + 0.2
1e21
1e-7
NaN
-Infinity
123n
-5n
true
null
undefined
Symbol('s')
Symbol()
Symbol.iterator
Symbol('a\nb')
{}
[]
[[]]
[{}]
{ a: 1 }
{ a: 1, b: 'two', c: [3, 4], d: { e: null, f: undefined } }
{ 'a-b': 1, 'c d': 2, _ok: 3, $dollar: 4, 9: 5, 'ünï': 6, "it's": 7 }
{ ['__proto__']: 1 }
{ __proto__: null, a: 1 }
{ __proto__: null }
Object.create({})
Object.create(Object.create(null))
{ [Symbol('key')]: 1, [Symbol()]: 2, [Symbol('new\nline')]: 3 }
Object.defineProperty({ shown: 1 }, 'hidden', { value: 2 })
Object.defineProperty({}, Symbol('hidden'), { value: 2 })
{ get a() { return 1 }, set b(v) {}, get c() { return 1 }, set c(v) {} }
{ get a() { throw new Error('never') } }
{ a: { b: { c: { d: 1 } } } }
{ a: { b: { c: {} } } }
{ a: { b: { c: [] } } }
{ a: { b: { c: [1] } } }
{ a: { b: { c: new Map([[1, 2]]), d: new Set([1]), e: new Date(0), f: /x/g, g() {} } } }
[[[[1]]]]
[[[[]]]]
['a', 'b', 'c']
['a', "b'c", 'd"e', 'f\'"g', 'h\'"` +
  '`' +
  String.raw`i', 'tab\there', 'nul\0', '\x7f\x9f', '\ud800', '\\']
[1, 2, 3]
[1.5, -2, 3e10, NaN, -0]
[undefined, null, true]
[1, , 3]
[, , ]
[, 'a', , , 'b']
new Array(3)
new Array(1)
Object.assign([1, 2], { extra: true, [Symbol('s')]: 1 })
Object.assign([1, , 2], { extra: true })
Object.assign([], { '-1': 1, '1.5': 2, '4294967295': 3 })
Array.from({ length: 6 }, (_, i) => i)
Array.from({ length: 7 }, (_, i) => i)
Array.from({ length: 27 }, (_, i) => i * i)
Array.from({ length: 100 }, (_, i) => i)
Array.from({ length: 101 }, (_, i) => i)
Array.from({ length: 200 }, (_, i) => 'item ' + i)
Array.from({ length: 20 }, (_, i) => 'x'.repeat(i))
Array.from({ length: 10 }, (_, i) => 'x'.repeat(i * 3))
Array.from({ length: 30 }, (_, i) => BigInt(i) ** 5n)
Array.from({ length: 12 }, (_, i) => i % 2 ? i : String(i))
Array.from({ length: 16 }, (_, i) => ({ i }))
Array.from({ length: 16 }, (_, i) => [i, i + 1])
Array.from({ length: 8 }, () => '漢字')
Array.from({ length: 12 }, (_, i) => ['👍', 'é', 'e\u0301', '字', 'abc'][i % 5])
Array.from({ length: 12 }, (_, i) => i % 3 === 0 ? undefined : null)
Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i))
Array.from({ length: 9 }, (_, i) => -i / 3)
Object.fromEntries(Array.from({ length: 30 }, (_, i) => ['key' + i, i]))
Object.fromEntries(Array.from({ length: 120 }, (_, i) => ['k' + i, i]))
{ a: 'x'.repeat(60) }
{ a: 'x'.repeat(61), b: 1 }
{ a: 'x'.repeat(76) }
{ a: 'x'.repeat(100) }
{ a: 'line one\nline two\nline three', b: 'short\n' }
['first line which is long enough\nsecond line which is long enough\n', 'x']
{ aaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, cccccccccccccccccccc: 3 }
{ aaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, cccccccccccccccccccc: 3, d: 4 }
{ a: { b: 1, c: 2 }, d: { e: 3, f: { g: 4 } } }
{ a: { b: { c: {} } }, list: [[1, [2, [3, [4]]]]] }
{ users: [{ id: 1, name: 'Ann', tags: ['a', 'b'] }, { id: 2, name: 'Bob', tags: [] }], total: 2, next: null }
{ deep: { deeper: { deepest: { tooDeep: { x: 1 } } } }, arr: [[[[[1]]]]] }
['x'.repeat(10001)]
['x'.repeat(10000)]
new String('x'.repeat(20))
new Map()
new Map([['a', 1], ['b', { c: 2 }]])
new Map([[{ k: 1 }, new Map([[1, 2]])]])
new Map([[new Map([[1, 2]]), [1, 2, 3]]])
new Map(Array.from({ length: 30 }, (_, i) => [i, 'v' + i]))
new Map(Array.from({ length: 102 }, (_, i) => [i, i]))
Object.assign(new Map([[1, 2]]), { extra: 1 })
new Set()
new Set([1, 'two', [3], { four: 4 }])
new Set(Array.from({ length: 110 }, (_, i) => i))
Object.assign(new Set([1]), { extra: 1 })
new (class Foo extends Map {})([[1, 2]])
new (class Foo extends Set {})([1])
new (class Foo extends Array {})(3)
new (class Foo extends Array {})()
(class Foo extends Array {}).from([1, 2])
new (class MyMap extends Map { get [Symbol.toStringTag]() { return 'Tagged' } })([[1, 2]])
new Map([[1, 2]]).keys()
new Map([[1, 2]]).values()
new Map([['a', 1], ['b', 2]]).entries()
new Map([['a', { b: 1 }]])[Symbol.iterator]()
new Set([1, 2]).values()
new Set([1, 2]).entries()
new Map().keys()
new Set(Array.from({ length: 110 }, (_, i) => i)).values()
[1, 2][Symbol.iterator]()
'ab'[Symbol.iterator]()
'ab'.matchAll(/a/g)
[1, 2].values().map((x) => x)
new WeakMap()
new WeakSet()
new WeakMap([[{}, 1]])
new (class Foo extends WeakMap {})()
new Uint8Array([1, 2, 3])
new Uint8Array()
new Uint8Array(200)
new Int8Array([-1, 2])
new Uint8ClampedArray([300])
new Uint16Array(10)
new Int32Array([1, -1])
new Float32Array([1.5, -0])
new Float64Array([0.1, NaN])
new BigInt64Array([1n, -1n])
new BigUint64Array(2)
Object.assign(new Uint8Array(2), { extra: 1 })
new (class Foo extends Uint8Array {})(2)
new ArrayBuffer(4)
new ArrayBuffer(0)
new ArrayBuffer(60)
new Uint8Array([222, 173, 190, 239]).buffer
Object.assign(new ArrayBuffer(2), { extra: 1 })
new SharedArrayBuffer(2)
new DataView(new ArrayBuffer(4))
new DataView(new ArrayBuffer(4), 1, 2)
{ buffer: new ArrayBuffer(2), view: new Uint8Array(2) }
new Date(0)
new Date(NaN)
new Date('2026-11-22T07:00:00.123Z')
Object.assign(new Date(0), { extra: 1 })
new (class Foo extends Date {})(0)
[new Date(0), new Date(1)]
/ab+c/gi
/[/]\//u
Object.assign(/x/, { extra: 1 })
new (class Foo extends RegExp {})('x', 'g')
function f() {}
function () {}
() => {}
(a, b) => a + b
async () => {}
async function f() {}
function* g() {}
async function* ag() {}
class A {}
class {}
class A extends Array {}
class B extends (class A {}) {}
class extends (class A {}) {}
class A extends null {}
class A { static x = 1; static m() {} }
class A { static name = 'Other' }
class A { static [Symbol.toStringTag] = 'T' }
Object.assign(function f() {}, { a: 1, b: { c: 2 } })
Object.assign(() => {}, { a: 1 })
{ f() {}, g: () => {}, async h() {}, *i() {}, async *j() {}, ['k' + 1]: function () {}, C: class {} }
Object.defineProperty(function f() {}, 'name', { value: 'renamed' })
Object.defineProperty(function f() {}, 'name', { value: 5 })
Object.defineProperty(function f() {}, 'name', { value: '' })
Object.setPrototypeOf(function f() {}, null)
Object.setPrototypeOf(class A {}, null)
Object.setPrototypeOf(function f() {}, class X {}.prototype)
Math.max
Map
Object
Symbol
Function.prototype
Array.prototype.map
(function f() {}).bind(null)
(class { get x() { return 1 } static get y() { return 2 } })
Function.prototype.call.bind(Function.prototype)
class A { // comment (with parens)
}
class A /* ( */ {}
(function () { return arguments })(1, 'two')
(function () { return arguments })()
(function () { 'use strict'; return arguments })([1], { a: 1 })
(function* g() {})()
(async function* g() {})()
Object.assign((function* g() {})(), { extra: 1 })
Promise.resolve(1)
Promise.resolve({ a: 1 })
new Promise(() => {})
(() => { const p = Promise.reject(5); p.catch(() => {}); return p })()
Object.assign(Promise.resolve('x'), { extra: 1 })
new (class Foo extends Promise {})(() => {})
(async () => 'done')()
{ p: Promise.resolve([1, 2]) }
{ a: { b: { p: Promise.resolve(1) } } }
{ a: { b: { c: { p: Promise.resolve(1) } } } }
new Number(3)
new Number(-0)
new String('abc')
new String("it's")
new Boolean(false)
Object(5n)
Object(Symbol('s'))
Object.assign(new Number(3), { a: 1 })
Object.assign(new String('abc'), { a: 1 })
new (class Foo extends Number {})(3)
new (class Foo extends String {})('x')
Object.setPrototypeOf(new Number(3), null)
Object.setPrototypeOf(new String('abc'), null)
[new String('a'), new Number(1)]
new (class Foo {})()
new (class Foo { constructor() { this.a = 1 } })()
new (class Foo { a = 1; #secret = 2; static s = 3; get g() { return 1 } })()
new (class extends (class Foo {}) {})()
new (class { a = 1 })()
new (class Foo { get [Symbol.toStringTag]() { return 'Bar' } })()
new (class Foo { get [Symbol.toStringTag]() { return 'Foo' } })()
new (class Foobar { get [Symbol.toStringTag]() { return 'Foo' } })()
new (class Foo { get [Symbol.toStringTag]() { throw new Error('never') } })()
{ [Symbol.toStringTag]: 'Own' }
{ get [Symbol.toStringTag]() { return 'Own' } }
Object.defineProperty({ a: 1 }, Symbol.toStringTag, { value: 'Hidden' })
Object.create({ constructor: { name: 'Fake' } })
Object.create({ constructor: function Faked() {} })
Object.create((class Foo {}).prototype)
(class Foo {}).prototype
Object.create(null, { [Symbol.toStringTag]: { value: 'T' } })
new (function Legacy() { this.x = 1 })()
new (function () { this.x = 1 })()
Object.setPrototypeOf([1, 2], null)
Object.setPrototypeOf(new Map([[1, 2]]), null)
Object.setPrototypeOf(new Set([1, 2]), null)
Object.setPrototypeOf(new Date(0), null)
Object.setPrototypeOf(/x/g, null)
Object.setPrototypeOf(new Uint8Array(2), null)
Object.setPrototypeOf({ a: 1 }, Object.create(null))
Object.setPrototypeOf([1], Object.create(null))
Object.setPrototypeOf([1], {})
Object.setPrototypeOf(new Map([[1, 2]]), Array.prototype)
Object.setPrototypeOf({}, Array.prototype)
Object.freeze({ a: 1 })
JSON
Math
Reflect
globalThis === undefined
new Proxy({ a: 1 }, { get() { throw new Error('never') }, ownKeys() { throw new Error('never') } })
new Proxy([1, 2], {})
new Proxy(function f() {}, {})
new Proxy(class A {}, {})
(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()
(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { proxy, list: [proxy] } })()
Proxy.revocable({ a: 1 }, {})
Proxy
new WeakRef({ a: 1 })
[function f() {}, class A {}, Symbol('s'), 1n, null, undefined, new Date(0), /x/]
{ nested: [new Map([[{ a: 1 }, new Set([[1], [2]])]])] }
[[1, 2, [3, 4, [5, [6]]]], { a: [1, 2, { b: [1, { c: 1 }] }] }]
[['a', 1], ['b', 2], ['c', 3], ['d', 4], ['e', 5], ['f', 6], ['g', 7]]
[{ a: 1, b: 2 }, { a: 3, b: 4 }]
[{ name: 'a long enough name to wrap', value: 'a long enough value to wrap' }, { name: 'b' }]
'a'.repeat(200)
[['a'.repeat(80)], ['b']]
{ a: [{ b: { c: { d: 1 } } }] }
Array.from({ length: 101 }, () => [1, 2])
[1.0, 22.5, 333.25, 4444, 5, 6, 7]
['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg']
[true, false, true, false, true, false, true]
Object.entries({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 })
[..."hello world"]
{ a: 1n, b: -0, c: [ -0 ], d: 0 }
[['']]
{ '': 1 }
{ a: '\u{1F600}', '\u{1F600}': 1 }
{ 'new\nline': 1 }
[new Error('x').message, RangeError.name]
Object.getOwnPropertyDescriptor({ a: 1 }, 'a')
Object.getOwnPropertyDescriptor({ get a() { return 1 } }, 'a')
'abc'.match(/b/)
/(?<year>\d+)-(\d+)/.exec('2026-11')
'x'.split('')
structure = { id: 7, rows: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], meta: { size: { w: 3, h: 3 } } }
`;

/** One value each, printed by \`console.log\`; those over several lines are joined by indentation. */
const printed = values
  .trim()
  .split(/\n(?!\})/)
  .map((value) => `console.log(${/^(function|class)\b|^\{/.test(value) ? `(${value})` : value});`);

const programs = String.raw`
console.log();
console.log('');
console.log('a', 'b', 1, null, undefined, true, [1], { a: 'x' });
console.log(1, 'b');
console.log({ a: 1 }, 'text', 'more');
console.log('%s is %d years and %i, %f', 'Bob', 42.5, 42.9, 1.25);
console.log('%s', 'a', 'b', { c: 1 });
console.log('%s %s', 'only one');
console.log('100%', 5); console.log('100%'); console.log('%', 1); console.log('a%'); console.log('%%', 1); console.log('%%'); console.log('%% %s', 'x');
console.log('%x %s', 'a'); console.log('%', '%s', 'b'); console.log('%s%', 'a'); console.log('%s%%s', 'a', 'b'); console.log('%%%s', 'a');
console.log('%s', null, undefined); console.log('%s', undefined); console.log('%s', true); console.log('%s', Symbol('a')); console.log('%s', 5n); console.log('%s', -0);
console.log('%s', {}); console.log('%s', { a: { b: 1 } }); console.log('%s', [1, [2, [3]]]); console.log('%s', function f() {}); console.log('%s', class A {}); console.log('%s', () => 1);
console.log('%s', { toString() { return 'custom' } }); console.log('%s', new (class A { toString() { return 'custom' } })()); console.log('%s', new (class A {})()); console.log('%s', new (class B extends (class A { toString() { return 'up' } }) {})());
console.log('%s', new Date(0)); console.log('%s', Object.create(null)); console.log('%s', new Map([[1, { a: 1 }]])); console.log('%s', { [Symbol.toPrimitive]() { return 'prim' } });
console.log('%s', new Error('boom').message); console.log('%s', Object.create(null, { toString: { value: () => 'own' } }));
console.log('%d', '42'); console.log('%d', 'x'); console.log('%d', 5n); console.log('%d', Symbol('a')); console.log('%d', {}); console.log('%d', null); console.log('%d', undefined); console.log('%d', -0); console.log('%d', ''); console.log('%d', [7]);
console.log('%i', '42.9px'); console.log('%i', 5n); console.log('%i', Symbol('a')); console.log('%i', {}); console.log('%i', -0.5); console.log('%i', 1e21);
console.log('%f', '42.9px'); console.log('%f', 5n); console.log('%f', Symbol('a')); console.log('%f', null); console.log('%f', '-0');
console.log('%j', { a: [1, 'x'] }); console.log('%j', undefined); console.log('%j', () => 1); console.log('%j', 'x'); console.log('%j', { toJSON() { return 'json' } }); const cycle = {}; cycle.self = cycle; console.log('%j', cycle);
console.log('%O', { a: { b: { c: { d: {} } } } }); console.log('%O', 'text'); console.log('%O', [1, 2]); console.log('%O', new Map([[1, 2]]));
console.log('%o', { a: { b: { c: { d: { e: { f: 1 } } } } } }); console.log('%o', 'text'); console.log('%o', [1, 'a']); console.log('%o', 5);
console.log('%o', () => 1); console.log('%o', { f() {} }); console.log('%o', new Map([[1, 2]])); console.log('%o', new Set([1])); console.log('%o', Symbol('x'));
console.log('%o', new Uint8Array(2)); console.log('%o', new Date(0)); console.log('%o', new String('ab')); console.log('%o', /x/g); console.log('%o', Object.create({ inherited: 1 }));
console.log('%o', new (class Foo { constructor() { this.own = 1 } get g() { return 1 } m() {} })());
console.log('%o', new Proxy({ a: 1 }, {})); console.log('%o', new Proxy(() => {}, { get() {} }));
console.log('%c styled %c', 'color: red', ''); console.log('%cstyled', 'color: red'); console.log('%c');
console.log('%s\n%s', 'a', 'b'); console.log('%s', 'multi\nline'); console.log('x\ny', { a: 1 });
console.log('a%sb%sc', 1); console.log('%s', 'a', '%s', 'b'); console.log(5, '%s', 'b'); console.log('%5d', 5); console.log('%S', 'a'); console.log('%s'.repeat(3), 1, 2, 3, 4);
console.info('info', { a: 1 }); console.debug('debug %s', 'x'); console.warn('warn', [1]); console.error('error %d', 5); console.log('log');
console.dir({ a: { b: { c: { d: 1 } } } }); console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 }); console.dir({ a: { b: { c: { d: 1 } } } }, { depth: null }); console.dir({ a: { b: { c: { d: 1 } } } }, { depth: Infinity });
console.dir('text'); console.dir(5); console.dir(); console.dir('%s', 'x'); console.dir([1, 2, 3], { maxArrayLength: 1 }); console.dir([1, 2, 3], { maxArrayLength: 0 }); console.dir([1, 2, 3], { maxArrayLength: null });
console.dir({ a: 1, b: 'x' }, { colors: true }); console.dir([1n, null, undefined, Symbol('a'), true, 'x', new Date(0), /x/, () => 1], { colors: true });
console.dir(Array.from({ length: 20 }, (_, i) => 'v' + i), { colors: true }); console.dir({ long: 'x'.repeat(70), a: 1 }, { colors: true });
console.dir({ b: 1, a: 2, c: [3, 1] }, { sorted: true }); console.dir(new Set(['b', 'a']), { sorted: true }); console.dir({ b: 1, a: 2 }, { sorted: (a, b) => (a < b ? 1 : -1) }); console.dir(Object.assign([2, 1], { z: 1, y: 2 }), { sorted: true });
console.dir({ a: { b: 1 }, c: [1, 2] }, { compact: false }); console.dir({ a: { b: 1 }, c: [1, 2] }, { compact: true }); console.dir({ a: { b: { c: { d: {} } } } }, { compact: 1, depth: 9 }); console.dir({ a: { b: { c: { d: {} } } } }, { compact: 0, depth: 9 });
console.dir(new Map([[{ a: 'x'.repeat(50) }, 'y'.repeat(50)]]), { compact: true }); console.dir({ a: 'x'.repeat(90) }, { compact: true }); console.dir({ a: { b: 'x'.repeat(90), c: 1 }, d: [1, 2] }, { compact: true, breakLength: 40 });
console.dir({ a: 1, b: [1, 2, 3] }, { breakLength: 10 }); console.dir({ a: 'x'.repeat(100), b: [1, 2] }, { breakLength: Infinity }); console.dir({ a: 'x'.repeat(100), b: 'p\nq' }, { breakLength: Infinity, compact: false });
console.dir({ get a() { return 1 }, set a(v) {}, get b() { return { c: 1 } }, get d() { throw new Error('oops').message }, get n() { return null } }, { getters: true });
console.dir({ get a() { return 1 }, set a(v) {}, get b() { return 2 }, set c(v) {} }, { getters: 'get' }); console.dir({ get a() { return 1 }, set a(v) {}, get b() { return 2 } }, { getters: 'set' });
console.dir([1234567.8912, 1000, 999, -1234567, 1e21, 0.0001, 123456789n, -0, NaN], { numericSeparator: true });
console.dir({ s: 'x'.repeat(50) }, { maxStringLength: 10 }); console.dir('x'.repeat(50), { maxStringLength: 49 }); console.dir({ s: 'x' }, { maxStringLength: 0 });
console.dir([1, { a: 1 }], { showHidden: true }); console.dir(new Uint8Array(2), { showHidden: true }); console.dir(new Map([[1, 2]]), { showHidden: true }); console.dir(Object.defineProperty({}, 'h', { value: 1 }), { showHidden: true }); console.dir(new DataView(new ArrayBuffer(2)), { showHidden: true });
console.dir(new (class Foo extends (class Bar { get up() { return 1 } }) { get x() { return 1 } })(), { showHidden: true }); console.dir(Object.create({ inherited: { a: 1 } }), { showHidden: true });
console.dir(new Proxy({ a: 1 }, { get() {} }), { showProxy: true }); console.dir({ a: { b: { c: new Proxy({}, {}) } } }, { showProxy: true }); console.dir(new Proxy([1], {}), { showProxy: 1 });
console.dir({ [Symbol.for('nodejs.util.inspect.custom')]() { return 'never' } }); console.dir({ [Symbol.for('nodejs.util.inspect.custom')]() { return 'custom' } }, { customInspect: true });
console.dirxml({ a: { b: { c: { d: 1 } } } }, 'x', '%s'); console.dirxml(); console.dirxml('%s', 'y');
console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { return 'custom' } }); console.log({ a: { [Symbol.for('nodejs.util.inspect.custom')]() { return 'two\nlines' } } });
console.log({ [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) { return { depth, keys: Object.keys(options), type: typeof inspect, nested: inspect({ x: { y: { z: {} } } }, { depth: 0 }) } } });
console.log({ a: { b: { [Symbol.for('nodejs.util.inspect.custom')](depth, { stylize }) { return stylize('depth ' + depth, 'special') } } } }); console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { return this } });
console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { return 5 } }); console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { return { plain: [1] } } }); console.log({ [Symbol.for('nodejs.util.inspect.custom')]: 'not a function' }); console.log(class { static [Symbol.for('nodejs.util.inspect.custom')]() { return 'static' } });
class Money { constructor(v) { this.v = v } [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) { return 'Money<' + inspect(this.v, options) + '>' } } console.log(new Money(5), [new Money({ a: 1 })], { m: new Money('x') }); console.log(Money.prototype);
const a = {}; a.self = a; console.log(a); const b = { list: [a] }; b.b = b; console.log(b); console.log([a, b]);
const a = { name: 'a' }, b = { name: 'b', a }; a.b = b; console.log(a, b); console.log({ a, b });
const m = new Map(); m.set('m', m); m.set(m, 'k'); console.log(m); const s = new Set(); s.add(s); console.log(s); const l = []; l.push(l, [l]); console.log(l);
const f = function f() {}; f.f = f; console.log(f); class C {} C.self = C; console.log(C); const o = { x: { y: {} } }; o.x.y.z = o.x; console.log(o);
const a = []; a[5] = 1; a.length = 10; console.log(a); a.x = 1; console.log(a); delete a[5]; console.log(a); const big = []; big[1e6] = 1; console.log(big); const q = [1, 2, , 4]; q[200] = 5; console.log(q);
const a = Array.from({ length: 150 }, (_, i) => i); delete a[3]; delete a[4]; console.log(a); const h = new Array(150); for (let i = 0; i < 150; i += 2) h[i] = i; console.log(h);
console.log(new Error('message')); console.log(new TypeError('bad')); console.log(new Error('')); console.log(new Error()); console.log([new Error('in list')]); console.log({ e: new RangeError('in object') });
console.log(new Error('two\nlines')); console.log({ e: new Error('two\nlines') }); console.log(new Error('    at fake (frame:1:2)'));
console.log(new Error('outer', { cause: new Error('inner') })); console.log(new Error('outer', { cause: 'text' })); console.log(new Error('outer', { cause: { code: 1 } })); console.log(new Error('outer', { cause: undefined })); console.log(new Error('o', { cause: new Error('m', { cause: new Error('i') }) }));
console.log(new AggregateError([new Error('one'), new TypeError('two')], 'several')); console.log(new AggregateError([])); console.log(new AggregateError([1, 'two'], 'values'));
console.log(Object.assign(new Error('with props'), { code: 'E_CODE', details: { a: [1] } })); console.log({ nested: Object.assign(new Error('with props'), { code: 1 }) });
class MyError extends Error {} console.log(new MyError('mine')); class Named extends Error { constructor(m) { super(m); this.name = 'Named' } } console.log(new Named('x')); class NamedError extends Error { name = 'NamedError' } console.log(new NamedError('field'));
class HttpError extends Error { constructor(s, m) { super(m); this.name = this.constructor.name; this.status = s } } console.log(new HttpError(404, 'not found')); class Proto extends Error {} Proto.prototype.name = 'Proto'; console.log(new Proto('p')); class G extends Error { get name() { return 'Getter' } } console.log(new G('g'));
class ValidationError extends TypeError { constructor(m) { super(m); this.name = 'ValidationError'; this.fields = ['a', 'b'] } } try { throw new ValidationError('invalid') } catch (e) { console.log(e); console.error(e) }
const e = new Error('x'); e.name = 'Custom'; console.log(e); const e2 = new Error('x'); e2.name = 'CustomError'; console.log(e2); const e3 = new TypeError('x'); e3.name = 'Error'; console.log(e3);
const e = new Error('x'); e.stack = 'custom stack'; console.log(e); e.stack = undefined; console.log(e); e.stack = { not: 'a string' }; console.log(e); e.stack = ''; console.log(e); delete e.stack; console.log(e);
const e = new Error('gone'); Object.defineProperty(e, 'stack', { get() { throw new Error('never') } }); console.log(e); const n = new Error('named'); n.name = null; console.log(n); const u = new Error('u'); u.name = undefined; console.log(u);
const e = new Error('enumerable'); Object.defineProperty(e, 'message', { value: 'enumerable', enumerable: true }); console.log(e); const f = new Error('own'); f.toString = () => 'ts'; console.log(f); const g = new Error('s'); g[Symbol('k')] = 1; console.log(g);
console.log(Object.setPrototypeOf(new Error('null proto'), null)); console.log(Object.create(Error.prototype)); console.log(Error.prototype); console.log(Object.assign(Object.create(Error.prototype), { message: 'fake', stack: 'Error: fake\n    at here (x:1:2)' }));
const e = new Error('circular'); e.self = e; console.log(e); const c = new Error('cause is self'); c.cause = c; console.log(c);
const e = new Error('tagged'); e[Symbol.toStringTag] = 'Tag'; console.log(e); class T extends Error { get [Symbol.toStringTag]() { return 'Tagged' } } console.log(new T('t'));
const late = new Error('a'); late.message = 'b'; console.log(late); late.message = 'c'; late.code = 5; console.log(late); try { throw new Error('x') } catch (e) { e.message = 'wrapped: ' + e.message; console.log(e) }
const gone = new ArrayBuffer(4); const bytes = new Uint8Array(gone); gone.transfer(); console.log(gone, bytes);
console.log('%o', new RangeError('hidden')); console.dir(Object.assign(new Error('h', { cause: 1 }), { x: 1 }), { showHidden: true }); console.log('%o', new AggregateError([1], 'several'));
console.log({ a: { b: { c: new Error('deep') } } }); console.log({ a: { b: { c: { d: new Error('too deep') } } } }); console.log(new Map([['e', new Error('in map')]])); console.log(new Set([new Error('in set')]));
console.log('%s', 'text', new Error('as argument')); console.log('failed:', new Error('after text')); console.error('failed: %s', new Error('as %s').message); console.log('%O', new Error('as %O'));
await Promise.reject(new Error('awaited')).catch((e) => console.log(e)); const p = Promise.reject(new Error('rejected')); p.catch(() => {}); console.log(p); console.log([p]);
console.group(); console.log('in'); console.groupEnd(); console.log('out');
console.group('label'); console.log('one'); console.group('inner %s', 'x'); console.log('two\nlines'); console.warn('to stderr'); console.groupEnd(); console.log('three'); console.groupEnd(); console.groupEnd(); console.log('four');
console.groupCollapsed('collapsed', { a: 1 }); console.log({ a: 1, b: { c: 2 } }); console.error('err'); console.table([[1, 2]]); console.groupEnd(); console.log();
console.group('a'); console.group('b'); console.group('c'); console.dir({ x: 'y'.repeat(80), z: 1 }); console.log(Array.from({ length: 100 }, (_, i) => i)); console.groupEnd();
console.count(); console.count(); console.count('x'); console.count('default'); console.countReset(); console.count(); console.count(undefined); console.count(null); console.count(5); console.count({}); console.count('%s');
console.assert(true, 'never'); console.assert(false); console.assert(false, 'text'); console.assert(false, 'text %s', 'x'); console.assert(false, { a: 1 }); console.assert(0, 5, 'b'); console.assert(); console.assert(false, undefined); console.assert(false, '');
console.clear(); console.log('still');
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]); console.table([[1, 2], [3, 4, 5]]); console.table([1, 'two', null, undefined, {}]); console.table({ r1: { x: 1 }, r2: { y: [1, 2, 3, 4, 5] } });
console.table(new Map([['a', 1], ['b', { c: 2 }]])); console.table(new Set([1, 'x', [1]])); console.table([]); console.table({}); console.table('text'); console.table(null); console.table(); console.table(5); console.table(undefined);
console.table([{ a: 1, b: 2 }, { a: 3, b: 4 }], ['b']); console.table([{ a: 1 }], ['z']); console.table([1, 2], ['a']); console.table([{ a: 1, b: 2 }], []); console.table([{ a: { b: { c: 1 } }, l: { x: 1, y: 2, z: 3 } }]);
console.table([{ name: '漢字', v: '👍🏽' }, { name: 'é', v: 'e\u0301' }, { name: 'a\tb', v: '\u001b[31mred\u001b[39m' }, { name: '\u200b', v: '\u00ad' }, { name: '한국어', v: 'ｆｕｌｌ' }]);
console.table(new Map([[{ k: 1 }, new Map([[1, 2]])]])); console.table(new Map([['a', 1]]).entries()); console.table(new Map([['a', 1]]).keys()); console.table(new Set([1, 2]).values()); console.table([new Date(0), /x/, () => 1, Symbol('s'), 5n]);
console.table([['a', 'b'], { 0: 'c', x: 'd' }]); console.table([function f() {}, class A { static s = 1 }]); console.table([{ a: 'multi\nline' }]); console.table([{ 'b b': 1, a: [{ x: 1 }], c: { long: 'x'.repeat(100), y: 1 } }]); console.table(new Uint8Array([1, 2])); console.table(['a', { b: 1 }]);
console.table([{ 1: 'one', a: 'A', 0: 'zero' }]); console.table([Object.create({ inherited: 1 }), { own: 1 }]); console.table({ a: [1, 2], b: [3] }); console.table([[[1, [2]]], [{ a: { b: 1 } }]]); console.table([[]]); console.table([{}]);
const it = new Map([['a', 1], ['b', 2]]).entries(); console.log(it); console.log(it.next()); console.log(it); console.log([...it]); console.log(it); const s = new Set([1, 2, 3]).values(); s.next(); console.log(s); for (const x of s) console.log(x);
const { log } = console; log('detached'); [1, 2].forEach((x) => console.log(x)); ['a', 'b'].map(console.log); Promise.resolve('then').then(console.log); await 0;
console.log(typeof console.log, console.log.name, console.group.name, Object.prototype.toString.call(console), console.log.length); console.log(Object.keys(console).slice(0, 17)); console.log(Object.getOwnPropertyDescriptor(console, 'log').enumerable);
console.log(new Proxy(new Map([[1, 2]]), {}), new Proxy(new Date(0), {}), new Proxy(new Error('e'), {}).message, new Proxy(Promise.resolve(1), {})); console.log(new Proxy({}, { getPrototypeOf() { throw new Error('never') } })); console.log('%s', new Proxy({ a: 1 }, { get() { throw new Error('never') } }));
console.log(typeof Proxy, Proxy.name, Proxy.length, Object.hasOwn(Proxy, 'prototype'), Proxy.revocable.name, Proxy.revocable.length, Object.prototype.toString.call(new Proxy([], {}))); try { Proxy({}, {}) } catch (e) { console.log(e.name) } try { new Proxy(1, {}) } catch (e) { console.log(e.name) }
console.log(Object.keys(Proxy.revocable({}, {})), new Proxy(function () { return 5 }, {})(), new (new Proxy(class A { x = 1 }, {}))(), new Proxy({ a: 1 }, { get: (t, k) => k }).b, Reflect.construct(Proxy, [{ r: 1 }, {}]));
class Observable { constructor() { return new Proxy(this, { get: (t, k) => t[k] }) } a = 1 } console.log(new Observable()); console.log({ o: new Observable() });
let d = {}; for (let i = 0; i < 50; i++) d = { d }; console.log(d); console.dir(d, { depth: 6 });
const o = {}; for (let i = 0; i < 3; i++) o['k' + i] = { list: Array.from({ length: 8 }, (_, j) => ({ id: j, name: 'n' + j })) }; console.log(o);
console.log([['long enough string to break the line', 'another long enough string'], ['third', 'fourth']]); console.log({ a: [['x'.repeat(40)], ['y'.repeat(40)]] }); console.log([['x'.repeat(72)]]); console.log(['x'.repeat(71)]); console.log({ abc: 'x'.repeat(68) }); console.log({ abc: 'x'.repeat(67) });
console.log({ a: 1, b: { c: 2, d: { e: 3 } } }); console.log({ a: { b: { c: 1 } }, d: { e: 1 } }); console.log([{ a: { b: { c: {} } } }]); console.log([[[[[]]]]]); console.log({ x: [[[1]]], y: [[1]] });
console.log(new Map([['key', 'x'.repeat(80)]])); console.log(new Map([['k'.repeat(40), 'x'.repeat(40)]])); console.log(new Set(['x'.repeat(80), 'y'])); console.log(new Map([[[1, 2, 3], { a: { b: { c: 1 } } }]]));
console.log(-1.5e-10, 1e300, 0xff, 1_000_000, .5, 5., 123456789012345680000); console.log([-1.5e-10, 1e300]); console.log(2n ** 100n, [2n ** 70n]);
console.log(undefined, [undefined], { u: undefined }, [null], { n: null });
try { console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('from custom') } }) } catch (e) { console.log('caught', e.message) } try { console.log('%s', { toString() { throw new Error('from toString') } }) } catch (e) { console.log('caught', e.message) } try { console.log('%j', { toJSON() { throw new Error('from toJSON') } }) } catch (e) { console.log('caught', e.message) }
console.log({ get [Symbol.toStringTag]() { throw new Error('never') } }); console.log(Object.defineProperty({}, 'constructor', { get() { throw new Error('never') } })); console.log({ constructor: 5 }); console.log({ constructor: null, a: 1 }); console.log({ constructor: class Fake {} });
console.error(); console.warn('%s %o', 'a', [1]); console.error({ a: 1 }, [2]); console.warn(new Map([[1, 2]])); console.info(); console.debug(null);
console.log(Symbol('a'), [Symbol('b')], { [Symbol('c')]: Symbol('d') }, Symbol.for('e'), Symbol('with space'), Symbol("it's")); console.log(Object(Symbol('x')));
function Foo() { this.a = 1 } Foo.prototype.b = 2; console.log(new Foo()); Foo.prototype = { c: 3 }; console.log(new Foo()); function Bar() {} Bar.prototype = Object.create(Foo.prototype); Bar.prototype.constructor = Bar; console.log(new Bar(), Bar, Foo); console.log(Foo.prototype, Bar.prototype);
class A { constructor() { this.x = 1 } } class B extends A { constructor() { super(); this.y = [1] } } console.log(new B(), [new A(), new B()], { a: new A() }, B, A.prototype, B.prototype, Object.getPrototypeOf(B));
const o = { a: 1, get b() { return this.a }, set b(v) { this.a = v }, c() {}, [Symbol.iterator]: function* () { yield 1 } }; console.log(o); console.log(new (class List { *[Symbol.iterator]() { yield 1 } })());
const frozen = Object.freeze([Object.freeze({ a: 1 })]); console.log(frozen, Object.isFrozen(frozen)); console.log(Object.seal({ x: 1 })); console.log(Object.preventExtensions([1]));
const it = { from: 1, to: 3, [Symbol.asyncIterator]() { return this } }; console.log(it); async function main() { for await (const x of (async function* () { yield 1; yield { a: 2 } })()) console.log(x) } await main();
console.log(await Promise.allSettled([Promise.resolve(1), Promise.reject('no')])); console.log(await Promise.all([1, Promise.resolve({ a: 1 })])); const w = Promise.withResolvers(); console.log(w); w.resolve([1]); console.log(w.promise);
console.log(Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even'))); console.log(Map.groupBy([1, 2, 3], (x) => x % 2)); console.log(new Set([1, 2]).union(new Set([3])), [3, 1].toSorted(), [1, 2].with(0, 5));
`;

export const snippets: readonly string[] = [
  ...printed,
  ...programs
    .trim()
    .split('\n')
    .filter((line) => line !== ''),
];

/** What a script may break before it prints; the output stays that of an unbroken realm. */

export const breakages: readonly (readonly [damage: string, code: string])[] = [
  [
    "Array.prototype.map = Array.prototype.join = Array.prototype.push = Array.prototype.includes = Array.prototype[Symbol.iterator] = () => { throw new Error('replaced') };",
    "console.log([1, 2, { a: ['b'] }], 'text', new Error('e').message);",
  ],
  [
    "String.prototype.slice = String.prototype.split = String.prototype.includes = String.prototype.padStart = String.prototype.indexOf = () => { throw new Error('replaced') };",
    "console.log('%s and %d', 'a', 5, { a: \"it's\" }); console.log([1, 22, 333, 4444, 5, 6, 7]);",
  ],
  [
    "Map.prototype.get = Map.prototype.set = Set.prototype.has = () => { throw new Error('replaced') };",
    "const o = {}; o.o = o; console.log(o); console.count('x'); console.count('x');",
  ],
  [
    "Object.defineProperty(Object.prototype, 'get', { value: 5, writable: true });",
    'console.log({ a: 1 }, [1], new Map([[1, 2]]));',
  ],
  [
    "Symbol.prototype.toString = Number.prototype.toString = Function.prototype.toString = Date.prototype.toISOString = () => 'replaced';",
    "console.log(Symbol('s'), 5, class A {}, new Date(0), new Uint8Array([255]).buffer);",
  ],
  [
    'for (const name of ["Error", "Map", "Object", "RegExp", "String", "Number", "Uint8Array", "TypeError", "Reflect", "Math", "JSON", "Symbol"]) globalThis[name] = undefined;',
    'const o = { list: [1, "two", { three: 3 }] }; o.o = o; console.log(o, /x/g, "%s"); console.log("%s %d %j", 1, 2, { a: 1 });',
  ],
];
