import { describe, expect, test } from '@jest/globals';
import type { GuestError } from '../../../lambda/contract/protocol.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

async function linkErrorOf(code: Uint8Array): Promise<GuestError> {
  const { outcome } = await runGuest(code);
  if (outcome.status !== 'error') throw new Error('it linked');
  expect(outcome.error.code).toBe('WASM_LINK_ERROR');
  return outcome.error;
}

/** A custom section before all others, which the text format of the tests does not know. */
function withSection(name: string, content: readonly number[], code: Uint8Array): Uint8Array {
  const section = [name.length, ...Buffer.from(name), ...content];
  return Uint8Array.from([
    ...code.subarray(0, 8),
    0,
    section.length,
    ...section,
    ...code.subarray(8),
  ]);
}

const importing = (imports: string, entry = 'run'): Uint8Array =>
  wat(`(module ${imports} (func (export "${entry}")))`);
const imported = (module: string, name: string): string => `(import "${module}" "${name}" (func))`;

describe('a standalone program of Emscripten', () => {
  const growing = `(module
    (type (func (param i32))) (type (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (type 1)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (type 0)))
    (import "env" "emscripten_notify_memory_growth" (func $notify (type 0)))
    (memory (export "memory") 1 32768) (data (i32.const 16) "ok")
    (func (export "_start")
      (if (i32.ne (memory.grow (i32.const 3)) (i32.const -1)) (then (call $notify (i32.const 0))))
      (i32.store (i32.const 200000) (i32.const 16)) (i32.store (i32.const 200004) (i32.const 2))
      (drop (call $write (i32.const 1) (i32.const 200000) (i32.const 1) (i32.const 200008)))
      (call $exit (i32.const 0))))`;

  test('with ALLOW_MEMORY_GROWTH runs, and its memory is read where it has grown', async () => {
    expect(await runGuest(wat(growing))).toMatchObject({
      stdout: 'ok',
      outcome: { status: 'success', exitCode: 0 },
      memoryPeakBytes: 4 * 65_536,
    });
  });

  test.each([
    ['stat', '__syscall_stat64', ['-sPURE_WASI', 'wasi-sdk']],
    ['openat', '__syscall_openat', ['-sPURE_WASI', 'wasi-sdk']],
    ['exceptions', '__cxa_throw', ['-fwasm-exceptions']],
    ['longjmp', '_emscripten_throw_longjmp', ['-sSUPPORT_LONGJMP=wasm']],
    ['a call that may throw', 'invoke_vii', ['-fwasm-exceptions']],
    ['EM_ASM', 'emscripten_asm_const_int', ['EM_ASM', 'wasi-sdk']],
    ['embind', '_embind_register_void', ['embind']],
    ['the time zone', '_tzset_js', ['wasi-sdk']],
  ])('that uses %s gets advice for it', async (_what, name, advice) => {
    for (const entry of ['_start', '_initialize']) {
      const { message } = await linkErrorOf(importing(imported('env', name), entry));
      expect(message).toContain(`env.${name}`);
      for (const part of advice) expect(message).toContain(part);
      expect(message).not.toContain('STANDALONE_WASM');
    }
  });

  test('is what a program without an entry may be, where it is not for JavaScript', async () => {
    const stat = imported('env', '__syscall_stat64');
    expect((await linkErrorOf(importing(stat))).message).not.toContain('STANDALONE_WASM');
    const { message } = await linkErrorOf(importing(stat, '__wasm_call_ctors'));
    expect(message).toContain('-sSTANDALONE_WASM');
  });

  test.each([
    ['env', 'emscripten_resize_heap'],
    ['env', 'emscripten_date_now'],
    ['env', '_abort_js'],
    ['a', 'b'],
  ])('is the advice for a program for JavaScript: %s.%s', async (module, name) => {
    const { message } = await linkErrorOf(importing(imported(module, name), 'main'));
    expect(message).toContain('-sSTANDALONE_WASM');
  });
});

describe('a module that no build for this host would have made', () => {
  const base = '(import "env" "memory" (memory 0)) (import "env" "__memory_base" (global i32))';

  test.each([
    ['dylink.0', [1, 4, 0, 0, 0, 0]],
    ['dylink', [0, 0, 0, 0, 0]],
  ])('is a side module: %s', async (section, content) => {
    const { message } = await linkErrorOf(withSection(section, content, importing(base)));
    expect(message).toContain('side module');
    expect(message).toContain('statically');
  });

  test.each([
    ['for WASI', 'wasi_snapshot_preview1', 'fd_write', '(param i32 i32 i32 i32) (result i32)'],
    ['for JavaScript', 'env', 'emscripten_resize_heap', '(param i32) (result i32)'],
  ])('is a main module %s', async (_what, module, name, type) => {
    const imports = `${base} (import "${module}" "${name}" (func ${type}))`;
    const code = withSection('dylink.0', [1, 4, 0, 0, 0, 0], importing(imports));
    const { message } = await linkErrorOf(code);
    expect(message).toContain('main module');
    expect(message).toContain('statically');
    expect(message).not.toContain('side module');
  });

  test.each([
    ['linked dynamically', base, 'linked dynamically'],
    [
      'linked dynamically, by GOT',
      '(import "GOT.mem" "x" (global (mut i32)))',
      'linked dynamically',
    ],
    ['with sockets of WasmEdge', imported('wasi_snapshot_preview1', 'sock_open'), 'WasmEdge'],
    ['of Dart', imported('dart2wasm', '_1'), 'dart2wasm'],
    ['of Kotlin', imported('js_code', 'kotlin.x'), 'wasmWasi'],
    ['of Swift', imported('javascript_kit', 'swjs_get_prop'), 'JavaScriptKit'],
    ['for Extism', imported('extism:host/env', 'length'), 'Extism'],
    ['for Envoy', imported('env', 'proxy_log'), 'Proxy-Wasm'],
    ['of AssemblyScript for browsers', imported('env', 'document.hasFocus'), 'AssemblyScript'],
  ])('%s', async (_what, imports, part) => {
    expect((await linkErrorOf(importing(imports))).message).toContain(part);
  });

  test('is an object file', async () => {
    const object = importing('(import "env" "__stack_pointer" (global (mut i32)))');
    const { message } = await linkErrorOf(withSection('linking', [2], object));
    expect(message).toContain('wasm-ld');
    const complete = withSection('linking', [2], wat('(module (func))'));
    for (const entrypoint of [null, 'add']) {
      expect((await runGuest(complete, { entrypoint })).outcome).toMatchObject({
        error: { code: 'ENTRYPOINT_NOT_FOUND', message: expect.stringContaining('wasm-ld') },
      });
    }
  });

  test('takes strings as constants from a JavaScript host', async () => {
    const error = await linkErrorOf(importing(`(import "'" "hello" (global externref))`));
    expect(error.message).toContain('JS string builtins');
  });

  test('uses the JS string builtins', async () => {
    // (import "wasm:js-string" "length" (func (param externref) (result i32)))
    // (import "wasm:js-string" "fromCharCode" (func (param i32) (result (ref extern))))
    const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
    const imports = [
      ...[2, ...name('wasm:js-string'), ...name('length'), 0, 0],
      ...[...name('wasm:js-string'), ...name('fromCharCode'), 0, 1],
    ];
    const code = Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[1, 15, 3, 0x60, 1, 0x6f, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x64, 0x6f, 0x60, 0, 0],
      ...[2, imports.length, ...imports],
      ...[3, 2, 1, 2, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 2, 10, 4, 1, 2, 0, 0x0b],
    ]);
    const error = await linkErrorOf(code);
    expect(error.message).toContain('JS string builtins');
    expect(error.details).toMatchObject([{ name: 'length' }, { name: 'fromCharCode' }]);
  });

  test('has no hint where nothing shows how it was built', async () => {
    const { message } = await linkErrorOf(importing(imported('env', 'missing')));
    expect(message).toBe(
      'The host lacks what the module imports: env.missing () -> (): there is no such function.',
    );
  });
});

describe('a function that is imported twice', () => {
  const twice = (one: string, other: string): Uint8Array =>
    wat(`(module (import "env" "get_unixtime" (func $one (result ${one})))
      (import "env" "get_unixtime" (func $other (result ${other})))
      (func (export "run") (result i32) (drop (call $one)) (drop (call $other)) (i32.const 1)))`);

  test.each([
    ['i64', 'i32'],
    ['i32', 'i64'],
    ['f64', 'i32'],
  ])('as %s and as %s cannot be both', async (one, other) => {
    const error = await linkErrorOf(twice(one, other));
    expect(error.message).toContain(`env.get_unixtime () -> ${other}`);
    expect(error.message).toContain(`imported as () -> ${one}`);
    expect(error.details).toMatchObject([{ module: 'env', name: 'get_unixtime' }]);
  });

  test.each(['i64', 'i32', 'f64'])('as %s both times is given both times', async (type) => {
    expect((await runGuest(twice(type, type))).outcome).toMatchObject({ resultJson: '1' });
  });
});
