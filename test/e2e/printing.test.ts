/** What a script prints and logs, over HTTP, against the server that `npm start` runs. */

import { describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const { runScript } = await startServedEngine();

describe('what is over its cap', () => {
  test.each(['é', '€', '😀', 'a😀'])(
    'output of %s is cut between characters',
    async (character) => {
      for (const offset of ['', 'x', 'xy', 'xyz']) {
        const { stdout, metadata } = await runScript(
          `console.log('${offset}' + '${character}'.repeat(${2 ** 20}))`,
        );
        expect(metadata.truncated.stdout).toBe(true);
        const whole = (offset + character.repeat(2 ** 20)).slice(0, stdout.length);
        expect(stdout === whole).toBe(true);
        expect(stdout.isWellFormed()).toBe(true);
        const bytes = Buffer.byteLength(stdout);
        expect(bytes).toBeGreaterThan(2 ** 20 - 4);
        expect(bytes).toBeLessThanOrEqual(2 ** 20);
      }
    },
  );

  test('a log entry over 256 KiB is cut between characters, and marked', async () => {
    for (const [message, fields] of [
      [`'x' + '€'.repeat(100_000)`, 'undefined'],
      [`'x' + '😀'.repeat(200_000)`, 'undefined'],
      [`'m'`, `{ big: 'x'.repeat(300_000) }`],
    ]) {
      const { logs, metadata } = await runScript(`app_log('info', ${message}, ${fields})`);
      expect(logs.length).toBe(1);
      expect(metadata.truncated.logs).toBe(true);
      const text = logs[0]?.message ?? '';
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(256 * 1024);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\ufffd');
    }
  });
});

test('log entries take errors, BigInts, maps, sets and what contains itself', async () => {
  const script = `
    const cyclic = { n: 10n ** 20n }; cyclic.self = cyclic; cyclic.list = [cyclic, 1];
    const error = Object.assign(new TypeError('failed', { cause: new Error('why') }), { code: 'E_X' });
    error.again = error;
    app_log('info', 'm', cyclic);
    app_log('info', 'm', { map: new Map([['a', 1n], ['b', new Map([[1, 2]])]]), set: new Set([1, [2]]), pairs: new Map([[{ k: 1 }, 2]]), re: /x/g });
    app_log('error', 'm', error);
    app_log('error', error);
    app_log('error', error, { id: 1 });
    app_log('error', 'm', { failure: error, list: [new RangeError('in a list')] });
    app_log('info', { a: 1n });
    app_log('info', 5n, 6n);
    app_log('info', 'm', null);
    app_log('info', 'm', () => {});
    app_log('info', Symbol('s'), new Map([['top', new Set()]]));
    const shared = { s: 1 };
    app_log('info', 'm', { one: shared, other: shared });
    'done'`;
  const { result, error, logs } = await runScript(script);
  expect(error).toBeNull();
  expect(result).toBe('done');
  const failed = {
    name: 'TypeError',
    location: expect.any(String),
    message: 'failed',
    stack: expect.stringMatching(/^TypeError: failed\n {4}at /),
    cause: {
      name: 'Error',
      location: expect.any(String),
      message: 'why',
      stack: expect.stringMatching(/^Error: why\n {4}at /),
    },
    code: 'E_X',
  };
  const listed = { name: 'RangeError', message: 'in a list' };
  expect(
    logs.map(({ message, fields }: { message: string; fields: unknown }) => [message, fields]),
  ).toEqual([
    ['m', { n: '100000000000000000000', list: [null, 1] }],
    ['m', { map: { a: '1', b: { 1: 2 } }, set: [1, [2]], pairs: [[{ k: 1 }, 2]], re: '/x/g' }],
    ['m', { error: failed }],
    ['failed', { error: failed }],
    ['failed', { id: 1, error: failed }],
    ['m', { failure: failed, list: [expect.objectContaining(listed)] }],
    ['{"a":"1"}', {}],
    ['5', '6'],
    ['m', null],
    ['m', {}],
    ['Symbol(s)', { top: [] }],
    ['m', { one: { s: 1 }, other: { s: 1 } }],
  ]);
});
