import { describe, expect, test } from '@jest/globals';
import { Wasi2Host } from '../../../../support/guest/wasi2-host.ts';

describe('a command', () => {
  const host = new Wasi2Host({ args: ['--one', 'grüße'], env: { NAME: 'value', EMPTY: '' } });

  test.each([
    ['wasi:cli/environment#get-arguments', ['program', '--one', 'grüße']],
    [
      'wasi:cli/environment#get-environment',
      [
        ['NAME', 'value'],
        ['EMPTY', ''],
      ],
    ],
    ['wasi:cli/environment#initial-cwd', '/'],
    ['wasi:cli/terminal-stdin#get-terminal-stdin', undefined],
    ['wasi:cli/terminal-stdout#get-terminal-stdout', undefined],
    ['wasi:cli/terminal-stderr#get-terminal-stderr', undefined],
  ])('%s is %j', async (name, expected) => {
    expect(await host.call(name)).toEqual(expected);
  });

  test.each([
    ['exit', { tag: 'ok' }, 0],
    ['exit', { tag: 'error' }, 1],
    ['exit-with-code', 0, 0],
    ['exit-with-code', 42, 42],
    ['exit-with-code', 255, 255],
  ] as const)('ends by %s %j with code %i', async (name, status, code) => {
    expect(await host.call(`wasi:cli/exit#${name}`, status)).toEqual({
      ended: JSON.stringify({ kind: 'exit', code }),
    });
  });
});

describe('clocks', () => {
  const host = new Wasi2Host();

  test('the wall clock is that of the host', async () => {
    const now = await host.call('wasi:clocks/wall-clock#now');
    const { seconds, nanoseconds } = now as { seconds: bigint; nanoseconds: number };
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5);
    expect(nanoseconds).toBeLessThan(1_000_000_000);
  });

  test('the monotonic clock begins near 0, and never goes back', async () => {
    let last = 0n;
    for (let read = 0; read < 1000; read += 1) {
      const now = (await host.call('wasi:clocks/monotonic-clock#now')) as bigint;
      expect(now >= last).toBe(true);
      last = now;
    }
    expect(last).toBeLessThan(3_600_000_000_000n);
  });

  test('have a resolution', async () => {
    expect(await host.call('wasi:clocks/monotonic-clock#resolution')).toBe(1n);
    expect(await host.call('wasi:clocks/wall-clock#resolution')).toEqual({
      seconds: 0n,
      nanoseconds: 1_000_000,
    });
  });
});

describe('random', () => {
  const host = new Wasi2Host({ limits: { memoryBytes: 1_000_000 } });
  const names = ['random#get-random', 'insecure#get-insecure-random'];

  test.each(names)('%s numbers differ, to the last byte', async (name) => {
    const bytes = (await host.call(`wasi:random/${name}-bytes`, 200_000n)) as Uint8Array;
    expect(bytes).toHaveLength(200_000);
    expect(new Set(bytes.subarray(-4000)).size).toBeGreaterThan(200);
    expect(await host.call(`wasi:random/${name}-bytes`, 0n)).toEqual(new Uint8Array(0));
    expect(await host.call(`wasi:random/${name}-u64`)).not.toBe(
      await host.call(`wasi:random/${name}-u64`),
    );
  });

  test.each(names)('%s bytes are never more than the component has room for', async (name) => {
    for (const length of [1_000_001n, 2n ** 64n - 1n]) {
      expect(await host.call(`wasi:random/${name}-bytes`, length)).toEqual({
        ended: expect.stringContaining('more than the component has room for'),
      });
    }
  });

  test('the seed is another each time', async () => {
    const seed = await host.call('wasi:random/insecure-seed#insecure-seed');
    expect(seed).toEqual([expect.any(BigInt), expect.any(BigInt)]);
    expect(await host.call('wasi:random/insecure-seed#insecure-seed')).not.toEqual(seed);
  });
});

describe('sockets', () => {
  const denied = { err: 'access-denied' };
  const host = new Wasi2Host();

  test.each(['tcp', 'udp'])('no %s socket can be made', async (kind) => {
    for (const family of ['ipv4', 'ipv6']) {
      expect(
        await host.call(`wasi:sockets/${kind}-create-socket#create-${kind}-socket`, family),
      ).toEqual(denied);
    }
  });

  test('no name is resolved', async () => {
    const network = await host.resource('wasi:sockets/instance-network#instance-network');
    expect(
      await host.call('wasi:sockets/ip-name-lookup#resolve-addresses', network, 'localhost'),
    ).toEqual(denied);
  });
});

describe('script-engine:host', () => {
  const name = 'script-engine:host/host';
  const request = {
    url: 'https://example.com/x',
    method: undefined,
    headers: [['accept', 'text/plain']],
    body: undefined,
    'timeout-ms': undefined,
    redirects: undefined,
  };

  test('logs and tells the time', async () => {
    const host = new Wasi2Host();
    expect(await host.call(`${name}#app-log`, 'warn', 'grüße')).toBeUndefined();
    await host.call(`${name}#app-log`, 'info', 'x'.repeat(300_000));
    expect(host.logs[0]).toEqual({ level: 'warn', message: 'grüße' });
    expect(host.logs[1]?.message).toHaveLength(262_144);
    expect(await host.call(`${name}#app-log`, 'fatal', '')).toMatchObject({
      ended: expect.anything(),
    });
    const seconds = Number(await host.call(`${name}#get-unixtime`));
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
  });

  test('fetches', async () => {
    const host = new Wasi2Host({
      respond: ({ url }) => ({
        ok: true,
        response: {
          status: 201,
          statusText: 'Created',
          url: `${url}?final`,
          redirected: true,
          headers: [['x', '1']],
        },
        body: Buffer.from('text'),
        rest: null,
      }),
    });
    const given = { ...request, method: 'POST', body: Buffer.from('body'), 'timeout-ms': 500 };
    expect(await host.call(`${name}#fetch`, given)).toEqual({
      status: 201,
      'status-text': 'Created',
      url: 'https://example.com/x?final',
      redirected: true,
      headers: [['x', '1']],
      body: Buffer.from('text'),
    });
    expect(host.requests).toEqual([
      {
        request: {
          url: 'https://example.com/x',
          method: 'POST',
          headers: [['accept', 'text/plain']],
          hasBody: true,
          redirect: 'follow',
          whole: true,
          upload: null,
          timeoutMs: 500,
        },
        body: 'body',
      },
    ]);
  });

  test.each([
    ['not-allowed', 'not-allowed'],
    ['aborted', 'network'],
    ['quota', 'quota'],
  ] as const)('tells why a fetch failed: %s', async (kind, tag) => {
    const host = new Wasi2Host({
      respond: () => ({ ok: false, error: { kind, message: 'because', causeCode: null } }),
    });
    expect(await host.call(`${name}#fetch`, request)).toEqual({ err: { tag, value: 'because' } });
  });

  test('a fetch ends with the time of the run', async () => {
    const host = new Wasi2Host({ limits: { timeoutMs: 500 } });
    expect(await host.call(`${name}#fetch`, request)).toEqual({ ended: '{"kind":"timeout"}' });
    expect(host.aborted).toBe(1);
  });
});
