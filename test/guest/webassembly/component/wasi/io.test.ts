import { describe, expect, test } from '@jest/globals';
import type { HostResource } from '../../../../../lambda/guest/webassembly/component/host.ts';
import { inspect, Wasi2Host } from '../../../../support/guest/wasi2-host.ts';

const streams = 'wasi:io/streams';
const closed = { err: { tag: 'closed' } };
const stdinOf = (host: Wasi2Host): Promise<HostResource> =>
  host.resource('wasi:cli/stdin#get-stdin');
const stdoutOf = (host: Wasi2Host): Promise<HostResource> =>
  host.resource('wasi:cli/stdout#get-stdout');

describe('an input stream', () => {
  const steps: readonly (readonly [string, bigint, unknown])[] = [
    ['read', 0n, ''],
    ['read', 2n, 'ab'],
    ['blocking-read', 0n, ''],
    ['skip', 1n, 1n],
    ['blocking-skip', 1n, 1n],
    ['read', 2n ** 64n - 1n, 'efgh'],
    ['read', 1n, closed],
    ['read', 0n, closed],
    ['blocking-read', 1n, closed],
    ['skip', 1n, closed],
    ['blocking-skip', 0n, closed],
  ];

  test('gives its bytes once, whatever is asked for, and is closed then', async () => {
    const host = new Wasi2Host({ stdin: 'abcdefgh' });
    const stream = await stdinOf(host);
    for (const [name, length, expected] of steps) {
      const result = await host.call(`${streams}#[method]input-stream.${name}`, stream, length);
      expect([name, length, inspect(result)]).toEqual([name, length, expected]);
    }
  });

  test('of stdin goes on where another one stopped', async () => {
    const host = new Wasi2Host({ inputJson: '{"a":1}' });
    const read = `${streams}#[method]input-stream.read`;
    const first = await stdinOf(host);
    expect(inspect(await host.call(read, first, 4n))).toBe('{"a"');
    first[Symbol.dispose]?.();
    expect(inspect(await host.call(read, await stdinOf(host), 99n))).toBe(':1}');
  });

  test('never gives more than 1 MiB at once', async () => {
    const host = new Wasi2Host({ stdin: 'x'.repeat(3_000_000) });
    const bytes = await host.call(
      `${streams}#[method]input-stream.read`,
      await stdinOf(host),
      2n ** 64n - 1n,
    );
    expect(bytes).toHaveLength(1024 * 1024);
  });
});

describe('an output stream', () => {
  const write = (name: string) => `${streams}#[method]output-stream.${name}`;

  test('prints what is written, in order', async () => {
    const host = new Wasi2Host();
    const stdout = await stdoutOf(host);
    const stderr = await host.resource('wasi:cli/stderr#get-stderr');
    expect(await host.call(write('check-write'), stdout)).toBe(1_048_576n);
    for (const [name, stream, argument] of [
      ['write', stdout, Buffer.from('one ')],
      ['blocking-write-and-flush', stderr, Buffer.from('two ')],
      ['write-zeroes', stdout, 2n],
      ['blocking-write-zeroes-and-flush', stdout, 1n],
    ] as const) {
      expect(await host.call(write(name), stream, argument)).toBeUndefined();
    }
    for (const name of ['flush', 'blocking-flush']) {
      expect(await host.call(write(name), stdout)).toBeUndefined();
    }
    expect(host.printed).toEqual([
      { stream: 'stdout', text: 'one ' },
      { stream: 'stderr', text: 'two ' },
      { stream: 'stdout', text: '\0\0' },
      { stream: 'stdout', text: '\0' },
    ]);
  });

  test.each([
    ['write', new Uint8Array(1024 * 1024 + 1)],
    ['write-zeroes', 2n ** 63n],
    ['blocking-write-and-flush', new Uint8Array(4097)],
    ['blocking-write-zeroes-and-flush', 4097n],
  ])('traps where %s is given more than it permits', async (name, argument) => {
    const host = new Wasi2Host();
    const result = await host.call(write(name), await stdoutOf(host), argument);
    expect(result).toEqual({ ended: expect.stringContaining(`output-stream.${name}`) });
    expect(host.printed).toEqual([]);
  });

  test.each(['splice', 'blocking-splice'])('takes from another by %s', async (name) => {
    const host = new Wasi2Host({ stdin: 'from here' });
    const [stdin, stdout] = [await stdinOf(host), await stdoutOf(host)];
    expect(await host.call(write(name), stdout, stdin, 4n)).toBe(4n);
    expect(await host.call(write(name), stdout, stdin, 2n ** 64n - 1n)).toBe(5n);
    expect(await host.call(write(name), stdout, stdin, 1n)).toEqual(closed);
    expect(host.printed.map(({ text }) => text)).toEqual(['from', ' here']);
  });
});

describe('polling', () => {
  const subscribe = (host: Wasi2Host, milliseconds: number): Promise<HostResource> =>
    host.resource(
      'wasi:clocks/monotonic-clock#subscribe-duration',
      BigInt(milliseconds) * 1_000_000n,
    );
  const now = async (host: Wasi2Host): Promise<bigint> =>
    (await host.call('wasi:clocks/monotonic-clock#now')) as bigint;

  test('gives the indices of all that is ready', async () => {
    const host = new Wasi2Host({ stdin: 'x' });
    const late = await subscribe(host, 60_000);
    const input = await host.resource(
      `${streams}#[method]input-stream.subscribe`,
      await stdinOf(host),
    );
    const output = await host.resource(
      `${streams}#[method]output-stream.subscribe`,
      await stdoutOf(host),
    );
    const past = await host.resource('wasi:clocks/monotonic-clock#subscribe-instant', 0n);
    expect(await host.call('wasi:io/poll#poll', [late, input, late, output, past])).toEqual([
      1, 3, 4,
    ]);
    for (const [pollable, isReady] of [
      [late, false],
      [input, true],
      [past, true],
    ] as const) {
      expect(await host.call('wasi:io/poll#[method]pollable.ready', pollable)).toBe(isReady);
    }
  });

  test('waits for the earliest moment', async () => {
    const host = new Wasi2Host();
    const before = await now(host);
    const [late, soon] = [await subscribe(host, 60_000), await subscribe(host, 20)];
    expect(await host.call('wasi:io/poll#poll', [late, soon])).toEqual([1]);
    expect(await now(host)).toBeGreaterThanOrEqual(before + 20_000_000n);
    expect(await host.call('wasi:io/poll#[method]pollable.ready', soon)).toBe(true);
  });

  test('ends with the time of the run', async () => {
    const host = new Wasi2Host({ limits: { timeoutMs: 500 } });
    const timeout = { ended: '{"kind":"timeout"}' };
    const never = await subscribe(host, 60_000);
    expect(await host.call('wasi:io/poll#poll', [never])).toEqual(timeout);
    expect(await host.call('wasi:io/poll#[method]pollable.block', never)).toEqual(timeout);
  });

  test('of nothing traps', async () => {
    expect(await new Wasi2Host().call('wasi:io/poll#poll', [])).toEqual({
      ended: 'poll: the list is empty.',
    });
  });

  test('a duration without end is no error', async () => {
    const host = new Wasi2Host();
    const endless = await host.resource(
      'wasi:clocks/monotonic-clock#subscribe-duration',
      2n ** 64n - 1n,
    );
    const soon = await subscribe(host, 1);
    expect(await host.call('wasi:io/poll#poll', [endless, soon])).toEqual([1]);
  });
});

describe('what the host holds for a component', () => {
  test('are so many resources, of which dropped ones count no more', async () => {
    const host = new Wasi2Host();
    for (let made = 0; made < 40_000; made += 1) {
      (await host.resource('wasi:clocks/monotonic-clock#subscribe-instant', 0n))[
        Symbol.dispose
      ]?.();
    }
    const held: HostResource[] = [];
    for (let made = 0; made < 16_384; made += 1) {
      held.push(await host.resource('wasi:clocks/monotonic-clock#subscribe-instant', 0n));
    }
    const more = 'wasi:clocks/monotonic-clock#subscribe-instant';
    expect(await host.call(more, 0n)).toEqual({
      ended: 'The component holds more than 16384 resources of the host.',
    });
    expect(await host.call('wasi:io/poll#poll', held)).toHaveLength(16_384);
    held[0]?.[Symbol.dispose]?.();
    held[0]?.[Symbol.dispose]?.();
    expect(await host.resource(more, 0n)).toBeDefined();
    expect(await host.call(more, 0n)).toMatchObject({ ended: expect.anything() });
  });
});
