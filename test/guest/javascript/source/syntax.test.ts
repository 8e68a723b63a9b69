/** Syntax that QuickJS does not compile, or compiles wrongly: values are those of Node.js 24. */

import { describe, expect, test } from '@jest/globals';
import { type ModuleFiles, runCode } from '../../../support/guest/module-graph.ts';

type Program = readonly [what: string, code: string, result: unknown];

async function resultOf(code: string, files: ModuleFiles = {}): Promise<unknown> {
  const { result, error } = await runCode(code, files);
  return error === null ? result : `${error.name}: ${error.message}`;
}

describe('numbers in other notations have members', () => {
  test.each<Program>([
    ['hexadecimal', `0x10.toString() + 0XfF.toFixed(1)`, '16255.0'],
    [
      'binary and octal',
      `[0b11.toFixed(1), 0B1.constructor.name, 0o17.toString()]`,
      ['3.0', 'Number', '15'],
    ],
    ['legacy octal', `010.toString()`, '8'],
    ['with separators', `0x1_0.toString()`, '16'],
    [
      'and line up behind them',
      `const f = () => 0xa.missing.more; try { f() } catch (e) { e.stack.split('\\n')[1].trim() }`,
      'at f (https://code.example/app/main.js:1:28)',
    ],
    [
      'but not in texts and regular expressions',
      `['0x10.a', /0x10.a/.test('0x10.a'), \`0x1.\${0x1.toFixed()}\`]`,
      ['0x10.a', true, '0x1.1'],
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
});

describe('an accessor of a class may begin on a line of its own', () => {
  test.each<Program>([
    ['a getter', `class A { get\n x() { return 3 } } new A().x`, 3],
    ['a setter', `class A { set\n x(v) { this.y = v } } const a = new A(); a.x = 4; a.y`, 4],
    ['a static one', `class A { static\n get\n x() { return 3 } } A.x`, 3],
    ['a private one', `class A { get\n #x() { return 3 } y() { return this.#x } } new A().y()`, 3],
    ['a computed one', `const k = 'x'; class A { get\n [k + 1]() { return 3 } } new A().x1`, 3],
    [
      'behind a comment',
      `class A { get /* the\n x */ x() { return 3 } get // y\n y() { return 4 } } [new A().x, new A().y]`,
      [3, 4],
    ],
    [
      'named by a text or a keyword',
      `class A { get\n 'a b'() { return 1 } get\n get() { return 2 } } [new A()['a b'], new A().get]`,
      [1, 2],
    ],
    [
      'beside fields of that name',
      `class A { get\n = 1\n set\n; static get } [Object.keys(new A()), Object.keys(A)]`,
      [['get', 'set'], ['get']],
    ],
    [
      'and methods of that name',
      `class A { get\n () { return 5 } static set() { return 6 } } [new A().get(), A.set()]`,
      [5, 6],
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
});

describe('a generator may yield in what a loop runs over', () => {
  const drive = (body: string, sent: string): string =>
    `function* g() { ${body} } const it = g(); [it.next().value, it.next(${sent}).value, it.next()]`;
  test.each<Program>([
    ['by itself', drive('for (const x of yield 1) yield x', '[7]'), [1, 7, { done: true }]],
    [
      'inside an array',
      drive('for (const x of [yield 1, 2]) yield x', '7'),
      [1, 7, { value: 2, done: false }],
    ],
    [
      'inside an object',
      drive('for (const [k, v] of Object.entries({ a: yield 1 })) yield k + v', '7'),
      [1, 'a7', { done: true }],
    ],
    [
      'from another generator',
      drive('for (const x of yield* inner()) yield x; function* inner() { return yield 1 }', '[7]'),
      [1, 7, { done: true }],
    ],
    [
      'with a label',
      drive('a: for (const x of yield 1) { for (;;) { yield x; continue a } }', '[7]'),
      [1, 7, { done: true }],
    ],
    [
      'with a pattern or a member',
      drive('const o = {}; for ([o.a, o.b = 2] of yield 1) yield o', '[[1]]'),
      [1, { a: 1, b: 2 }, { done: true }],
    ],
    [
      'inside another such loop',
      drive('for (const x of yield 1) for (const y of [x, yield x]) yield y', '[7]'),
      [1, 7, { done: false, value: 7 }],
    ],
    [
      'as the only statement of a condition',
      drive('if (true) for (const x of yield 1) yield x; else yield 9', '[7]'),
      [1, 7, { done: true }],
    ],
    [
      'and in what it assigns to',
      drive('for (const { a = yield 1 } of [{}, { a: 2 }]) yield a', '7'),
      [1, 7, { value: 2, done: false }],
    ],
    [
      'that is no declaration',
      drive(
        'const o = {}; a: for ([o[yield 1]] of [[2]]) { for (;;) { yield o; continue a } }',
        '7',
      ),
      [1, { 7: 2 }, { done: true }],
    ],
    [
      'where something follows in any case',
      drive(
        'try { for (const [a = yield 1, ...b] of yield 2) yield [a, b] } finally { yield 3 }',
        '[[]]',
      ),
      [2, 1, { value: [null, []], done: false }],
    ],
    [
      'and closes what it ran over',
      `const log = [];
       function* items() { try { yield {} } finally { log.push('closed') } }
       function* g() { try { for (const { a = yield 1 } of items()) log.push(a) } finally { log.push('last') } }
       const it = g(); it.next(); it.return(5); log`,
      ['closed', 'last'],
    ],
    [
      'and a function there yields for itself',
      drive('for (const x of [...(function* () { yield 1 })()]) yield x; yield 2', ''),
      [1, 2, { done: true }],
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
  test('while another generator awaits', async () => {
    const code = `async function* g() { for await (const x of yield 1) yield x }
      const it = g(); [(await it.next()).value, (await it.next([7])).value]`;
    expect(await resultOf(code)).toEqual([1, 7]);
  });
});

test.each<Program>([
  ['alone', '(async => async + 1)(1)', 2],
  ['as an argument', '[1, 2].map(async => async * 2)', [2, 4]],
  ['over lines', 'const f = async /* here */ =>\n  async; f(3)', 3],
  [
    'beside asynchronous ones',
    'const f = async async => async; [typeof f(1).then, await f(5)]',
    ['function', 5],
  ],
])('the only parameter of an arrow function may be named async: %s', async (_, code, result) => {
  expect(await resultOf(code)).toEqual(result);
});

test.each<Program>([
  ['in an arrow function', '((a = `8` / 2) => a)()', 4],
  ['in a pattern', 'const { a = `8` / 2, ...b } = { c: 1 }; [a, b]', [4, { c: 1 }]],
  ['in an assignment', 'let a, b; [a = `8` / 2, ...b] = []; [a, b]', [4, []]],
  [
    'but not within one',
    `const { a = \`\${/[\`]/g}|\${\`}\` / /2/.source}\` / 2, b = \`\${1}\${/}/}\` } = {}; [String(a), b]`,
    ['NaN', '1/}/'],
  ],
  ['in a method', `({ m({ a = \`\${8}\` / 2, b = "/)" }) { return [a, b] } }).m({})`, [4, '/)']],
])(
  'a slash behind a template divides, where the parser looks ahead: %s',
  async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  },
);

describe('what a default assigns to a parameter holds in the body', () => {
  test.each<Program>([
    ['counting', `function f(a, b = a++) { return [a, b, arguments[0]] } f(1)`, [2, 1, 1]],
    ['assigning', `((a, b = (a = 5)) => [a, b])(1)`, [5, 5]],
    [
      'in a pattern',
      `function f(a, { b = --a } = {}, [c = a--] = []) { return [a, b, c] } f(1)`,
      [-1, 0, 0],
    ],
    [
      'by a pattern',
      `function f(a, b = [a] = [5], c = ({ a } = { a: a + 1 })) { return a } f(1)`,
      6,
    ],
    [
      'with the rest',
      `function f(a, b = a++, ...c) { return [a, b, c] } f(1, undefined, 3)`,
      [2, 1, [3]],
    ],
    ['in a generator', `[...(function* (a, b = a++) { yield a; yield b })(1)]`, [2, 1]],
    [
      'in asynchronous code',
      `class A { async m(a, b = a++) { await 0; return [a, b] } } await new A().m(1)`,
      [2, 1],
    ],
    ['and its own variable', `function f(a, b = a++) { var a; return [a, b] } f(1)`, [2, 1]],
    [
      'but not its function',
      `function f(a, b = a++) { function a() {} return [typeof a, b] } f(1)`,
      ['function', 1],
    ],
    ['nor its own value', `function f(a, b = a++) { var a = 7; return [a, b] } f(1)`, [7, 1]],
    ['through eval', `function f(a, b = eval('a = 5')) { return [a, b] } f(1)`, [5, 5]],
    [
      'and closures of both',
      `function f(a, b = a++, c = () => a) { a++; return [a, b, c()] } f(1)`,
      [3, 1, 3],
    ],
    [
      'from within closures',
      `function f(a, up = () => ++a, b = up()) { return [a, b, up(), a] } f(1)`,
      [2, 2, 3, 3],
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
});

test.each<Program>([
  ['a method', '({ *m() { yield /b+/g } }).m().next().value.source + 0x10.toString()', 'b+16'],
  [
    'an asynchronous method',
    '(await (class { static async *m() { yield /b/ } }).m().next()).value.flags + 0x10.toString()',
    '16',
  ],
  [
    'a generator behind a template of functions',
    `(function* () { \`\${(0, async function ({ a }, { b }) {})}\`; yield /b/ })().next().value.source + 0x10.toString()`,
    'b16',
  ],
  [
    'an asynchronous function',
    '(await (async function* () { const x = yield /b/; })().next()).value.source + 0x10.toString()',
    'b16',
  ],
])('mended code may have a regular expression behind the yield of %s', async (_, code, result) => {
  expect(await resultOf(code)).toEqual(result);
});

describe('a closure in a default of a parameter shares the parameters with the body', () => {
  test.each<Program>([
    ['that assigns', `function f(a, get = () => a) { a = 2; return get() } f(1)`, 2],
    ['that is assigned for', `function f(a, set = (v) => { a = v }) { set(2); return a } f(1)`, 2],
    ['in an arrow function', `((a, get = () => a) => { a = 2; return get() })(1)`, 2],
    ['in an expression', `((a, get = () => a) => (a++, { a: get() }))(1)`, { a: 2 }],
    ['in a method', `({ m(a, get = () => a) { a += 1; return get() } }).m(1)`, 2],
    [
      'in a constructor',
      `class A { constructor(a, get = () => a) { a = 2; this.a = get() } } new A(1).a`,
      2,
    ],
    [
      'in a pattern',
      `function f({ a }, { get = () => a } = {}) { a = 2; return get() } f({ a: 1 })`,
      2,
    ],
    [
      'behind a pattern with a default',
      `function f({ a = 1 }, get = () => a) { a = 2; return get() } f({})`,
      2,
    ],
    [
      'with the rest',
      `function f(a, get = () => a, ...rest) { [a] = rest; return [get(), rest] } f(1, undefined, 3, 4)`,
      [3, [3, 4]],
    ],
    [
      'with a trailing comma',
      `function f(\n  a = 1,\n  get = () => a,\n) { a = 2; return get() } f()`,
      2,
    ],
    [
      'in an asynchronous function',
      `await (async (a, get = () => a) => { a = await 2; return get() })(1)`,
      2,
    ],
    [
      'with its arguments and this',
      `function f(a, get = () => a) { a = arguments.length + this.n; return get() } f.call({ n: 5 }, 1)`,
      6,
    ],
    ['and its length', `(function (a, b, get = () => a) { a = 2; return get() }).length`, 2],
    [
      'but not its variables',
      `function f(a, get = () => a) { var a = 2; return [a, get()] } f(1)`,
      [2, 1],
    ],
    [
      'nor those it does not have',
      `var x = 1; function f(get = () => x) { var x = 2; return get() } f()`,
      1,
    ],
    [
      'while nested ones are their own',
      `function f(a, make = (b, get = () => [a, b]) => { b = 5; return get }) { a = 2; return make(1)() } f(1)`,
      [2, 5],
    ],
    [
      'and the place of a failure is right',
      `function f(a, get = () => a) { a = 2; null.x }\ntry { f() } catch (e) { e.stack.split('\\n')[1].trim() }`,
      'at f (https://code.example/app/main.js:1:43)',
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });
});
