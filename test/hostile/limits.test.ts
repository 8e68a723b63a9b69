import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ErrorCode, Json } from '../../lambda/contract/errors.ts';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { wat } from '../support/guest/wat.ts';
import type { ExecuteBody } from '../support/served-engine.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { checkedResponse } from './case.ts';

type Strictness = 'default' | 'tightest' | 'loosest';

/** The extremes that an operator can set. */
const settings: { readonly [strictness in Strictness]: { readonly [name: string]: string } } = {
  default: {},
  tightest: {
    ENGINE_TIMEOUT_MS: '2000',
    ENGINE_MAX_TIMEOUT_MS: '2000',
    ENGINE_MEMORY_MB: '16',
    ENGINE_MAX_MEMORY_MB: '16',
    ENGINE_MAX_OUTPUT_BYTES: '0',
    ENGINE_MAX_LOG_ENTRIES: '0',
    ENGINE_MAX_RESULT_BYTES: '4',
    ENGINE_MAX_FILES_BYTES: '0',
    ENGINE_FETCH_MAX_REQUESTS: '0',
  },
  loosest: {
    ENGINE_MAX_TIMEOUT_MS: '25000',
    ENGINE_MAX_MEMORY_MB: '1024',
    ENGINE_MAX_OUTPUT_BYTES: String(64 * 2 ** 20),
    ENGINE_MAX_LOG_ENTRIES: '100000',
    ENGINE_MAX_RESULT_BYTES: '6291556',
  },
};

let fixtures: Fixtures;
const engines = new Map<Strictness, EngineProcess>();

beforeAll(async () => {
  fixtures = await startFixtures();
  const own = { ENGINE_SANDBOXES: '1', ENGINE_TRUSTED_ORIGINS: fixtures.origin };
  const starting = (Object.keys(settings) as Strictness[]).map(async (strictness) => {
    engines.set(strictness, await startEngine({ ...own, ...settings[strictness] }));
  });
  await Promise.all(starting);
});
afterAll(async () => {
  await Promise.all([...engines.values()].map((engine) => engine.stop()));
  await fixtures.close();
});

interface Timed extends ExecuteBody {
  readonly durationMs: number;
}

async function run(
  strictness: Strictness,
  code: string | Uint8Array,
  limits: { readonly [name: string]: Json } = {},
): Promise<Timed> {
  const engine = engines.get(strictness);
  if (engine === undefined) throw new Error('The engine has not started.');
  const source = typeof code === 'string' ? code.replaceAll('{origin}', fixtures.origin) : code;
  const answer = await engine.execute({ url: fixtures.publish(source), limits });
  return { ...checkedResponse(answer), durationMs: answer.durationMs };
}

const loop = 'console.log("before"); for (;;);';
const wasmLoop = wat('(module (func (export "main") (loop $l (br $l))))');
const wait = `await new Promise((resolve) => setTimeout(resolve, 60000))`;
const hang = `await fetch('{origin}/hang')`;
const fill = `const a = []; for (;;) a.push(new ArrayBuffer(1 << 16))`;
const grow = wat(
  '(module (memory 1) (func (export "main") (result i32) (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (memory.size)))',
);

describe('wall time', () => {
  const rows: readonly (readonly [Strictness, string, string | Uint8Array, number, object])[] = [
    ['default', 'a loop', loop, 5000, {}],
    ['default', 'a loop at the tightest', loop, 1, { timeoutMs: 1 }],
    ['default', 'a module at the tightest', wasmLoop, 1, { timeoutMs: 1 }],
    ['default', 'a wait at the tightest', wait, 1, { timeoutMs: 1 }],
    ['default', 'a wait', wait, 250, { timeoutMs: 250 }],
    ['default', 'a fetch', hang, 250, { timeoutMs: 250 }],
    ['default', 'a module', wasmLoop, 250, { timeoutMs: 250 }],
    ['tightest', 'a loop', loop, 2000, {}],
    ['tightest', 'a module', wasmLoop, 2000, {}],
  ];
  test.each(rows)('%s settings: %s', async (strictness, _name, code, timeoutMs, limits) => {
    const { error, metadata, durationMs } = await run(strictness, code, { ...limits });
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      details: { limit: 'timeoutMs', value: timeoutMs },
    });
    expect(error?.message).toContain(`${timeoutMs} ms`);
    expect(metadata.executionTimeMs).toBeGreaterThanOrEqual(timeoutMs);
    expect(metadata.executionTimeMs).toBeLessThan(timeoutMs + 3000);
    expect(metadata.cpuTimeMs).toBeLessThan(timeoutMs + 1000);
    expect(durationMs).toBeLessThan(timeoutMs + 10_000);
  });

  test('the loosest: a run may wait for as long as the operator allows', async () => {
    const { error, metadata } = await run('loosest', wait, { timeoutMs: 25_000 });
    expect(error?.code).toBe('TIMEOUT');
    expect(metadata.executionTimeMs).toBeGreaterThanOrEqual(25_000);
    expect(metadata.cpuTimeMs).toBeLessThan(5000);
  });
});

describe('CPU time', () => {
  test.each([
    ['a loop', loop, 1],
    ['a module', wasmLoop, 1],
    ['a loop', loop, 100],
    ['a module', wasmLoop, 100],
  ] as const)('%s (%#) is stopped after its CPU time', async (_name, code, cpuMs) => {
    const { error, metadata } = await run('default', code, { timeoutMs: 20_000, cpuMs });
    expect(error).toMatchObject({ code: 'CPU_LIMIT', details: { limit: 'cpuMs', value: cpuMs } });
    expect(metadata.cpuTimeMs).toBeGreaterThanOrEqual(cpuMs);
    expect(metadata.executionTimeMs).toBeLessThan(10_000);
  });

  test('waiting uses up none of it', async () => {
    const { error, metadata } = await run(
      'default',
      `await fetch({ url: '{origin}/hang', timeoutMs: 2000 }).catch(() => {}); 'waited'`,
      { timeoutMs: 20_000, cpuMs: 800 },
    );
    expect(error).toBeNull();
    expect(metadata.executionTimeMs).toBeGreaterThanOrEqual(2000);
  });
});

describe('memory', () => {
  const rows: readonly (readonly [Strictness, number, object])[] = [
    ['tightest', 16, {}],
    ['default', 16, { memoryMb: 16 }],
    ['default', 17, { memoryMb: 17 }],
    ['default', 128, {}],
    ['default', 512, { memoryMb: 512 }],
    ['loosest', 1024, { memoryMb: 1024 }],
  ];
  test.each(rows)(
    '%s settings: a script is held to %i MB',
    async (strictness, memoryMb, limits) => {
      const timeoutMs = strictness === 'tightest' ? 2000 : 25_000;
      const { error, metadata } = await run(strictness, fill, { timeoutMs, ...limits });
      expect(error).toMatchObject({
        code: 'MEMORY_LIMIT',
        details: { limit: 'memoryMb', value: memoryMb },
      });
      expect(metadata.memoryPeakBytes).toBeLessThanOrEqual(memoryMb * 2 ** 20);
      expect(metadata.memoryPeakBytes).toBeGreaterThan((memoryMb / 2) * 2 ** 20);
    },
  );

  test.each(rows)(
    '%s settings: a module is held to %i MB',
    async (strictness, memoryMb, limits) => {
      const timeoutMs = strictness === 'tightest' ? 2000 : 25_000;
      const { error, result, metadata } = await run(strictness, grow, { timeoutMs, ...limits });
      if (strictness === 'tightest') {
        // Its result has five digits and more bytes than it may.
        expect(['RESULT_TOO_LARGE', undefined]).toContain(error?.code);
      } else {
        expect(result).toBeGreaterThan(memoryMb * 16 * 0.9);
        expect(result).toBeLessThanOrEqual(memoryMb * 16);
      }
      expect(metadata.memoryPeakBytes).toBeLessThanOrEqual(memoryMb * 2 ** 20);
    },
  );
});

describe('output, logs and results', () => {
  const flood = `console.log('x'.repeat(100)); console.error('y'); app_log('info', 'z'); null`;
  const much = `const t = 'x'.repeat(1 << 20); for (let i = 0; i < 8; i++) { console.log(t); console.error(t) }
    for (let i = 0; i < 5000; i++) app_log('info', 'z'); 1`;

  test('the tightest settings leave nothing of it', async () => {
    expect(await run('tightest', flood)).toMatchObject({
      status: 'success',
      stdout: '',
      stderr: '',
      logs: [],
      metadata: { truncated: { stdout: true, stderr: true, logs: true } },
    });
  });

  test('the default settings cut it', async () => {
    const { stdout, stderr, logs, metadata } = await run('default', much, { timeoutMs: 20_000 });
    expect(stdout.length).toBe(2 ** 20);
    expect(stderr.length).toBe(2 ** 20);
    expect(logs.length).toBe(1000);
    expect(metadata.truncated).toMatchObject({ stdout: true, stderr: true, logs: true });
  });

  test('the loosest settings leave as much of it as fits a response', async () => {
    const { stdout, stderr, logs, metadata } = await run('loosest', much, { timeoutMs: 20_000 });
    expect(stdout.length + stderr.length).toBeGreaterThan(5 * 2 ** 20);
    expect(logs.length).toBeGreaterThan(1000);
    expect(metadata.truncated).toMatchObject({ stdout: true, stderr: true });
  });

  const results: readonly (readonly [Strictness, string, ErrorCode | undefined])[] = [
    ['tightest', 'null', undefined],
    ['tightest', '1234', undefined],
    ['tightest', '12345', 'RESULT_TOO_LARGE'],
    ['tightest', `'é'`, undefined],
    ['tightest', `'éé'`, 'RESULT_TOO_LARGE'],
    ['default', `'x'.repeat((1 << 20) - 2)`, undefined],
    ['default', `'x'.repeat((1 << 20) - 1)`, 'RESULT_TOO_LARGE'],
    ['loosest', `'x'.repeat(6000000)`, undefined],
    ['loosest', `'x'.repeat(6291554)`, 'RESULT_TOO_LARGE'],
    ['loosest', `'\\x01'.repeat(1048000)`, 'RESULT_TOO_LARGE'],
  ];
  test.each(results)('%s settings: the result of %s', async (strictness, code, expected) => {
    const { error } = await run(strictness, code);
    expect(error?.code).toBe(expected);
  });

  test('no fetch where the operator allows none', async () => {
    const { error, metadata } = await run('tightest', `await fetch('{origin}/json'); null`);
    expect(error).toMatchObject({ code: 'RUNTIME_ERROR', name: 'TypeError' });
    expect(metadata.fetch.requests).toBe(0);
  });
});

describe('limits that a request may not ask for', () => {
  const refused: readonly (readonly [name: string, limits: object])[] = [
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: 25_001 }],
    ['timeoutMs', { timeoutMs: 1.5 }],
    ['timeoutMs', { timeoutMs: '100' }],
    ['cpuMs', { cpuMs: 0 }],
    ['memoryMb', { memoryMb: 15 }],
    ['memoryMb', { memoryMb: 513 }],
    ['memoryMb', { memoryMb: 1e300 }],
    ['fetch.maxRequests', { fetch: { maxRequests: 11 } }],
    ['fetch.maxRequests', { fetch: { maxRequests: -1 } }],
    ['unknown', { unknown: 1 }],
    ['output', { maxOutputBytes: 1 }],
  ];
  test.each(refused)('%s (%#)', async (name, limits) => {
    const engine = engines.get('default');
    const answer = await engine?.execute({ url: `${fixtures.origin}/json`, limits });
    if (answer === undefined) throw new Error('The engine has not started.');
    expect(answer.status).toBe(400);
    const { error } = checkedResponse(answer);
    expect(error?.code).toBe('INVALID_REQUEST');
    expect(JSON.stringify(error?.details)).toContain(name.replace('output', 'limits'));
  });
});
