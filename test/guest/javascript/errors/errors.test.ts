/** An error tells where in the script's own text it is, and what led to it. */

import { format } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { codeUrl, runCode } from '../../../support/guest/module-graph.ts';

interface Details {
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly frame: string;
  readonly cause?: Inner;
  readonly errors?: readonly Inner[];
}

interface Inner {
  readonly name: string | null;
  readonly message: string;
  readonly stack: string | null;
  readonly cause?: Inner;
}

async function failure(code: string, files = {}) {
  const { error } = await runCode(code, files);
  if (error === null) throw new Error('The code did not fail.');
  return { ...error, details: error.details as unknown as Details };
}

describe('details', () => {
  test('have the line, the column and the lines around it, with a caret below', async () => {
    const code = [
      'function price(item) {',
      '\tconst { amount } = item;',
      '  return amount.value;',
      '}',
      '',
      '[{ amount: null }].map(price);',
    ].join('\n');
    const { code: kind, details, stack } = await failure(code);
    expect(kind).toBe('RUNTIME_ERROR');
    expect(details).toMatchObject({ url: codeUrl, line: 3, column: expect.any(Number) });
    const caret = ' '.repeat(details.column - 1);
    expect(details.frame).toBe(
      [
        '  1 | function price(item) {',
        '  2 |  const { amount } = item;',
        '> 3 |   return amount.value;',
        `    | ${caret}^`,
        '  4 | }',
        '  5 |',
      ].join('\n'),
    );
    expect(stack?.split('\n')).toEqual([
      expect.stringMatching(/^TypeError: /),
      `    at price (${codeUrl}:3:${details.column})`,
      '    at map (<anonymous>)',
      expect.stringMatching(/^ {4}at https:.*main\.js:6:\d+$/),
    ]);
  });

  test.each<readonly [what: string, code: string, line: number, frame: RegExp]>([
    ['a syntax error', 'const a = 1;\nconst b = = 2;', 2, /> 2 \| const b = = 2;\n {4}\| {11}\^/],
    ['a syntax error of a module', 'export {};\n\nlet = 2;', 3, /> 3 \| let = 2;/],
    [
      'an error that is thrown later',
      'await 1;\nsetTimeout(() => {\n null.x }, 1)',
      3,
      /> 3 \| {2}null\.x/,
    ],
    ['a rejection', '\nPromise.reject(new Error("r")); await new Promise(() => {})', 2, /> 2 \|/],
    ['an exception of the platform', '\n\nnew URL("nope")', 3, /> 3 \| new URL\("nope"\)/],
    ['windows line ends', 'const a = 1;\r\nnull.x;\r\n', 2, /> 2 \| null\.x;\n/],
    ['characters beyond 16 bits', 'const s = "😀😀"; null.x', 1, /\n {4}\| {21}\^$/],
  ])('are there for %s', async (_, code, line, frame) => {
    const { details } = await failure(code);
    expect(details).toMatchObject({ url: codeUrl, line });
    expect(details.frame).toMatch(frame);
  });

  test('are of the module in which the error is', async () => {
    const url = 'https://code.example/app/lib.js';
    const { details } = await failure(`import { f } from './lib.js';\nf()`, {
      '/app/lib.js': 'export function f() {\n  throw new Error("here");\n}',
    });
    expect(details).toMatchObject({ url, line: 2 });
    expect(details.frame).toContain('> 2 |   throw new Error("here");');
  });

  test('show a part of a minified line, around the place', async () => {
    const { details } = await failure(
      `${'f(1);'.repeat(5000).replaceAll('f', 'Number')}null.xyz;${'g();'.repeat(5000)}`,
    );
    const [line = '', caret = ''] = details.frame.split('\n');
    expect(line.length).toBeLessThan(140);
    expect(
      line.slice(caret.indexOf('^')).startsWith('.xyz') ||
        line.slice(caret.indexOf('^') - 4).startsWith('null.xyz'),
    ).toBe(true);
  });

  test('have causes within causes', async () => {
    const { details } = await failure(`
      try { try { null.x } catch (cause) { throw new RangeError('middle', { cause }) } }
      catch (cause) { throw new Error('outer', { cause }) }`);
    expect(details.cause).toMatchObject({
      name: 'RangeError',
      message: 'middle',
      stack: expect.stringMatching(/^RangeError: middle\n {4}at https:.*:2:\d+$/),
      cause: { name: 'TypeError', stack: expect.stringContaining(':2:') },
    });
  });

  test('have the errors of an AggregateError', async () => {
    const { name, details } = await failure(
      `await Promise.any([Promise.reject(new TypeError('a')), Promise.reject('b'), Promise.reject(null)])`,
    );
    expect(name).toBe('AggregateError');
    expect(details.errors).toMatchObject([
      { name: 'TypeError', message: 'a', stack: expect.stringContaining('TypeError: a') },
      { name: null, message: 'b', stack: null },
      { name: null, message: 'null', stack: null },
    ]);
  });

  test.each([
    ['a cause that is the error itself', `const e = new Error('x'); e.cause = e; throw e`],
    [
      'a chain of a thousand causes',
      `let e = new Error('x'); for (let i = 0; i < 1000; i++) e = new Error('x', { cause: e }); throw e`,
    ],
    [
      'a tree of errors',
      `const grow = (n) => new AggregateError(n === 0 ? [] : Array(50).fill(0).map(() => grow(n - 1)), 'm'.repeat(1e4)); throw grow(2)`,
    ],
    [
      'getters that throw',
      `throw Object.defineProperties(new Error('x'), { cause: { get() { throw 1 } }, errors: { get() { throw 2 } } })`,
    ],
    [
      'a proxy of an array',
      `throw Object.assign(new Error('x'), { errors: new Proxy([], { get() { throw 1 } }) })`,
    ],
    [
      'a revoked proxy',
      `const r = Proxy.revocable({}, {}); r.revoke(); throw Object.assign(new Error('x'), { cause: r.proxy, errors: [r.proxy] })`,
    ],
    [
      'a length that is no number',
      `throw Object.assign(new Error('x'), { errors: { length: {}, 0: 1 } })`,
    ],
    [
      'methods that were replaced',
      `String.prototype.split = Array.prototype.join = () => { throw 1 }; throw new Error('x')`,
    ],
  ])('are bounded for %s', async (_, code) => {
    const { message, code: kind, details } = await failure(code);
    expect(kind).toBe('RUNTIME_ERROR');
    expect(message).toMatch(/^[xm]+$/);
    expect(JSON.stringify(details).length).toBeLessThan(65_536);
  });
});

describe('a stack', () => {
  test('has ten frames at most, none of the engine', async () => {
    const { stack } = await failure(`
      function down(n) { if (n === 0) structuredClone(() => {}); down(n - 1); }
      down(30);`);
    const [header, ...frames] = stack?.split('\n') ?? [];
    expect(header).toMatch(/^DataCloneError: /);
    expect(frames).toHaveLength(10);
    expect(frames[0]).toMatch(/^ {4}at down \(https:.*main\.js:2:\d+\)$/);
  });

  test('is printed as it is told', async () => {
    const { error, stdout } = await runCode(
      `function f() { return new TypeError('same') }\nconst e = f(); console.log(e); throw e`,
    );
    expect(stdout).toBe(`${error?.stack}\n`);
  });
});

/** Each prints the same here and in Node.js, but for the places in frames. */
const stackPrograms: readonly (readonly [name: string, code: string])[] = [
  ['of an error made', `const e = new Error('made'); console.log(e.stack)`],
  ['of many lines', String.raw`console.log(new Error('two\nlines').stack)`],
  ['of a subclass', `class E extends Error {} console.log(new E('sub').stack)`],
  ['within a function', `function f() { return new Error('in').stack } console.log(f())`],
  [
    'once read, whatever becomes of the error',
    `const e = new Error('a'); e.stack; e.message = 'b'; e.name = 'C'; console.log(e.stack)`,
  ],
  ['written by the script', `const e = new Error('a'); e.stack = 'mine'; console.log(e.stack)`],
  [
    'written, and gone',
    `const e = new Error('a'); e.stack = 1; delete e.stack; console.log(e.stack)`,
  ],
  [
    'of what is no error',
    `console.log(Object.create(Error.prototype).stack, 'stack' in new Error())`,
  ],
  [
    'that is not listed',
    `console.log(Object.keys(new Error('a')), JSON.stringify(new Error('a')))`,
  ],
  [
    'captured for an object',
    `const o = { name: 'Mine', message: 'told' }; Error.captureStackTrace(o); console.log(o.stack)`,
  ],
];

describe('the stack that a script reads is that of V8:', () => {
  const withoutFrames = (printed: string): string =>
    printed.replace(/(?:^ {4}at .*\n)+/gm, '    at …\n');

  test.each(stackPrograms)('%s', async (_name, code) => {
    const { stdout } = await runCode(code);
    let printed = '';
    const log = (...values: unknown[]): void => {
      printed += `${format(...values)}\n`;
    };
    runInNewContext(code, { console: { log } });
    expect(withoutFrames(stdout)).toBe(withoutFrames(printed));
  });

  test('without a message, the name alone', async () => {
    const { stdout } = await runCode(`console.log(new RangeError().stack)`);
    expect(stdout).toMatch(/^RangeError\n {4}at https:\S+:1:\d+\n$/);
  });

  test('captured from above a function, without its frame', async () => {
    const { stdout } = await runCode(
      `function make() { const o = {}; Error.captureStackTrace(o, make); return o }
      function caller() { return make() }
      console.log(caller().stack)`,
    );
    expect(stdout).toMatch(/^Error\n {4}at caller \(https:\S+:2:\d+\)\n {4}at https:\S+:3:\d+\n$/);
  });

  test.each([
    [
      'of its own constructor',
      `class Failed extends Error { constructor(m) { super(m); this.code = 1 } }\n`,
    ],
    ['that inherits its constructor', `class Failed extends TypeError {}\n`],
    [
      'of two constructors',
      `class Base extends Error { constructor(m) { super(m) } } class Failed extends Base { constructor(m) { super(m) } }\n`,
    ],
    [
      'of several errors',
      `class Failed extends AggregateError { constructor(m) { super([], m) } }\n`,
    ],
    [
      'whose function is called by a method of the same name',
      `class Failed extends Error {} Failed.Failed = function Failed() { return 1 };\n`,
    ],
  ])('an error of a class %s begins where it is made', async (_name, declaration) => {
    const code = `${declaration}function check() {\n  throw new Failed('no') }\ntry { check() } catch (e) { console.log(e.stack) }\ncheck()`;
    const { stdout, error } = await runCode(code);
    expect(stdout).toMatch(/^\S*: no\n {4}at check \(https:\S+:3:\d+\)\n {4}at https:\S+:4:\d+\n$/);
    expect(error).toMatchObject({ details: { line: 3 } });
  });

  test('what the engine itself throws', async () => {
    const { stdout } = await runCode(
      `try { null.x } catch (e) { console.log(e.stack) }\ntry { new URL('x') } catch (e) { console.log(e.stack) }`,
    );
    expect(stdout).toMatch(
      /^TypeError: .*null.*\n {4}at https:\S+:1:\d+\nTypeError.*: Invalid URL\n {4}at https:\S+:2:\d+\n$/,
    );
  });
});

describe('an inline source map', () => {
  const source = [
    'interface Item { readonly amount: number | null }',
    '',
    'export function price(item: Item): number {',
    '  if (item.amount === null) throw new RangeError("free");',
    '  return item.amount;',
    '}',
    'try { price({ amount: null }) } catch (cause) {',
    '  throw new Error("no price", { cause });',
    '}',
  ].join('\n');

  async function compiled(): Promise<string> {
    const { outputFiles } = await build({
      stdin: { contents: source, loader: 'ts', sourcefile: 'src/price.ts', resolveDir: '/project' },
      absWorkingDir: '/',
      bundle: true,
      minify: true,
      format: 'esm',
      sourcemap: 'inline',
      write: false,
    });
    return outputFiles[0]?.text ?? '';
  }

  test('tells places of the files that it was made from', async () => {
    const { stack, details } = await failure(await compiled());
    expect(details).toMatchObject({
      url: expect.stringMatching(/src\/price\.ts$/),
      line: 8,
      cause: { stack: expect.stringMatching(/src\/price\.ts:4:\d+/) },
    });
    expect(details.frame).toContain('> 8 |   throw new Error("no price", { cause });');
    expect(stack).toMatch(/^Error: no price\n {4}at https:\S*src\/price\.ts:8:\d+$/);
  });

  test('of an imported module counts for that module', async () => {
    const { details } = await failure(`import './lib.js'`, { '/app/lib.js': await compiled() });
    expect(details).toMatchObject({ url: expect.stringMatching(/src\/price\.ts$/), line: 8 });
  });

  test('without base64 counts as well', async () => {
    const map = {
      version: 3,
      sources: ['a.ts'],
      sourcesContent: ['null!.x'],
      names: [],
      mappings: 'AAAA',
    };
    const { details } = await failure(
      `null.x\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map))}`,
    );
    expect(details).toMatchObject({ url: 'https://code.example/app/a.ts', line: 1, column: 1 });
  });

  test.each([
    ['that is no base64', 'data:application/json;base64,%%%'],
    ['that is no JSON', 'data:application/json;base64,AAAA'],
    ['that is no map', `data:application/json;base64,${btoa('{"version":3}')}`],
    ['that is larger than it may be', `data:application/json;base64,${'A'.repeat(5e6)}`],
    ['that is elsewhere', 'https://code.example/app/main.js.map'],
  ])('%s is passed over', async (_, url) => {
    const { details } = await failure(`null.x\n//# sourceMappingURL=${url}`);
    expect(details).toMatchObject({ url: codeUrl, line: 1 });
  });
});
