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
    [
      'f32',
      [0.5, -1.25, 'Infinity', 3.4028234663852886e38],
      [0.5, -1.25, null, 3.4028234663852886e38],
    ],
    ['s64', ['-0', '007', -0], [0, 7, 0]],
    ['f64', [0.1, 'NaN', 'Infinity', '-Infinity'], [0.1, null, null, null]],
    ['char', ['a', 'é', '😀']],
    ['string', ['\ud800', 'a\udc00b'], ['\ufffd', 'a\ufffdb']],
    ['char', ['\u0000', '\u{10ffff}', '\ufffd']],
    [
      'bytes',
      [{ base64: 'AAH_' }, { base64: 'aGk' }, { base64: '' }],
      [[0, 1, 255], [104, 105], []],
    ],
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
    ['variant', [{ tag: 'none', value: null }], [{ tag: 'none' }]],
    ['enum', ['red', 'green']],
    ['flags', [[], ['read', 'execute']]],
    ['flags', [['execute', 'read', 'read']], [['read', 'execute']]],
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
    ['echo-nested', [[{ some: { some: 1 } }]], 'args[0][0].some', /u32/],
    ['echo-nested', [[{ some: 1, more: 2 }]], 'args[0][0]', /option<option<u32>>/],
    ['echo-nested', [[{}]], 'args[0][0]', /"some"/],
    ['echo-f64', [['1']], 'args[0][0]', /f64/],
    ['echo-f64', [['nan']], 'args[0][0]', /f64/],
    ['echo-f32', [[1e39]], 'args[0][0]', /in the range/],
    ['echo-u64', [[' 7']], 'args[0][0]', /u64/],
    ['echo-u64', [['']], 'args[0][0]', /u64/],
    ['echo-u64', [['-1']], 'args[0][0]', /in the range/],
    ['echo-u64', [[1e300]], 'args[0][0]', /u64/],
    ['echo-s64', [['-9223372036854775809']], 'args[0][0]', /in the range/],
    ['echo-s8', [[-129]], 'args[0][0]', /in the range/],
    ['echo-s8', [['1']], 'args[0][0]', /s8/],
    ['echo-char', [['']], 'args[0][0]', /char/],
    ['echo-char', [['e\u0301']], 'args[0][0]', /one character/],
    ['echo-char', [[97]], 'args[0][0]', /char/],
    ['echo-bytes', [[{ base64: 'aGk=', more: 1 }]], 'args[0][0]', /"base64"/],
    ['echo-bytes', [[{ base64: 'a' }]], 'args[0][0]', /"base64"/],
    ['echo-bytes', [['aGk=']], 'args[0][0]', /list<u8>/],
    ['echo-bytes', [[[1.5]]], 'args[0][0][0]', /u8/],
    ['echo-flags', [['read']], 'args[0][0]', /an array of names/],
    ['echo-flags', [[{ read: true }]], 'args[0][0]', /an array of names/],
    ['echo-variant', [['none']], 'args[0][0]', /"tag"/],
    ['echo-variant', [[{ tag: 'constructor' }]], 'args[0][0]', /"tag"/],
    ['echo-variant', [[{ tag: ['none'] }]], 'args[0][0]', /"tag"/],
    ['echo-variant', [[{ tag: 'text', value: '', more: 1 }]], 'args[0][0]', /without more/],
    ['echo-variant', [[JSON.parse('{"__proto__":{"tag":"none"}}')]], 'args[0][0]', /"tag"/],
    ['echo-result', [[{ tag: 'err', value: 'x' }]], 'args[0][0]', /result<u32, string>/],
    [
      'echo-record',
      [[JSON.parse(`{"name":"x","age":1,"__proto__":{}}`)]],
      'args[0][0].__proto__',
      /not a field/,
    ],
    ['echo-record', [[{ name: 'x', age: 1, toString: 'y' }]], 'args[0][0].toString', /not a field/],
    ['echo-record', [[{ name: 'x', age: 1, nickName: 'y' }]], 'args[0][0].nickName', /not a field/],
    ['echo-record', [[['x', 1, null]]], 'args[0][0]', /an object/],
    ['echo-enum', [[0]], 'args[0][0]', /a name/],
    ['echo-enum', [['Red']], 'args[0][0]', /a name/],
  ])('%s %j', async (entrypoint, args, path, reason) => {
    expect(await call(entrypoint, args)).toMatchObject({
      status: 'error',
      error: {
        code: 'INVALID_REQUEST',
        details: [{ path, reason: expect.stringMatching(reason) }],
      },
    });
  });

  test('no more than twenty are told, and a long list of misfits takes no longer than one', async () => {
    const misfits = Array.from({ length: 100_000 }, () => ({ nam: 'x', ag: 1, more: [] }));
    const outcome = await call('echo-record', [misfits]);
    const details = outcome.status === 'error' ? outcome.error.details : null;
    expect(details).toHaveLength(20);
    expect(Array.isArray(details) && details.at(-1)).toMatchObject({ path: 'args[0][3].more' });
  });

  test.each([
    ['take-thing', null],
    ['take-thing', { handle: 1 }],
  ])('%s %j: it has no JSON form', async (entrypoint, json) => {
    expect(await call(entrypoint, [json])).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
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

  test.each([
    ['#add', 'add#', 'ADD', ' add', 'add\0', '__proto__', ''],
    ['test:values/math#', 'test:values/math@1#sum', 'test:values/math@1.2#sum'],
    ['test:values/math#sum#sum', '[resource-drop]thing', 'wasi:cli/run@0.2.0#run'],
  ])('%p and %p are not there', async (...entrypoints) => {
    for (const entrypoint of entrypoints) {
      expect(await call(entrypoint, [1, 2])).toMatchObject({
        error: { code: 'ENTRYPOINT_NOT_FOUND' },
      });
    }
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
