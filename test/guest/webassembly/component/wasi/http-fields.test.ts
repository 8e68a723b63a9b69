import { describe, expect, test } from '@jest/globals';
import type { HostValue } from '../../../../../lambda/guest/webassembly/component/host.ts';
import { inspect } from '../../../../support/guest/wasi2-host.ts';
import { bytes, open } from './http-calls.ts';

describe('fields', () => {
  const header = (tag: string) => ({ err: { tag } });
  const steps: readonly (readonly [string, readonly HostValue[], unknown])[] = [
    ['append', ['X-One', bytes('1')], undefined],
    ['append', ['x-one', bytes('2')], undefined],
    ['get', ['X-ONE'], ['1', '2']],
    ['has', ['x-oNe'], true],
    ['has', ['x two'], false],
    ['get', ['x two'], []],
    ['get', ['absent'], []],
    ['append', ['x two', bytes('')], header('invalid-syntax')],
    ['append', ['', bytes('')], header('invalid-syntax')],
    ['append', ['grüße', bytes('')], header('invalid-syntax')],
    ['append', ['x', bytes('a\r\nb: c')], header('invalid-syntax')],
    ['append', ['x', bytes('a\0')], header('invalid-syntax')],
    ['set', ['x', [bytes('fine'), bytes('a\n')]], header('invalid-syntax')],
    ['has', ['x'], false],
    ['append', ['Host', bytes('evil.example')], header('forbidden')],
    ['set', ['transfer-encoding', [bytes('chunked')]], header('forbidden')],
    ['delete', ['Connection'], header('forbidden')],
    ['delete', ['bad name'], header('invalid-syntax')],
    ['append', ['latin', Uint8Array.of(0xe9, 0x09)], undefined],
    ['set', ['Empty', [bytes('')]], undefined],
    ['get', ['empty'], ['']],
    ['set', ['x-one', [bytes('3')]], undefined],
    ['delete', ['empty'], undefined],
    ['delete', ['empty'], undefined],
    [
      'entries',
      [],
      [
        ['latin', 'é\t'],
        ['x-one', '3'],
      ],
    ],
    ['set', ['x-one', []], undefined],
    ['has', ['x-one'], false],
  ];

  test('keep names and values, and reject what is none', async () => {
    const { call, make } = open();
    const fields = await make('[constructor]fields');
    for (const [name, args, expected] of steps) {
      const result = inspect(await call(`[method]fields.${name}`, fields, ...args));
      expect([name, args, result]).toEqual([name, args, expected]);
    }
  });

  test('of a request are immutable, and a clone is not', async () => {
    const { call, make, request } = open();
    const headers = await make('[method]outgoing-request.headers', await request({}, [['a', 'b']]));
    for (const [name, ...args] of [
      ['append', 'x', bytes('')],
      ['set', 'x', [bytes('')]],
      ['delete', 'x'],
    ] as const) {
      expect(await call(`[method]fields.${name}`, headers, ...args)).toEqual(header('immutable'));
    }
    const clone = await make('[method]fields.clone', headers);
    expect(await call('[method]fields.append', clone, 'x', bytes('y'))).toBeUndefined();
    expect(inspect(await call('[method]fields.entries', headers))).toEqual([['a', 'b']]);
  });

  test('from a list with a bad one are none', async () => {
    const { call } = open();
    const list = [
      ['fine', bytes('')],
      ['host', bytes('')],
    ];
    expect(await call('[static]fields.from-list', list)).toEqual(header('forbidden'));
  });

  test('have an end', async () => {
    const { call, make } = open();
    const fields = await make('[constructor]fields');
    let result: unknown;
    let appended = 0;
    for (; result === undefined && appended < 10_000; appended += 1) {
      result = await call('[method]fields.append', fields, 'x', bytes(''));
    }
    expect(result).toEqual({ ended: 'The HTTP fields are too large.' });
    expect(appended).toBeGreaterThan(1000);
  });

  test('of all requests together take no more than the memory of the run', async () => {
    const { call, make } = open({ limits: { memoryBytes: 200_000 } });
    const large = bytes('x'.repeat(90_000));
    const two = [await make('[constructor]fields'), await make('[constructor]fields')] as const;
    for (const fields of two) {
      expect(await call('[method]fields.append', fields, 'x', large)).toBeUndefined();
    }
    expect(await call('[method]fields.clone', two[0])).toMatchObject({ ended: expect.anything() });
    two[1][Symbol.dispose]?.();
    expect(await make('[method]fields.clone', two[0])).toBeDefined();
  });
});
