import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../lambda/contract/errors.ts';
import { component } from '../../../support/guest/components.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';

const values = component('values');

const call = async (entrypoint: string, args: readonly Json[]) =>
  (await runGuest(values, { entrypoint, args })).outcome;

const resultOf = async (entrypoint: string, args: readonly Json[]): Promise<unknown> => {
  const outcome = await call(entrypoint, args);
  if (outcome.status === 'error') throw new Error(JSON.stringify(outcome.error));
  return JSON.parse(outcome.resultJson);
};

const ada = { name: 'Ada', age: 36, 'nick-name': null };

describe('JSON of each type goes in and comes back', () => {
  const cases: readonly (readonly [type: string, items: Json, expected?: Json])[] = [
    ['bool', [true, false]],
    ['s8', [-128, 127]],
    ['u8', [0, 255]],
    ['u8', { base64: 'AAH/' }, [0, 1, 255]],
    ['s16', [-32768, 32767]],
    ['u16', [65535]],
    ['s32', [-2147483648]],
    ['u32', [4294967295]],
    ['s64', [-5, '-9223372036854775808'], [-5, '-9223372036854775808']],
    [
      'u64',
      ['18446744073709551615', '7', 9007199254740991],
      ['18446744073709551615', 7, 9007199254740991],
    ],
    ['f32', [0.5, -1.25]],
    ['f64', [0.1, 'NaN', 'Infinity', '-Infinity'], [0.1, null, null, null]],
    ['char', ['a', 'é', '😀']],
    ['string', ['', 'text', 'Grüße, 世界 😀', '\u0000', '\ufeffmark']],
    [
      'bytes',
      [{ base64: 'aGk=' }, [1, 2]],
      [
        [104, 105],
        [1, 2],
      ],
    ],
    ['tuple', [[7, 'seven']]],
    ['record', [ada, { name: 'Bo', age: 0 }], [ada, { name: 'Bo', age: 0, 'nick-name': null }]],
    ['variant', [{ tag: 'none' }, { tag: 'count', value: 3 }, { tag: 'text', value: 'x' }]],
    ['enum', ['red', 'green']],
    ['flags', [[], ['read', 'execute']]],
    ['option', [null, 5]],
    ['nested', [null, { some: null }, { some: 5 }]],
    [
      'result',
      [
        { tag: 'ok', value: 1 },
        { tag: 'error', value: 'no' },
      ],
    ],
  ];
  test.each(cases.map(([type, items, expected = items]) => [type, items, expected] as const))(
    '%s %j',
    async (type, items, expected) => {
      expect(await resultOf(`echo-${type}`, [items])).toEqual(expected);
    },
  );

  test('a record that is called like something of JavaScript stays data', async () => {
    const record = JSON.parse('{"name":"__proto__","age":1,"nick-name":"constructor"}') as Json;
    expect(await resultOf('echo-record', [[record]])).toEqual([record]);
  });

  test('more parameters than are passed as such lie in memory', async () => {
    const args = [...Array.from({ length: 16 }, (_, at) => at), '12345678901234567890'];
    expect(await resultOf('last-of-many', args)).toBe('12345678901234567890');
  });

  test('long lists and texts', async () => {
    const long = 'ü'.repeat(100_000);
    expect(await resultOf('echo-string', [[long]])).toEqual([long]);
    const numbers = Array.from({ length: 20_000 }, (_, at) => at);
    expect(await resultOf('echo-u32', [numbers])).toEqual(numbers);
  });
});

describe('what does not fit is rejected with its place and its type', () => {
  test.each<[string, Json[], string, RegExp]>([
    ['add', [1], 'args', /takes 2, not 1: func\(a: u32, b: u32\) -> u32/],
    ['add', [1, '2'], 'args[1]', /u32/],
    ['add', [1, -1], 'args[1]', /u32/],
    ['add', [1, 1.5], 'args[1]', /u32/],
    ['add', [1, 4294967296], 'args[1]', /u32/],
    ['echo-u64', [['18446744073709551616']], 'args[0][0]', /u64/],
    ['echo-u64', [['1e3']], 'args[0][0]', /u64/],
    ['echo-s64', [[9007199254740992]], 'args[0][0]', /s64/],
    ['echo-bool', [[1]], 'args[0][0]', /bool/],
    ['echo-char', [['ab']], 'args[0][0]', /char/],
    ['echo-char', [['\ud800']], 'args[0][0]', /char/],
    ['echo-string', [[null]], 'args[0][0]', /string/],
    ['echo-string', ['text'], 'args[0]', /list<string>/],
    ['echo-bytes', [[{ base64: '*' }]], 'args[0][0]', /list<u8>/],
    ['echo-bytes', [[[256]]], 'args[0][0][0]', /u8/],
    ['echo-record', [[{ name: 'x' }]], 'args[0][0].age', /missing: u8/],
    ['echo-record', [[{ ...ada, more: 1 }]], 'args[0][0].more', /not a field/],
    ['echo-record', [[{ ...ada, age: 'x' }]], 'args[0][0].age', /u8/],
    ['echo-tuple', [[[1]]], 'args[0][0]', /tuple<u8, string>/],
    [
      'echo-variant',
      [[{ tag: 'other' }]],
      'args[0][0]',
      /variant\{none, count\(u64\), text\(string\)\}/,
    ],
    ['echo-variant', [[{ tag: 'none', value: 1 }]], 'args[0][0]', /none/],
    ['echo-variant', [[{ tag: 'count' }]], 'args[0][0].value', /u64/],
    ['echo-enum', [['blue']], 'args[0][0]', /enum\{red, green\}/],
    ['echo-flags', [[['write', 'fly']]], 'args[0][0]', /flags\{read, write, execute\}/],
    ['echo-nested', [[5]], 'args[0][0]', /option<option<u32>>/],
    ['echo-f64', [['1']], 'args[0][0]', /f64/],
  ])('%s %j', async (entrypoint, args, path, reason) => {
    expect(await call(entrypoint, args)).toMatchObject({
      status: 'error',
      error: {
        code: 'INVALID_REQUEST',
        details: [{ path, reason: expect.stringMatching(reason) }],
      },
    });
  });

  test('resources have no JSON form', async () => {
    expect(await call('take-thing', [1])).toMatchObject({
      error: {
        code: 'INVALID_REQUEST',
        details: [{ path: 'args[0]', reason: expect.stringContaining('borrow<thing>') }],
      },
    });
  });
});

describe('which function is called', () => {
  test.each(['test:values/math#sum', 'test:values/math@1.2.0#sum'])('%s', async (entrypoint) => {
    expect(await resultOf(entrypoint, [4294967295, 2])).toBe(1);
  });

  test.each([null, 'no-such', 'test:values/math@1.3.0#sum', 'test:values/math', 'constructor'])(
    '%p is not there: those that are are listed with their types',
    async (entrypoint) => {
      const { outcome } = await runGuest(values, { entrypoint });
      expect(outcome).toMatchObject({
        error: {
          code: 'ENTRYPOINT_NOT_FOUND',
          details: {
            exports: expect.arrayContaining([
              'add: func(a: u32, b: u32) -> u32',
              'test:values/math@1.2.0#sum: func(a: u32, b: u32) -> u32',
            ]),
          },
        },
      });
    },
  );
});

describe('results', () => {
  test('the value of an ok is the result', async () => {
    expect(await resultOf('fail-if-odd', [6])).toBe(6);
  });

  test('an error is RUNTIME_ERROR with the value as details', async () => {
    expect(await call('fail-if-odd', [7])).toEqual({
      status: 'error',
      exitCode: null,
      error: {
        code: 'RUNTIME_ERROR',
        name: 'Error',
        message: 'The function returned an error: ddd',
        stack: null,
        details: 'ddd',
      },
    });
  });

  test('core values are cut to the size of their type', async () => {
    expect(await resultOf('wrap', [-1])).toBe(-1);
  });
});

describe('a component that breaks the canonical ABI traps', () => {
  test.each([
    ['bad-pointer', /not aligned|out of bounds/],
    ['bad-text', /not valid UTF-8/],
    ['endless-list', /256 MiB/],
    ['wide-list', /more than \d+ bytes/],
    ['trap', /unreachable/],
  ])('%s', async (entrypoint, message) => {
    expect(await call(entrypoint, [])).toMatchObject({
      error: { code: 'WASM_TRAP', message: expect.stringMatching(message) },
    });
  });

  test('endless recursion is a stack overflow', async () => {
    expect(await call('recurse', [])).toMatchObject({ error: { code: 'STACK_OVERFLOW' } });
  });
});
