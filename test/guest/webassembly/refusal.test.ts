import { describe, expect, test } from '@jest/globals';
import { createWasmRuntime } from '../../../lambda/guest/webassembly/runtime.ts';
import { type GuestOptions, runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

const preview1 = 'wasi_snapshot_preview1';
const path = '(i32.const 3) (i32.const 0) (i32.const 100) (i32.const 1)';

/** A program with "text" at 0, an iovec of it at 16, and the path "f" at 100. */
const program = (body: string, memory = '(memory (export "memory") 1)'): Uint8Array =>
  wat(`(module
    (import "${preview1}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "${preview1}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "${preview1}" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
    (import "${preview1}" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "${preview1}" "proc_exit" (func $exit (param i32)))
    (import "${preview1}" "proc_raise" (func $raise (param i32) (result i32)))
    (import "env" "app_log" (func $log (param i32 i32 i32 i32)))
    (import "env" "capture_stdout" (func $out (param i32 i32)))
    (import "env" "capture_stderr" (func $err (param i32 i32)))
    (import "env" "fetch" (func $fetch (param i32 i32 i32 i32) (result i32)))
    (tag $tag) ${memory}
    (data (i32.const 0) "text") (data (i32.const 20) "\\04") (data (i32.const 100) "f") (data (i32.const 104) "infoerror")
    (data (i32.const 200) "{\\"url\\":\\"https://example.com/\\"}")
    (func $work (param $ms i64) (local $end i64)
      (drop (call $clock (i32.const 2) (i64.const 0) (i32.const 64)))
      (local.set $end
        (i64.add (i64.load (i32.const 64)) (i64.mul (local.get $ms) (i64.const 1000000))))
      (loop $again
        (drop (call $clock (i32.const 2) (i64.const 0) (i32.const 64)))
        (br_if $again (i64.lt_u (i64.load (i32.const 64)) (local.get $end)))))
    (func $run (export "run") ${body}))`);

const refused = '(drop (memory.grow (i32.const 256)))';
const print = (stream: number): string =>
  `(drop (call $write (i32.const ${stream}) (i32.const 16) (i32.const 1) (i32.const 64)))`;
const log = (level: 'info' | 'error'): string =>
  `(call $log (i32.const ${level === 'info' ? 104 : 108}) (i32.const ${level.length}) (i32.const 0) (i32.const 4))`;
const exit = (code: number): string => `(call $exit (i32.const ${code}))`;
const byZero = '(drop (i32.div_u (i32.const 1) (i32.const 0)))';

const within16: GuestOptions = { limits: { memoryBytes: 16 * 2 ** 20, timeoutMs: 10_000 } };
const outcomeOf = async (body: string, memory?: string, options: GuestOptions = {}) =>
  (await runGuest(program(body, memory), { ...within16, ...options })).outcome;

const memoryRefused = { limit: 'memoryMb', value: 16 };

describe('a program that gives up after it was refused memory has hit the limit', () => {
  test.each([
    ['exits', exit(2), 2],
    ['says so, then exits', `${print(2)} ${exit(1)}`, 1],
    ['says so by the host, then exits', `(call $err (i32.const 0) (i32.const 4)) ${exit(1)}`, 1],
    ['logs so, then aborts', `${log('error')} unreachable`, null],
    ['exits with -1', exit(-1), 255],
    ['raises a signal', '(drop (call $raise (i32.const 6)))', 134],
    ['says so, then aborts', `${print(2)} unreachable`, null],
    ['throws what nobody catches', '(throw $tag)', null],
    ['asks again, then aborts', `${refused} ${refused} unreachable`, null],
    ['is refused again after it went on', `${print(1)} ${refused} unreachable`, null],
    [
      'got memory, and then no more',
      `(drop (memory.grow (i32.const 1))) ${refused} unreachable`,
      null,
    ],
  ])('and %s', async (_what, end, exitCode) => {
    expect(await outcomeOf(`${refused} ${end}`)).toMatchObject({
      error: { code: 'MEMORY_LIMIT', details: memoryRefused },
      exitCode,
    });
  });

  test('unless it exits with 0', async () => {
    expect(await outcomeOf(`${refused} ${exit(0)}`)).toMatchObject({ status: 'success' });
  });
});

describe('the end of a program that went on after it was refused memory is its own', () => {
  const goingOn: readonly [string, string][] = [
    ['prints a result', print(1)],
    ['prints a result by the host', '(call $out (i32.const 0) (i32.const 4))'],
    [
      'reads its input',
      '(drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 64)))',
    ],
    ['looks at a file', `(drop (call $stat ${path} (i32.const 300)))`],
    ['logs progress', log('info')],
    [
      'fetches',
      '(drop (call $fetch (i32.const 200) (i32.const 30) (i32.const 400) (i32.const 9)))',
    ],
    ['gets less memory', '(drop (memory.grow (i32.const 1)))'],
    ['computes', '(call $work (i64.const 600))'],
  ];

  test.each(goingOn)('%s, then traps', async (_what, work) => {
    expect(await outcomeOf(`${refused} ${work} unreachable`)).toMatchObject({
      error: {
        code: 'WASM_TRAP',
        message: 'unreachable',
        stack: expect.stringContaining('at run ('),
        details: { memoryRefused },
      },
    });
  });

  test.each(goingOn)('%s, then exits', async (_what, work) => {
    expect(await outcomeOf(`${refused} ${work} ${exit(3)}`)).toMatchObject({
      error: { code: 'NON_ZERO_EXIT', details: { memoryRefused } },
      exitCode: 3,
    });
  });

  test('with the code that it gave, where a shell shows another', async () => {
    expect(await outcomeOf(`${refused} ${print(1)} ${exit(-1)}`)).toMatchObject({
      error: { details: { exitCode: 255, rawExitCode: 4294967295, memoryRefused } },
    });
  });

  test.each([
    [byZero, 'divide by zero'],
    ['(drop (i32.rem_u (i32.const 1) (i32.const 0)))', 'remainder by zero'],
    ['(drop (i32.div_s (i32.const -2147483648) (i32.const -1)))', 'divide result unrepresentable'],
    ['(drop (i32.trunc_f64_s (f64.const inf)))', 'float unrepresentable in integer range'],
  ])('at once where that is no matter of memory: %s', async (trap, message) => {
    expect(await outcomeOf(`${refused} ${trap}`)).toMatchObject({
      error: { code: 'WASM_TRAP', message, details: { memoryRefused } },
    });
  });
});

describe('a refusal that is not of the limit', () => {
  test('is that of the module itself', async () => {
    expect(
      await outcomeOf(`${refused} unreachable`, '(memory (export "memory") 1 2)'),
    ).toMatchObject({
      error: { code: 'WASM_TRAP', details: null },
    });
    expect(
      await outcomeOf(`${refused} ${exit(2)}`, '(memory (export "memory") 1 2)'),
    ).toMatchObject({
      error: { code: 'NON_ZERO_EXIT', details: null },
    });
  });

  test('is that of a run before', async () => {
    const runtime = createWasmRuntime();
    const growing = '(if (i32.const 0) (then (drop (memory.grow (i32.const 1)))))';
    expect(await outcomeOf(`${refused} unreachable`, undefined, { runtime })).toMatchObject({
      error: { code: 'MEMORY_LIMIT' },
    });
    expect(await outcomeOf(`${growing} unreachable`, undefined, { runtime })).toMatchObject({
      error: { code: 'WASM_TRAP', details: null },
    });
  });
});

test('a module of any number of types can be followed', async () => {
  for (const count of [0, 60, 61, 62, 63, 64, 65, 126, 127, 128, 8190, 8191]) {
    const types = Array.from({ length: count }, () => '(type (func (param f64)))').join(' ');
    const code = wat(`(module ${types} (memory 1)
      (func (export "run") (result i32) (memory.grow (i32.const 1))))`);
    expect((await runGuest(code)).outcome).toMatchObject({ resultJson: '1' });
  }
});
