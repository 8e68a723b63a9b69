/** What WebAssembly modules are promised, over HTTP. */

import { describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const { execute, fixtures, runModule } = await startServedEngine({
  ENGINE_DOWNLOAD_TIMEOUT_MS: '4000',
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
    expect((await runModule(text, add)).result).toBe(-0.75);
    expect((await runModule(text, { entrypoint: 'big' })).result).toBe('9007199254740993');
    expect((await runModule(text, { entrypoint: 'pair' })).result).toEqual([1, '2']);
    expect(await runModule(text)).toMatchObject({
      result: 7,
      metadata: { codeType: 'wasm', detectedBy: 'content' },
    });
    expect(await runModule(text, { entrypoint: 'add', args: ['x'] })).toMatchObject({
      http: 400,
      error: { code: 'INVALID_REQUEST' },
    });
    expect(await runModule(text, { entrypoint: 'nope' })).toMatchObject({
      http: 200,
      error: { code: 'ENTRYPOINT_NOT_FOUND', message: expect.stringContaining('pair') },
    });
  });

  test('prints, logs and tells the time through the imports of `env`', async () => {
    const { result, stdout, stderr, logs } = await runModule(`(module
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
    expect(await runModule(program, { stdin: 'héllo' })).toMatchObject({
      stdout: 'héllo',
      error: { code: 'NON_ZERO_EXIT' },
      metadata: { exitCode: 3 },
    });
    expect((await runModule(program, { input: { a: 1 } })).stdout).toBe('{"a":1}');
  });

  test.each([
    ['WASM_TRAP', '(module (func (export "run") unreachable))', /unreachable/],
    ['WASM_LINK_ERROR', '(module (import "env" "nope" (func)) (func (export "run")))', /env.*nope/],
    ['STACK_OVERFLOW', '(module (func $f (export "run") (call $f)))', /stack/i],
    ['MEMORY_LIMIT', '(module (memory 20000) (func (export "run")))', /memory/i],
  ])('%s is told', async (code, text, message) => {
    expect(await runModule(text)).toMatchObject({
      http: 200,
      error: { code, message: expect.stringMatching(message) },
    });
  });

  test('has the exit code that a shell shows, and beside it the one that was given', async () => {
    const exit = `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const -1))))`;
    expect(await runModule(exit)).toMatchObject({
      http: 200,
      error: { code: 'NON_ZERO_EXIT', details: { exitCode: 255, rawExitCode: 4294967295 } },
      metadata: { exitCode: 255 },
    });
  });

  test.each([
    ['another version', '02000000'],
    ['another layer', '01000200'],
    ['a later component model', '0e000100'],
  ])('of %s is no code that runs here', async (_, kind) => {
    const url = fixtures.serve(Buffer.from(`0061736d${kind}`, 'hex'));
    expect(await execute({ url })).toMatchObject({
      http: 422,
      error: {
        code: 'UNSUPPORTED_CODE',
        message: expect.stringContaining(kind.replace(/..(?=.)/g, '$& ')),
      },
    });
  });

  test('calls itself 50,000 times, and a function of the host from there', async () => {
    const deep = `(module (import "env" "get_unixtime" (func $time (result i64)))
      (func $f (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))
          (else (drop (call $time)) (i32.const 0))))
      (func (export "run") (param i32) (result i32) (call $f (local.get 0))))`;
    for (const depth of [50_000, 10, 50_000]) {
      expect(await runModule(deep, { entrypoint: 'run', args: [`${depth}`] })).toMatchObject({
        error: null,
        result: depth,
      });
    }
    expect(await runModule(deep, { entrypoint: 'run', args: ['100000000'] })).toMatchObject({
      error: { code: 'STACK_OVERFLOW' },
    });
  });

  test('that is none is WASM_INVALID', async () => {
    const url = fixtures.serve(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99, 1));
    expect(await execute({ url })).toMatchObject({ http: 200, error: { code: 'WASM_INVALID' } });
  });
});
