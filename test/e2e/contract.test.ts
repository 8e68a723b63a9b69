/** What callers and scripts are promised, over HTTP, against the server that `npm start` runs. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import wabt from 'wabt';
import { responseSchema } from '../../lambda/api/response.ts';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { type FixtureServer, startFixtureServer } from '../support/servers/fixture-server.ts';

let engine: EngineProcess;
let fixtures: FixtureServer;

beforeAll(async () => {
  fixtures = await startFixtureServer();
  engine = await startEngine({
    ENGINE_TRUSTED_ORIGINS: fixtures.origin,
    ENGINE_DOWNLOAD_TIMEOUT_MS: '4000',
  });
});

afterAll(async () => {
  await engine.stop();
  await fixtures.close();
});

interface Response {
  readonly http: number;
  readonly status: 'success' | 'error';
  readonly result: unknown;
  readonly stdout: string;
  readonly stderr: string;
  readonly logs: readonly { level: string; message: string; timestamp: string; fields: unknown }[];
  readonly error: {
    code: string;
    name: string;
    message: string;
    stack: string | null;
    details: unknown;
  } | null;
  readonly metadata: Record<string, unknown>;
}

async function execute(request: object | string): Promise<Response> {
  const { status, text } = await engine.execute(request);
  const body = JSON.parse(text) as Omit<Response, 'http'>;
  responseSchema().parse(body);
  return { http: status, ...body };
}

async function runScript(script: string, request: object = {}): Promise<Response> {
  return await execute({ url: fixtures.serve(script, { extension: '.js' }), ...request });
}

async function runWat(text: string, request: object = {}): Promise<Response> {
  const { parseWat } = await wabt();
  const module = parseWat('test.wat', text);
  const { buffer } = module.toBinary({});
  module.destroy();
  return await execute({ url: fixtures.serve(buffer, { extension: '.wasm' }), ...request });
}

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
    for (const field of ['executionTimeMs', 'downloadTimeMs', 'cpuTimeMs', 'memoryPeakBytes']) {
      expect(response.metadata[field]).toBeGreaterThan(0);
    }
  });

  test.each([
    ['await at top level', 'const x = await Promise.resolve(2); x * 21', 42],
    ['a promise as its value', 'Promise.resolve("later")', 'later'],
    ['undefined', 'undefined', null],
    ['a function', '(() => 1)', null],
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
    expect(await runScript(script)).toMatchObject({ status: 'success', result });
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
    ['TIMEOUT', 'console.log("so far"); for (;;);', { timeoutMs: 300 }],
    ['TIMEOUT', 'console.log("so far"); await fetch(HANGS)', { timeoutMs: 300 }],
    ['CPU_LIMIT', 'console.log("so far"); for (;;);', { cpuMs: 200, timeoutMs: 3000 }],
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
    expect(performance.now() - start).toBeLessThan(6000);
    expect(response).toMatchObject({ http: 200, error: { code }, stdout: 'so far\n' });
    expect((await runScript('1 + 1')).result).toBe(2);
  });

  test('a WebAssembly loop that cannot be interrupted, and one that grows its table', async () => {
    const loop = '(module (func (export "run") (loop (br 0))))';
    expect(await runWat(loop, { limits: { timeoutMs: 300 } })).toMatchObject({
      error: { code: 'TIMEOUT' },
    });
    const grow = `(module (table 1 funcref) (func (export "run")
      (loop (br_if 0 (i32.ne (table.grow (ref.null func) (i32.const 100000)) (i32.const -1)))
      unreachable)))`;
    const { error } = await runWat(grow, { limits: { timeoutMs: 2000 } });
    expect(['WASM_TRAP', 'MEMORY_LIMIT']).toContain(error?.code);
    expect((await runScript('1 + 1')).result).toBe(2);
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

describe('WebAssembly', () => {
  test('gives the value of its export, converted by its signature', async () => {
    const text = `(module
      (func (export "add") (param i32 i64 f32 f64) (result f64)
        (f64.add (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
                 (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))
      (func (export "big") (result i64) (i64.const 9007199254740993))
      (func (export "pair") (result i32 i64) (i32.const 1) (i64.const 2))
      (func (export "run") (result i32) (i32.const 7)))`;
    const add = { entrypoint: 'add', args: ['1', '2', '0.5', '-4.25'] };
    expect((await runWat(text, add)).result).toBe(-0.75);
    expect((await runWat(text, { entrypoint: 'big' })).result).toBe('9007199254740993');
    expect((await runWat(text, { entrypoint: 'pair' })).result).toEqual([1, '2']);
    expect(await runWat(text)).toMatchObject({
      result: 7,
      metadata: { codeType: 'wasm', detectedBy: 'content' },
    });
    expect(await runWat(text, { entrypoint: 'add', args: ['x'] })).toMatchObject({
      http: 400,
      error: { code: 'INVALID_REQUEST' },
    });
    expect(await runWat(text, { entrypoint: 'nope' })).toMatchObject({
      http: 200,
      error: { code: 'ENTRYPOINT_NOT_FOUND', message: expect.stringContaining('pair') },
    });
  });

  test('prints, logs and tells the time through the imports of `env`', async () => {
    const { result, stdout, stderr, logs } = await runWat(`(module
      (import "env" "capture_stdout" (func $out (param i32 i32)))
      (import "env" "capture_stderr" (func $err (param i32 i32)))
      (import "env" "app_log" (func $log (param i32 i32 i32 i32)))
      (import "env" "get_unixtime" (func $time (result i64)))
      (memory (export "memory") 1)
      (data (i32.const 0) "hello warn")
      (func (export "run") (result i64)
        (call $out (i32.const 0) (i32.const 5))
        (call $err (i32.const 0) (i32.const 4))
        (call $log (i32.const 6) (i32.const 4) (i32.const 0) (i32.const 5))
        (call $time)))`);
    expect([stdout, stderr]).toEqual(['hello', 'hell']);
    expect(logs).toMatchObject([{ level: 'warn', message: 'hello' }]);
    expect(Math.abs(Number(result) - Date.now() / 1000)).toBeLessThan(10);
  });

  test('runs WASI programs with stdin, and reports their exit code', async () => {
    const program = `(module
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 50))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $exit (i32.const 3))))`;
    expect(await runWat(program, { stdin: 'héllo' })).toMatchObject({
      stdout: 'héllo',
      error: { code: 'NON_ZERO_EXIT' },
      metadata: { exitCode: 3 },
    });
    expect((await runWat(program, { input: { a: 1 } })).stdout).toBe('{"a":1}');
  });

  test.each([
    ['WASM_TRAP', '(module (func (export "run") unreachable))', /unreachable/],
    ['WASM_LINK_ERROR', '(module (import "env" "nope" (func)) (func (export "run")))', /env.*nope/],
    ['STACK_OVERFLOW', '(module (func $f (export "run") (call $f)))', /stack/i],
    ['MEMORY_LIMIT', '(module (memory 20000) (func (export "run")))', /memory/i],
  ])('%s is told', async (code, text, message) => {
    expect(await runWat(text)).toMatchObject({
      http: 200,
      error: { code, message: expect.stringMatching(message) },
    });
  });

  test('that is none is WASM_INVALID', async () => {
    const url = fixtures.serve(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99, 1));
    expect(await execute({ url })).toMatchObject({ http: 200, error: { code: 'WASM_INVALID' } });
  });
});

const component = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);

function integrityOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function redirectTo(location: string): string {
  return fixtures.serve('', { status: 302, headers: { location } });
}

function redirectForever(): string {
  return fixtures.answer((request, response) => {
    response.writeHead(302, { location: request.url ?? '' }).end();
  });
}

describe('a request that cannot be served', () => {
  const refused: readonly (readonly [number, string, () => object | string])[] = [
    [400, 'INVALID_REQUEST', () => '{'],
    [400, 'INVALID_REQUEST', () => ({})],
    [400, 'INVALID_REQUEST', () => ({ url: 'nonsense' })],
    [400, 'INVALID_REQUEST', () => ({ url: 'http://user:pass@example.com/' })],
    [400, 'INVALID_REQUEST', () => ({ url: 'https://example.com/', unknown: 1 })],
    [400, 'INVALID_REQUEST', () => ({ url: 'https://example.com/', limits: { timeoutMs: 1e6 } })],
    [400, 'INVALID_REQUEST', () => ({ url: 'https://example.com/', limits: { memoryMb: 1 } })],
    [403, 'URL_NOT_ALLOWED', () => ({ url: 'http://127.0.0.1:9/x.js' })],
    [403, 'URL_NOT_ALLOWED', () => ({ url: 'http://169.254.169.254/x.js' })],
    [403, 'URL_NOT_ALLOWED', () => ({ url: redirectTo('http://10.0.0.1/x.js') })],
    [413, 'CODE_TOO_LARGE', () => ({ url: fixtures.serve(' '.repeat(5 * 2 ** 20 + 1)) })],
    [413, 'REQUEST_TOO_LARGE', () => JSON.stringify({ url: 'x', stdin: 'x'.repeat(5 * 2 ** 20) })],
    [422, 'UNSUPPORTED_CODE', () => ({ url: fixtures.serve('<!doctype html><p>hi</p>') })],
    [422, 'UNSUPPORTED_CODE', () => ({ url: fixtures.serve(Uint8Array.of(0xff, 0xfe, 0x31, 0)) })],
    [422, 'UNSUPPORTED_CODE', () => ({ url: fixtures.serve(component) })],
    [422, 'INTEGRITY_MISMATCH', () => ({ url: fixtures.serve('1'), integrity: integrityOf('2') })],
    [502, 'DOWNLOAD_FAILED', () => ({ url: fixtures.serve('no', { status: 500 }) })],
    [502, 'DOWNLOAD_FAILED', () => ({ url: redirectForever() })],
    [504, 'DOWNLOAD_TIMEOUT', () => ({ url: fixtures.answer(() => {}) })],
  ];

  test.each(refused)('gets %s %s', async (http, code, request) => {
    const response = await execute(request());
    expect(response).toMatchObject({ http, status: 'error', result: null, error: { code } });
    expect(response.error?.message.length).toBeGreaterThan(10);
    expect(JSON.stringify(response.error)).not.toMatch(/node:internal|\.ts:|\.mjs:/);
  });

  test('a matching integrity value is no obstacle', async () => {
    const request = { url: fixtures.serve('1'), integrity: integrityOf('1') };
    expect((await execute(request)).result).toBe(1);
  });

  test.each([
    ['GET', '/execute', 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/health', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/nothing', 404, 'NOT_FOUND'],
  ])('%s %s gets %s', async (method, path, http, code) => {
    const response = await fetch(engine.origin + path, { method });
    const body: unknown = await response.json();
    expect([response.status, body]).toMatchObject([http, { status: 'error', error: { code } }]);
    responseSchema().parse(body);
  });

  test('another media type gets 415', async () => {
    const response = await fetch(`${engine.origin}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expect(response.status).toBe(415);
  });
});

describe('what the code is', () => {
  test.each([
    ['content', {}, '', '#!/usr/bin/env node\n1'],
    ['content-type', { 'content-type': 'text/javascript; charset=utf-8' }, '', '1'],
    ['extension', { 'content-type': 'text/plain' }, '.mjs', '1'],
    ['default', {}, '', '1'],
  ])('is told by its %s', async (detectedBy, headers, extension, body) => {
    const url = fixtures.serve(body, { headers, extension });
    expect((await execute({ url })).metadata).toMatchObject({ detectedBy, codeType: 'javascript' });
  });

  test('is told by the hint where nothing else tells', async () => {
    const { metadata } = await execute({ url: fixtures.serve('1'), type: 'javascript' });
    expect(metadata.detectedBy).toBe('hint');
  });
});

describe('downloads', () => {
  test('are cached as their server allows, and revalidated', async () => {
    const cached = fixtures.serve('1', { headers: { 'cache-control': 'max-age=60' } });
    const never = fixtures.serve('1', { headers: { 'cache-control': 'no-store' } });
    for (let request = 0; request < 3; request++) {
      await execute({ url: cached });
      await execute({ url: never });
    }
    expect([fixtures.hits(cached), fixtures.hits(never)]).toEqual([1, 3]);
  });

  test('tell the final URL after a redirect', async () => {
    const target = fixtures.serve('5', { extension: '.js' });
    const url = fixtures.serve('', { status: 302, headers: { location: target } });
    expect(await execute({ url })).toMatchObject({ result: 5, metadata: { url: target } });
  });
});

describe('the other routes', () => {
  test('/health tells that the sandboxes are up', async () => {
    const health = await engine.health();
    expect(health).toMatchObject({ status: expect.any(String), version: expect.any(String) });
    expect(health.sandboxes.size).toBeGreaterThan(0);
  });

  test('/openapi.json describes the API', async () => {
    const document = (await (await fetch(`${engine.origin}/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
    };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/execute', '/health']));
  });
});
