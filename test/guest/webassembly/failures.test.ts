import { describe, expect, test } from '@jest/globals';
import type { GuestError } from '../../../lambda/contract/protocol.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

async function errorOf(code: Uint8Array): Promise<GuestError> {
  const { outcome } = await runGuest(code);
  if (outcome.status !== 'error') throw new Error('it succeeded');
  return outcome.error;
}

const magic = [0x00, 0x61, 0x73, 0x6d];

describe('what is not a module that can run', () => {
  test.each([
    ['nothing', [], 'not a WebAssembly module'],
    ['text', [...Buffer.from('<!doctype html>')], 'not a WebAssembly module'],
    ['a later version', [...magic, 0x02, 0x00, 0x00, 0x00], 'its version is 2.'],
    ['a draft of the format', [...magic, 0x0b, 0x00, 0x00, 0x00], 'its version is 11.'],
    ['an unknown layer', [...magic, 0x01, 0x00, 0x02, 0x00], 'its version is 1, its layer 2.'],
    ['the magic number alone', magic, 'ends before its version'],
    ['half a version', [...magic, 0x01, 0x00], 'ends before its version'],
    ['an unknown section', [...magic, 1, 0, 0, 0, 99, 0], 'section'],
    ['a section cut off', [...magic, 1, 0, 0, 0, 1, 200, 1], 'section'],
    ['a section twice', [...magic, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0], 'section'],
    ['a count beyond the end', [...magic, 1, 0, 0, 0, 1, 5, 255, 255, 255, 255, 15], ''],
    ['a memory without limits', [...magic, 1, 0, 0, 0, 5, 1, 1], ''],
    [
      'a body that does not validate',
      [...wat('(module (func (export "run") unreachable))')].map((byte, index, all) =>
        index === all.length - 15 ? 0x1a : byte,
      ),
      '',
    ],
  ])('%s is refused as invalid', async (_what, bytes, told) => {
    const error = await errorOf(Uint8Array.from(bytes));
    expect(error).toMatchObject({ code: 'WASM_INVALID', stack: null });
    expect(error.message).toContain(told);
    expect(error.message).not.toMatch(/WebAssembly\.\w+\(\)/);
  });

  const version = [1, 0, 0, 0];
  const taking = (...type: number[]): number[] => [
    ...magic,
    ...version,
    1,
    4 + type.length,
    1,
    0x60,
    1,
    ...type,
    0,
  ];
  const running = (...code: number[]): number[] => [
    ...[...magic, ...version, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    ...[10, 4 + code.length, 1, 2 + code.length, 0, ...code, 0x0b],
  ];

  test.each([
    ['a type of strings', taking(0x67), 'stringref'],
    ['a nullable type of strings', taking(0x63, 0x67), 'stringref'],
    ['a type of continuations', taking(0x68), 'wasmfx'],
    ['a continuation', [...magic, ...version, 1, 3, 1, 0x5d, 0], 'wasmfx'],
    ['a shared type', [...magic, ...version, 1, 5, 1, 0x65, 0x60, 0, 0], 'shared'],
    ['a shared global', [...magic, ...version, 6, 6, 1, 0x7f, 2, 0x41, 0, 0x0b], 'shared'],
    ['an instruction on strings', running(0xfb, 0x82, 0x01, 0), 'stringref'],
    ['an instruction on half floats', running(0xfd, 0xa0, 0x02), 'fp16'],
    ['a memory of small pages', [...magic, ...version, 5, 4, 1, 8, 1, 0], 'custom-page-sizes'],
    ['a shared one', [...magic, ...version, 5, 5, 1, 0x0b, 1, 1, 0], 'custom-page-sizes'],
    ['a sum of 128 bits', running(0xfc, 0x13), 'wide-arithmetic'],
    ['a section of strings', [...magic, ...version, 14, 1, 0], 'stringref'],
  ])(
    '%s is refused with the name of its proposal, not a flag of V8',
    async (_what, bytes, proposal) => {
      const error = await errorOf(Uint8Array.from(bytes));
      expect(error).toMatchObject({ code: 'WASM_INVALID' });
      expect(error.message).toContain(`(the proposal ${proposal}, which this engine does not run)`);
      expect(error.message).not.toMatch(/--|enable (with|via)|experimental/i);
    },
  );

  test.each([
    ['(memory i64 1)', 'memory64'],
    ['(memory 1 2 shared)', 'threads'],
    ['(import "env" "memory" (memory i64 1))', 'memory64'],
    ['(import "env" "memory" (memory 1 1 shared))', 'threads'],
  ])('%s is refused, naming the proposal', async (declaration, proposal) => {
    const error = await errorOf(wat(`(module ${declaration} (func (export "run")))`));
    expect(error).toMatchObject({ code: 'WASM_INVALID' });
    expect(error.message).toContain(proposal);
  });
});

describe('imports that the host lacks', () => {
  test('are all named, with the signature they are declared with', async () => {
    const error = await errorOf(
      wat(`(module
        (import "env" "missing" (func (param i32 f64) (result i64)))
        (import "other" "function" (func))
        (import "env" "counter" (global (mut i32)))
        (import "other" "memory" (memory 1))
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32) (result i32)))
        (func (export "run")))`),
    );
    expect(error).toMatchObject({
      code: 'WASM_LINK_ERROR',
      details: [
        { module: 'env', name: 'missing', wanted: '(i32, f64) -> i64' },
        { module: 'other', name: 'function', wanted: '() -> ()' },
        { module: 'env', name: 'counter', wanted: 'global (mut i32)' },
        { module: 'other', name: 'memory' },
        { module: 'wasi_snapshot_preview1', name: 'fd_write', wanted: '(i32) -> i32' },
      ],
    });
    expect(error.message).toContain('env.missing (i32, f64) -> i64');
    expect(error.message).toContain('it is (i32, i32, i32, i32) -> i32');
  });

  test.each([
    ['wasi', 'thread-spawn', 'threads'],
    ['wasi:io/streams@0.2.0', 'read', 'core module of a component'],
    ['wasi_snapshot_preview2', 'read', 'core module of a component'],
    ['wasix_32v1', 'thread_spawn_v2', 'WASIX'],
    ['gojs', 'runtime.wasmExit', 'GOOS=wasip1'],
    ['wbg', '__wbg_log', 'wasm-bindgen'],
    ['env', 'emscripten_resize_heap', 'STANDALONE_WASM'],
  ])('%s.%s tells how the module was built', async (module, name, hint) => {
    const error = await errorOf(
      wat(`(module (import "${module}" "${name}" (func)) (func (export "run")))`),
    );
    expect(error).toMatchObject({ code: 'WASM_LINK_ERROR' });
    expect(error.message).toContain(hint);
  });

  test('are not all listed where they are thousands', async () => {
    const imports = Array.from(
      { length: 1000 },
      (_, index) => `(import "env" "f${index}${'n'.repeat(500)}" (func))`,
    );
    const error = await errorOf(wat(`(module ${imports.join('\n')} (func (export "run")))`));
    expect(error.details).toHaveLength(50);
    expect(error.message).toContain('and 950 more');
    expect(error.message.length).toBeLessThan(20_000);
  });

  test('a memory and a table are given in module env', async () => {
    const { outcome } = await runGuest(
      wat(`(module (import "env" "memory" (memory 2 4)) (import "env" "table" (table 3 funcref))
        (func (export "run") (result i32 i32) (memory.size) (table.size 0)))`),
    );
    expect(outcome).toMatchObject({ resultJson: '[2,3]' });
  });
});

describe('traps', () => {
  const trapping = (body: string): string =>
    `(module (memory 1) (table 1 funcref) (type $binary (func (param i32 i32)))
      (func $inner ${body}) (func $outer (export "run") (call $inner)))`;

  test.each([
    ['unreachable', 'unreachable'],
    ['(drop (i32.load (i32.const 65533)))', 'memory access out of bounds'],
    ['(drop (i32.div_u (i32.const 1) (i32.const 0)))', 'divide by zero'],
    ['(drop (i32.div_s (i32.const -2147483648) (i32.const -1)))', 'divide result unrepresentable'],
    ['(drop (i32.trunc_f64_s (f64.const nan)))', 'float unrepresentable in integer range'],
    ['(call_indirect (i32.const 5))', 'table index is out of bounds'],
    [
      '(call_indirect (type $binary) (i32.const 1) (i32.const 1) (i32.const 0))',
      'null function or function signature mismatch',
    ],
  ])('%s tells what and where', async (body, message) => {
    const error = await errorOf(wat(trapping(body)));
    expect(error).toMatchObject({ code: 'WASM_TRAP', name: 'RuntimeError', message });
    expect(error.stack?.split('\n')).toEqual([
      `RuntimeError: ${message}`,
      expect.stringMatching(
        /^ {4}at inner \(https:\/\/example\.com\/code\/program\.wasm:wasm-function\[0\]:0x[\da-f]+\)$/,
      ),
      expect.stringMatching(/^ {4}at outer \(.*:wasm-function\[1\]:0x[\da-f]+\)$/),
    ]);
  });

  test.each([
    ['a module as it is', ''],
    [
      'a module with functions that grow memory',
      `(func $grows (result i32)
      (drop (memory.grow (i32.const 1))) (drop (memory.grow (i32.const 1))) (memory.grow (i32.const 1)))`,
    ],
  ])('have the offsets of the file that was given: %s', async (_what, before) => {
    const code = wat(`(module (memory 1) ${before}
      (func $later (param i32) (drop (memory.grow (i32.const 1))) (i64.store (local.get 0) (i64.const 7)) unreachable)
      (func (export "run") (call $later (i32.const 8))))`);
    const { stack } = await errorOf(code);
    const offset = Number.parseInt(/at later .*:0x([\da-f]+)/.exec(stack ?? '')?.[1] ?? '', 16);
    // i64.store align=3, unreachable, end
    expect([...code.subarray(offset - 3, offset + 2)]).toEqual([0x37, 0x03, 0x00, 0x00, 0x0b]);
  });

  test('a segment beyond its memory, and an exception that nobody catches, are traps', async () => {
    const segment = '(module (memory 1) (data (i32.const 65535) "ab") (func (export "run")))';
    expect(await errorOf(wat(segment))).toMatchObject({ code: 'WASM_TRAP' });
    const exception = '(module (tag $tag) (func (export "run") (throw $tag)))';
    expect(await errorOf(wat(exception))).toMatchObject({ code: 'WASM_TRAP', name: 'Exception' });
  });

  test('a recursion without end overflows the stack, and the next run is served', async () => {
    const recursion = wat('(module (func $again (export "run") (call $again)))');
    const error = await errorOf(recursion);
    expect(error.code).toBe('STACK_OVERFLOW');
    expect(error.stack).toContain('at again (');
    expect(error.stack?.length).toBeLessThan(10_000);
    expect((await runGuest(wat('(module (func (export "run")))'))).outcome.status).toBe('success');
  });

  test('no stack shows a frame or path of the host', async () => {
    const fault = `(module (import "env" "app_log" (func $log (param i32 i32 i32 i32))) (memory 1)
      (func $guest (export "run") (call $log (i32.const -1) (i32.const 9) (i32.const 0) (i32.const 0))))`;
    const error = await errorOf(wat(fault));
    expect(error.stack?.split('\n')).toHaveLength(2);
    expect(error.stack).toContain('at guest (https://example.com/');
  });
});
