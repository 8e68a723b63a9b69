/** What scripts are promised, over HTTP, against the server that `npm start` runs. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const { execute, fixtures, runModule, runScript } = await startServedEngine({
  ENGINE_DOWNLOAD_TIMEOUT_MS: '4000',
});

describe('a script', () => {
  test('gives its completion value, what it printed, and what is known about the run', async () => {
    const script =
      'console.log("out"); console.error("err"); app_log("info", "m", { a: 1 }); 6 * 7';
    const url = fixtures.serve(script, { extension: '.js' });
    const response = await execute({ url });
    expect(response).toMatchObject({
      http: 200,
      status: 'success',
      result: 42,
      stdout: 'out\n',
      stderr: 'err\n',
      logs: [{ level: 'info', message: 'm', fields: { a: 1 } }],
      error: null,
      metadata: {
        url,
        codeType: 'javascript',
        detectedBy: 'extension',
        resourceSizeBytes: script.length,
        sha256: createHash('sha256').update(script).digest('hex'),
        exitCode: null,
        fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
        truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
      },
    });
    const measured = ['executionTimeMs', 'downloadTimeMs', 'cpuTimeMs', 'memoryPeakBytes'] as const;
    for (const field of measured) {
      expect(response.metadata[field]).toBeGreaterThan(0);
    }
  });

  test.each([
    ['await at top level', 'const x = await Promise.resolve(2); x * 21', 42],
    ['a promise as its value', 'Promise.resolve("later")', 'later'],
    ['undefined', 'undefined', null],
    ['a function, called with the input', '(n) => [n, typeof this]', [7, 'object']],
    ['an async function', 'async (n) => n + 1', 8],
    ['a promise of a function', 'Promise.resolve((n) => n + 2)', 9],
    ['the function that it assigns', 'handler = (n) => n + 3', 10],
    ['a function whose result is another', '() => () => 1', null],
    ['a class, which cannot be called', 'class Point {} Point', null],
    ['a lone BigInt', '2n ** 64n', '18446744073709551616'],
    ['toJSON', '({ toJSON: () => [1] })', [1]],
    ['a date', 'new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['nothing at all', '', null],
    ['a byte-order mark before it', '\ufeff1 + 1', 2],
    [
      'timers that are waited for',
      'let n = 0; setTimeout(() => n++, 5); new Promise((r) => setTimeout(() => r(n), 20))',
      1,
    ],
    [
      'a declaration of the name of a global',
      'const input = 1; let args = 2; var env = 3; input + args + env',
      6,
    ],
    ['unix time', 'Math.abs(get_unixtime() - Date.now() / 1000) < 2', true],
  ])('may have %s', async (_, script, result) => {
    expect(await runScript(script, { input: 7 })).toMatchObject({ status: 'success', result });
  });

  test('sees the request, frozen', async () => {
    const script = `'use strict';
      const errors = [];
      for (const change of [() => { input.a.b = 2 }, () => { args.push(1) }, () => { env.X = 1 }]) {
        try { change() } catch (error) { errors.push(error.name) }
      }
      [input, args, env, errors]`;
    const request = { input: { a: { b: 1 } }, args: ['x', 'y'], env: { K: 'v' } };
    expect((await runScript(script, request)).result).toEqual([
      { a: { b: 1 } },
      ['x', 'y'],
      { K: 'v' },
      ['TypeError', 'TypeError', 'TypeError'],
    ]);
  });

  test('has its entrypoint called with the input', async () => {
    const script = 'function twice(n) { return n * 2 } const k = 5;';
    expect((await runScript(script, { entrypoint: 'twice', input: 21 })).result).toBe(42);
    expect((await runScript(script, { entrypoint: 'k' })).result).toBe(5);
    expect((await runScript(script, { entrypoint: 'none' })).error).toMatchObject({
      code: 'ENTRYPOINT_NOT_FOUND',
      message: expect.stringContaining('twice'),
    });
  });

  test.each([
    'toString',
    'constructor',
    'hasOwnProperty',
    'fetch',
    'Array',
    'URL',
    'globalThis',
    'input',
    'this',
    'null',
    'if',
    'a b',
  ])('has no entrypoint %p where it declares none', async (entrypoint) => {
    const { error } = await runScript('function run() {} const value = 1;', {
      entrypoint,
      input: 1,
    });
    expect(error).toMatchObject({
      code: 'ENTRYPOINT_NOT_FOUND',
      details: { available: ['run'] },
    });
  });

  test.each([
    ['function fetch(n) { return n + 1 }', 'fetch'],
    ['const toString = (n) => n + 1', 'toString'],
    ['globalThis.constructor = (n) => n + 1', 'constructor'],
    ['let URL = (n) => n + 1', 'URL'],
    ['class Handler { static run = 2 } var handler = (n) => n + 1', 'handler'],
  ])(
    'declares an entrypoint that has the name of another global: %s',
    async (script, entrypoint) => {
      expect((await runScript(script, { entrypoint, input: 1 })).result).toBe(2);
    },
  );

  test('leaves nothing behind for the next one', async () => {
    await runScript('globalThis.leak = 1; Array.prototype.leak = 2; Object.prototype.leak = 3; 0');
    const script = '[typeof leak, [].leak === undefined, ({}).leak === undefined]';
    for (let run = 0; run < 4; run++) {
      expect((await runScript(script)).result).toEqual(['undefined', true, true]);
    }
  });

  test('has random numbers of its own', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => runScript('[Math.random(), crypto.randomUUID()].join()')),
    );
    expect(new Set(runs.map(({ result }) => result)).size).toBe(8);
  });
});

describe('an ES module', () => {
  test.each([
    ['a default value', 'export default { a: 1 }', { a: 1 }],
    ['a default function, called with the input', 'export default (n) => n + 1', 8],
    ['an async default function', 'export default async (n) => n + 2', 9],
    ['no default', 'export const a = 1', null],
    ['a handler in place of a default', 'export const handler = async (n) => n + 3', 10],
    [
      'a handler beside a default value',
      'export function handler(n) { return n } export default {}',
      7,
    ],
    ['a handler beside a default function', 'export const handler = 1; export default (n) => n', 7],
    ['a handler that is no function', 'export const handler = 1', null],
    ['a default class', 'export default class Point { static x = 1 }', null],
    ['a handler beside a class', 'export default class {} export const handler = (n) => n', 7],
    ['a frozen default function', 'export default Object.freeze(function f(n) { return n })', 7],
    ['await at top level', 'const a = await 3; export default a', 3],
  ])('may have %s', async (_, source, result) => {
    expect(await runScript(source, { input: 7 })).toMatchObject({ status: 'success', result });
  });

  test('may have another export as its entrypoint', async () => {
    const source = 'export function f(n) { return -n } export default 1';
    expect((await runScript(source, { input: 7, entrypoint: 'f' })).result).toBe(-7);
  });

  test('imports others by relative URL', async () => {
    const other = fixtures.serve('export const a = 40', { extension: '.js' });
    const path = new URL(other).pathname;
    const source = `import { a } from '.${path}'; export default a + 2`;
    expect(await runScript(source)).toMatchObject({ status: 'success', result: 42 });
  });

  test('is told which import failed, where, and why', async () => {
    const { error } = await runScript('\n\nimport "./missing.js"; export default 1');
    expect(error).toMatchObject({
      code: 'IMPORT_FAILED',
      message: expect.stringMatching(/\.\/missing\.js.*:3.*404/),
    });
  });
});

describe('a failure of JavaScript is told with the code', () => {
  test.each([
    ['SYNTAX_ERROR', 'let = ;', 'SyntaxError'],
    ['RUNTIME_ERROR', 'null.x', 'TypeError'],
    ['RUNTIME_ERROR', 'Promise.reject(new RangeError("r")); 1', 'RangeError'],
    ['RUNTIME_ERROR', 'setTimeout(() => { throw new EvalError("t") }); 1', 'EvalError'],
    ['RUNTIME_ERROR', 'await new Promise(() => {})', 'Error'],
    ['RESULT_NOT_SERIALIZABLE', 'const a = {}; a.a = a; a', 'TypeError'],
    ['RESULT_TOO_LARGE', '"x".repeat(2 ** 20)', 'ResultTooLarge'],
    ['STACK_OVERFLOW', '(function f() { return f() + 1 })()', 'StackOverflow'],
  ])('%s: %s', async (code, script, name) => {
    const response = await runScript(script);
    expect(response).toMatchObject({ http: 200, status: 'error', error: { code, name } });
  });

  test("and with the script's own lines, never one of the host's", async () => {
    const script = 'function inner() {\n  throw new TypeError("no");\n}\ninner();';
    const url = fixtures.serve(script, { extension: '.js' });
    const { error } = await execute({ url });
    expect(error?.stack).toContain(`at inner (${url}:2:`);
    expect(error?.stack).toContain(`${url}:4:`);
    expect(error?.stack).not.toMatch(/node:|file:|\/lambda\/|\/dist\/|engine:/);
  });
});

describe('a limit stops the run, keeps what was printed, and spares the next request', () => {
  test.each([
    ['TIMEOUT', 'console.log("so far"); for (;;);', { timeoutMs: 1500 }],
    ['TIMEOUT', 'console.log("so far"); await fetch(HANGS)', { timeoutMs: 1500 }],
    ['CPU_LIMIT', 'console.log("so far"); for (;;);', { cpuMs: 200, timeoutMs: 20_000 }],
    [
      'MEMORY_LIMIT',
      'console.log("so far"); const a = []; for (;;) a.push(new Array(1e4).fill(0))',
      { memoryMb: 32 },
    ],
    ['STACK_OVERFLOW', 'console.log("so far"); (function f() { return f() + 1 })()', {}],
  ])('%s: %s', async (code, script, limits) => {
    const hangs = fixtures.answer(() => {});
    const start = performance.now();
    const response = await runScript(script.replace('HANGS', `'${hangs}'`), { limits });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(response).toMatchObject({ http: 200, error: { code }, stdout: 'so far\n' });
    expect((await runScript('1 + 1')).result).toBe(2);
  });

  test('TIMEOUT tells how much of the time went into the download of imports', async () => {
    const hangs = fixtures.answer(() => {});
    const limits = { timeoutMs: 300 };
    const { error } = await runScript(`await import('${hangs}')`, { limits });
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/ ms, [\d.]+ ms of that for the download of imports$/),
      details: { limit: 'timeoutMs', value: 300, importsMs: expect.any(Number) },
    });
    const alone = await runScript('for (;;);', { limits });
    expect(alone.error?.message).not.toContain('import');
  });

  test('a WebAssembly loop that cannot be interrupted, and one that grows its table', async () => {
    const loop = '(module (func (export "run") (loop (br 0))))';
    expect(await runModule(loop, { limits: { timeoutMs: 300 } })).toMatchObject({
      error: { code: 'TIMEOUT' },
    });
    const grow = `(module (table 1 funcref) (func (export "run")
      (loop (br_if 0 (i32.ne (table.grow (ref.null func) (i32.const 100000)) (i32.const -1)))
      unreachable)))`;
    const { error } = await runModule(grow, { limits: { timeoutMs: 20_000 } });
    expect(['WASM_TRAP', 'MEMORY_LIMIT']).toContain(error?.code);
    expect((await runScript('1 + 1')).result).toBe(2);
  });

  test.each([
    ['a function', 'const f = (n) => f(n + 1) + 1; f(0)'],
    ['a getter', 'const o = { get x() { return this.x } }; o.x'],
    ['a text of itself', 'const o = { toString() { return "" + this } }; String(o)'],
    ['JSON of itself', 'const o = { toJSON() { return JSON.stringify(this) } }; JSON.stringify(o)'],
    ['a constructor', 'class A { a = new A() } new A()'],
  ])('that recurses without end in %s can catch the RangeError', async (_, recursion) => {
    const script = `let caught; try { ${recursion} } catch (error) { caught = error }
      [caught.name, caught instanceof RangeError, caught.constructor === RangeError, Object.getOwnPropertyNames(caught).sort()]`;
    const { result } = await runScript(script);
    expect(result).toEqual(['RangeError', true, true, ['message', 'stack']]);
  });

  test('output, logs and results are capped and marked', async () => {
    const script = `for (let i = 0; i < 40; i++) console.log('x'.repeat(50_000));
      for (let i = 0; i < 1010; i++) app_log('debug', 'entry');
      'done'`;
    const { result, stdout, logs, metadata } = await runScript(script);
    expect(result).toBe('done');
    expect(stdout.length).toBe(2 ** 20);
    expect(logs.length).toBe(1000);
    expect(metadata.truncated).toMatchObject({ stdout: true, stderr: false, logs: true });
  });
});

describe('fetch', () => {
  const json = (): string =>
    fixtures.serve('{"a":1}', { headers: { 'content-type': 'application/json' } });

  test('takes options as well as a URL, and is counted', async () => {
    const url = json();
    const { result, metadata } = await runScript(
      `const a = await fetch({ url: '${url}', method: 'GET', headers: { x: 'y' }, timeoutMs: 2000 });
       const b = await fetch('${url}', { method: 'POST', body: 'abc' });
       [a.status, a.ok, (await a.json()).a, a.headers.get('content-type'), await b.text()]`,
    );
    expect(result).toEqual([200, true, 1, 'application/json', '{"a":1}']);
    expect(metadata.fetch).toEqual({ requests: 2, bytesSent: 3, bytesReceived: 14 });
  });

  test.each([
    'http://127.0.0.1:1/',
    'http://localhost/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'file:///etc/passwd',
  ])('refuses %s with a TypeError that says why', async (url) => {
    const { result } = await runScript(
      `try { await fetch('${url}') } catch (error) { [error.name, error.message] }`,
    );
    expect(result).toEqual([
      'TypeError',
      expect.stringMatching(/allow|scheme|port|private|loopback|link/i),
    ]);
  });

  test('refuses a redirect to a private address', async () => {
    const url = fixtures.serve('', {
      status: 302,
      headers: { location: 'http://169.254.169.254/' },
    });
    const { result } = await runScript(
      `try { (await fetch('${url}')).status } catch (error) { error.name }`,
    );
    expect(result).toBe('TypeError');
  });

  test('times out with a TimeoutError, and stops at the quota', async () => {
    const hangs = fixtures.answer(() => {});
    const timeout = `try { await fetch({ url: '${hangs}', timeoutMs: 100 }) } catch (error) { error.name }`;
    expect((await runScript(timeout)).result).toBe('TimeoutError');
    const url = json();
    const script = `let n = 0; try { for (;;) { await fetch('${url}'); n++ } } catch (error) { [n, error.name, error.message] }`;
    const limits = { fetch: { maxRequests: 3 } };
    expect((await runScript(script, { limits })).result).toEqual([
      3,
      'TypeError',
      expect.stringContaining('3'),
    ]);
  });
});
