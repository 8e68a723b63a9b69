/** What was thrown is told whole, and a script may take a failure for handled. */

import { describe, expect, test } from '@jest/globals';
import { runCode } from '../../../support/guest/module-graph.ts';

async function failure(code: string) {
  const { error } = await runCode(code);
  if (error === null) throw new Error('The code did not fail.');
  return { ...error, details: error.details as { readonly [name: string]: unknown } };
}

async function propertiesOf(code: string): Promise<unknown> {
  return (await failure(code)).details.properties;
}

describe('own properties of what was thrown', () => {
  test('are in the details, and its name and message are not among them', async () => {
    const code = `class HttpError extends Error {
        constructor(status, message) { super(message); this.name = 'HttpError'; this.status = status; this.code = 'E_UPSTREAM' }
      }
      throw new HttpError(503, 'upstream is down')`;
    expect(await failure(code)).toMatchObject({
      name: 'HttpError',
      message: 'upstream is down',
      details: { line: expect.any(Number), properties: { status: 503, code: 'E_UPSTREAM' } },
    });
  });

  test.each<readonly [what: string, code: string, properties: unknown]>([
    [
      'of several kinds',
      `throw Object.assign(new Error('x'), { n: 1, b: true, z: null, big: 2n ** 70n, when: new Date(0), u: undefined, f() {} })`,
      { n: 1, b: true, z: null, big: '1180591620717411303424', when: '1970-01-01T00:00:00.000Z' },
    ],
    [
      'within others',
      `throw Object.assign(new Error('x'), { response: { headers: { a: ['b', { c: 1 }] } } })`,
      { response: { headers: { a: ['b', { c: 1 }] } } },
    ],
    [
      'with the cause',
      `throw new Error('x', { cause: Object.assign(new TypeError('y'), { code: 5 }) })`,
      { cause: { name: 'TypeError', message: 'y', code: 5 } },
    ],
    ['of an object that is no error', `throw { status: 5 }`, { status: 5 }],
    [
      'of a rejection',
      `await Promise.reject(Object.assign(new Error('x'), { code: 'A' }))`,
      { code: 'A' },
    ],
    [
      'without circles',
      `const e = new Error('x'); e.self = e; e.list = [1, e]; throw e`,
      { list: [1, null] },
    ],
    [
      'whatever their getters do',
      `throw Object.defineProperty(Object.assign(new Error('x'), { a: 1 }), 'b', { get() { throw 1 }, enumerable: true })`,
      { a: 1 },
    ],
    ['but none of a plain error', `throw new Error('x')`, undefined],
  ])('%s', async (_, code, properties) => {
    expect(await propertiesOf(code)).toEqual(properties);
  });

  test('are cut where they are many, long or deep', async () => {
    const { details, truncated } =
      await failure(`let deep = {}; for (let i = 0; i < 50; i++) deep = { deep };
      throw Object.assign(new Error('x'), { long: 'y'.repeat(1e6), list: new Array(1e5).fill(0), deep })`);
    expect(truncated).toBe(true);
    expect(JSON.stringify(details).length).toBeLessThan(20_000);
  });
});

describe('a script may take a failure for handled', () => {
  test.each<readonly [what: string, code: string, result: unknown]>([
    [
      'a rejection',
      `let seen; addEventListener('unhandledrejection', (event) => { event.preventDefault(); seen = [event.reason.message, event.promise instanceof Promise] });
      Promise.reject(new Error('late')); await new Promise((resolve) => setTimeout(resolve, 5)); seen`,
      ['late', true],
    ],
    [
      'each of several',
      `const seen = []; addEventListener('unhandledrejection', (event) => { event.preventDefault(); seen.push(event.reason) });
      Promise.reject(1); Promise.reject(2); await new Promise((resolve) => setTimeout(resolve, 5)); Promise.reject(3); await new Promise((resolve) => setTimeout(resolve, 5)); seen`,
      [1, 2, 3],
    ],
    [
      'by handling it late',
      `addEventListener('unhandledrejection', (event) => { event.promise.catch(() => {}) });
      Promise.reject(new Error('late')); await new Promise((resolve) => setTimeout(resolve, 5)); 'on'`,
      'on',
    ],
    [
      'an exception of a timer',
      `let seen; addEventListener('error', (event) => { event.preventDefault(); seen = event.error.message });
      setTimeout(() => { throw new Error('late') }, 1); await new Promise((resolve) => setTimeout(resolve, 5)); seen`,
      'late',
    ],
    [
      'an exception of a microtask',
      `let seen; addEventListener('error', (event) => { event.preventDefault(); seen = event.error.message });
      queueMicrotask(() => { throw new Error('soon') }); await null; await null; seen`,
      'soon',
    ],
  ])('%s', async (_, code, result) => {
    expect((await runCode(code)).result).toEqual(result);
  });

  test.each<readonly [what: string, code: string, message: string]>([
    [
      'a rejection',
      `addEventListener('unhandledrejection', () => {}); Promise.reject(new Error('late'))`,
      'late',
    ],
    [
      'an exception',
      `addEventListener('error', () => {}); addEventListener('unhandledrejection', (event) => event.preventDefault());
      setTimeout(() => { throw new Error('late') }, 1)`,
      'late',
    ],
    [
      'a failure of the listener',
      `addEventListener('unhandledrejection', () => { throw new Error('mine') }); Promise.reject(new Error('late'))`,
      'late',
    ],
  ])('and where it does not, %s ends the run', async (_, code, message) => {
    expect(
      await failure(`${code}; await new Promise((resolve) => setTimeout(resolve, 20))`),
    ).toMatchObject({ message });
  });
});

test('a failure of fetch has the place where it was called', async () => {
  const { stack, details } = await failure(
    `const get = async () => {\n await fetch('https://none.example/') };\nawait get()`,
  );
  expect(details).toMatchObject({ line: 2 });
  expect(stack).toMatch(/\n {4}at get \(.*main\.js:2:\d+\)\n {4}at .*main\.js:3:\d+$/);
});

test('JSON that is none is a SyntaxError of the import', async () => {
  const files = { '/app/data.json': '{' };
  const load = `import('./data.json', { with: { type: 'json' } })`;
  expect(
    (await runCode(`await ${load}.catch((e) => [e.name, e instanceof SyntaxError])`, files)).result,
  ).toEqual(['SyntaxError', true]);
  expect((await runCode(`import './data.json' with { type: 'json' }`, files)).error).toMatchObject({
    code: 'IMPORT_FAILED',
    name: 'SyntaxError',
  });
});

test('a module that does not parse is told before what it imports in vain', async () => {
  const { code, details } = await failure(`import { a } from './none.js';\nconst x = = 1`);
  expect([code, details.line]).toEqual(['SYNTAX_ERROR', 2]);
  const { error } = await runCode(`import './b.js'`, {
    '/app/b.js': `import './none.js';\nlet let = 1`,
  });
  expect(error).toMatchObject({
    code: 'IMPORT_FAILED',
    name: 'SyntaxError',
    message: expect.stringContaining('b.js:2:'),
  });
});

describe('what has no frames has a place all the same', () => {
  test.each<readonly [what: string, code: string, line: number, column: number]>([
    ['a text that is thrown', `const f = () => {\n  throw 'bad' };\nf()`, 2, 3],
    ['the one of several that it is', `const f = () => { throw 'good' };\nthrow 'bad'`, 2, 1],
    [
      'a text made of others',
      `const f = (x) => {\n throw \`bad \${x}\` };\nconst g = () => { throw 1 }; f(7)`,
      2,
      2,
    ],
    ['a variable', `const text = 'bad';\nthrow text`, 2, 1],
    ['an object', `\nthrow { status: 5 }`, 2, 1],
    ['a rejection', `\n\nPromise.reject('bad'); await 1`, 3, 1],
    [
      'a promise that is rejected later',
      `await new Promise((_, reject) => {\n  setTimeout(() => reject('late'), 1) })`,
      2,
      20,
    ],
    ['an await that never settles', `\n\n  await new Promise(() => {})`, 3, 3],
    [
      'the one of several that cannot',
      `await 1;\nawait new Promise((resolve) => resolve(1));\nconst x = await new Promise(() => {}); x`,
      3,
      11,
    ],
    [
      'an await of a function that hangs',
      `const f = async () => { await new Promise(() => {}) };\nawait f()`,
      2,
      1,
    ],
    [
      'a loop that hangs',
      `const none = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };\nfor await (const x of none);`,
      2,
      1,
    ],
    [
      'an await of a module',
      `export const a = 1;\nexport const b = await new Promise(() => {})`,
      2,
      18,
    ],
    ['a result that never settles', `const a = 1;\nexport default new Promise(() => {})`, 2, 1],
    ['an object of a class', `const f = () => {\n  throw new Map() };\nf()`, 2, 3],
    ['a text as an object', `\nthrow new String('x')`, 2, 1],
    ['a proxy', `\nthrow new Proxy({}, { get() { throw 1 } })`, 2, 1],
    ['a rejection by any name', `await new Promise((_, no) => {\n  no({ a: 1 }) })`, 2, 3],
    ['a rejection by a timer', `\nnew Promise((yes, no) => setTimeout(no, 1, 'late'))`, 2, 26],
    ['a rejection of what can be awaited', `await {\n then(yes, no) { no(5) } }`, 2, 18],
    ['what nothing shown throws, awaited', `\nconst x = await eval('Promise.reject(5)'); x`, 2, 11],
    [
      'an exported handler that hangs',
      `\nexport const handler = async () => { await new Promise(() => {}) }`,
      2,
      38,
    ],
    [
      'an exported handler whose promise hangs',
      `\nexport function handler() { return new Promise(() => {}) }`,
      2,
      1,
    ],
    [
      'a function that hangs',
      `\nexport default async () => {\n  await new Promise(() => {}) }`,
      3,
      3,
    ],
  ])('%s', async (_, code, line, column) => {
    const { details, stack } = await failure(code);
    expect(details).toMatchObject({ line, column, frame: expect.stringContaining(`> ${line} |`) });
    expect(stack).toMatch(new RegExp(`main\\.js:${line}:${column}$`));
  });

  test('in the module where it is', async () => {
    const { error } = await runCode(`import './a.js'`, { '/app/a.js': `\nthrow 'bad'` });
    expect(error?.details).toMatchObject({ url: 'https://code.example/app/a.js', line: 2 });
  });

  test('unless several may be it', async () => {
    const { stack } = await failure(
      `const f = (x) => { throw x }; const g = (y) => { throw y }; f('bad'); g`,
    );
    expect(stack).toBeNull();
  });
});

describe('a syntax error', () => {
  test.each<readonly [what: string, code: string, line: number, column: number]>([
    ['that QuickJS finds late', `export {};\nexport { x }`, 2, 10],
    ['of a private name', `\nclass A { m() { this.#b } }`, 2, 22],
    ['of a global', `\nlet undefined = 1`, 2, 5],
    ['of a name declared twice', `let a;\nlet a;`, 2, 6],
  ])('%s has its place', async (_, code, line, column) => {
    expect(await failure(code)).toMatchObject({ code: 'SYNTAX_ERROR', details: { line, column } });
  });

  test.each<readonly [construct: string, code: string]>([
    ['decorators', `const log = () => {};\n@log class A {}`],
    ['import defer', `import defer * as x from './x.js'`],
    ['using', `using x = null`],
  ])('names %s', async (construct, code) => {
    const { message, stack } = await failure(code);
    expect(message).toContain(construct);
    expect(stack).toContain(construct);
  });
});
