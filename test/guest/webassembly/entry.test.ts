import { describe, expect, test } from '@jest/globals';
import type { GuestOptions } from '../../support/guest/wasm-guest.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

const call = async (text: string, options: GuestOptions = {}) =>
  (await runGuest(wat(text), options)).outcome;

const echo = (type: string): string =>
  `(module (func (export "f") (param ${type}) (result ${type}) local.get 0))`;

describe('arguments and results', () => {
  test.each([
    ['i32', '7', '7'],
    ['i32', '-2147483648', '-2147483648'],
    ['i32', '4294967295', '-1'],
    ['i32', '0x10', '16'],
    ['i32', '+5', '5'],
    ['i64', '9223372036854775807', '"9223372036854775807"'],
    ['i64', '18446744073709551615', '"-1"'],
    ['i64', '-9223372036854775808', '"-9223372036854775808"'],
    ['f32', '0.5', '0.5'],
    ['f32', '1e40', 'null'],
    ['f64', '-1.25e2', '-125'],
    ['f64', 'inf', 'null'],
    ['f64', '-Infinity', 'null'],
    ['f64', 'nan', 'null'],
    ['f64', '.5', '0.5'],
  ])('%s %s comes back as %s', async (type, arg, resultJson) => {
    expect(await call(echo(type), { entrypoint: 'f', args: [arg] })).toEqual({
      status: 'success',
      resultJson,
      exitCode: null,
    });
  });

  test.each([
    ['i32', '4294967296'],
    ['i32', '1.5'],
    ['i32', ''],
    ['i32', ' 1'],
    ['i32', '1n'],
    ['i32', '0b1'],
    ['i64', '18446744073709551616'],
    ['i64', '9'.repeat(1_000_000)],
    ['f64', '0x10'],
    ['f64', '1,5'],
    ['f64', ''],
    ['f32', 'Infinityx'],
  ])('%s does not take %p', async (type, arg) => {
    expect(await call(echo(type), { entrypoint: 'f', args: [arg] })).toMatchObject({
      status: 'error',
      error: {
        code: 'INVALID_REQUEST',
        details: [{ path: 'args[0]', reason: expect.stringContaining(type) }],
      },
    });
  });

  test.each([
    ['too few', '(func (export "f") (param i32 i64))', ['1'], 'args'],
    ['too many', '(func (export "f"))', ['1'], 'args'],
    ['a vector parameter', '(func (export "f") (param v128))', ['1'], 'args[0]'],
    ['a reference parameter', '(func (export "f") (param externref))', ['1'], 'args[0]'],
    ['a vector result', '(func (export "f") (result v128) unreachable)', [], 'entrypoint'],
    ['a reference result', '(func (export "f") (result funcref) unreachable)', [], 'entrypoint'],
  ])('%s is an invalid request', async (_what, func, args, path) => {
    expect(await call(`(module ${func})`, { entrypoint: 'f', args })).toMatchObject({
      status: 'error',
      error: { code: 'INVALID_REQUEST', details: [{ path }] },
    });
  });

  test('several values come back as an array, none as null', async () => {
    const several = `(module (func (export "f") (result i32 i64 f64)
      (i32.const 1) (i64.const 2) (f64.const nan)))`;
    expect(await call(several, { entrypoint: 'f' })).toMatchObject({ resultJson: '[1,"2",null]' });
    expect(await call('(module (func (export "f")))', { entrypoint: 'f' })).toMatchObject({
      resultJson: 'null',
    });
  });
});

describe('the export that is called', () => {
  const answering = (name: string, value: number): string =>
    `(func (export "${name}") (result i32) (i32.const ${value}))`;

  test('is the one asked for, else _start, else main, else run', async () => {
    const both = `(module ${answering('main', 1)} ${answering('run', 2)} ${answering('other', 3)})`;
    expect(await call(both)).toMatchObject({ resultJson: '1' });
    expect(await call(both, { entrypoint: 'other' })).toMatchObject({ resultJson: '3' });
    expect(await call(`(module ${answering('run', 2)})`)).toMatchObject({ resultJson: '2' });
    const command = `(module (func (export "_start")) ${answering('main', 1)})`;
    expect(await call(command)).toEqual({ status: 'success', resultJson: 'null', exitCode: 0 });
    expect(await call(command, { entrypoint: 'main' })).toMatchObject({
      resultJson: '1',
      exitCode: null,
    });
  });

  test('takes no arguments of a WASI program for its parameters unless it was asked for', async () => {
    expect(await call(`(module ${answering('run', 2)})`, { args: ['x'] })).toMatchObject({
      resultJson: '2',
    });
    expect(await call(echo('i32').replace('"f"', '"run"'), { args: ['5'] })).toMatchObject({
      resultJson: '5',
    });
  });

  test('is called after a reactor was initialized, and initialization once', async () => {
    const reactor = `(module (global $count (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $count (i32.add (global.get $count) (i32.const 1))))
      (func (export "run") (result i32) (global.get $count)))`;
    expect(await call(reactor)).toMatchObject({ resultJson: '1' });
    expect(await call(reactor, { entrypoint: '_initialize' })).toMatchObject({
      resultJson: 'null',
    });
  });

  test.each([
    [null, '(func (export "f")) (memory (export "m") 1)', 'f'],
    ['missing', '(func (export "f"))', 'f'],
    ['m', '(func (export "f")) (memory (export "m") 1)', 'is a memory'],
    ['f', '', 'none'],
  ])('%p that there is not is answered with those there are', async (entrypoint, text, told) => {
    expect(await call(`(module ${text})`, { entrypoint })).toMatchObject({
      status: 'error',
      error: {
        code: 'ENTRYPOINT_NOT_FOUND',
        message: expect.stringContaining(told),
        details: { exports: text.includes('"f"') ? ['f'] : [] },
      },
    });
  });

  test.each([
    ['i32', 'i32.const 7'],
    ['funcref', 'ref.func $start'],
  ])('is `_start` with a result of %s: there is none, as of every command', async (type, value) => {
    const text = `(module (func $start (export "_start") (result ${type}) (${value})))`;
    expect(await runGuest(wat(text))).toMatchObject({
      outcome: { status: 'success', resultJson: 'null', exitCode: 0 },
    });
  });

  test.each([
    ['_start', '(func (export "_start") (param i32)) (func (export "run"))', null],
    ['_start', '(func (export "_start") (param i64 i32)) (func (export "run"))', '_start'],
    ['_initialize', '(func (export "_initialize") (param i64)) (func (export "run"))', null],
    ['_initialize', '(func (export "_initialize") (param i32)) (func (export "run"))', 'run'],
  ])('is no %s that takes parameters: %s', async (name, text, entrypoint) => {
    const outcome = await call(`(module ${text})`, { entrypoint, args: ['1'] });
    expect(outcome).toMatchObject({
      error: {
        code: 'ENTRYPOINT_NOT_FOUND',
        message: expect.stringMatching(`"${name}" takes \\(i.*Exported functions: ${name}, run`),
        details: { exports: [name, 'run'] },
      },
    });
  });

  test('is an _initialize with parameters where the request asks for it', async () => {
    const text = '(module (func (export "_initialize") (param i32) (result i32) local.get 0))';
    expect(await call(text, { entrypoint: '_initialize', args: ['5'] })).toMatchObject({
      resultJson: '5',
    });
  });

  test('is not needed where the module has a start function, which runs first in any case', async () => {
    const start = `(module (import "env" "capture_stdout" (func $print (param i32 i32)))
      (memory 1) (data (i32.const 0) "started")
      (func $start (call $print (i32.const 0) (i32.const 7))) (start $start))`;
    expect(await runGuest(wat(start))).toMatchObject({
      stdout: 'started',
      outcome: { status: 'success', resultJson: 'null' },
    });
    const both = start.replace('(start', '(func (export "run") (result i32) (i32.const 3)) (start');
    expect(await runGuest(wat(both))).toMatchObject({
      stdout: 'started',
      outcome: { resultJson: '3' },
    });
  });
});
