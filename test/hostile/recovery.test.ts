import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { wat } from '../support/guest/wat.ts';
import { descendants, isAlive, sandboxesOf } from '../support/processes.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { until } from '../support/until.ts';
import { checkedResponse } from './case.ts';

let fixtures: Fixtures;
const engines = new Set<EngineProcess>();

beforeAll(async () => {
  fixtures = await startFixtures();
});
afterEach(async () => {
  await Promise.all([...engines].map((engine) => engine.stop()));
  engines.clear();
});
afterAll(() => fixtures.close());

async function start(settings: { readonly [name: string]: string }): Promise<EngineProcess> {
  const engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: fixtures.origin, ...settings });
  engines.add(engine);
  const size = Number(settings.ENGINE_SANDBOXES);
  await until(async () => (await engine.health()).sandboxes.idle === size);
  return engine;
}

const loop = 'console.log("before"); for (;;);';
const wasmLoop = wat('(module (func (export "main") (loop $l (br $l))))');

describe('a sandbox that is killed', () => {
  test('is told to its caller at once, and disturbs no other', async () => {
    const engine = await start({ ENGINE_SANDBOXES: '2' });
    const before = new Set(sandboxesOf(engine.pid));
    const endless = fixtures.publish(loop);
    const calm = fixtures.publish(`await new Promise((r) => setTimeout(r, 600)); 'undisturbed'`);

    const victim = engine.execute({ url: endless, limits: { timeoutMs: 5000 } });
    await until(async () => (await engine.health()).sandboxes.busy === 1);
    const busy = await busiest(sandboxesOf(engine.pid));
    const other = engine.execute({ url: calm });
    await until(async () => (await engine.health()).sandboxes.busy === 2);
    const killedAt = performance.now();
    process.kill(busy, 'SIGKILL');

    const response = checkedResponse(await victim);
    expect(performance.now() - killedAt).toBeLessThan(500);
    expect(response).toMatchObject({ error: { code: 'SANDBOX_CRASHED' }, stdout: 'before\n' });
    expect(checkedResponse(await other)).toMatchObject({ error: null, result: 'undisturbed' });

    await until(async () => (await engine.health()).sandboxes.idle === 2);
    const after = sandboxesOf(engine.pid);
    expect(after.length).toBe(2);
    expect(after.filter((pid) => before.has(pid)).length).toBe(1);
  });

  test('is replaced without a request, also where all die while nobody asks', async () => {
    const engine = await start({ ENGINE_SANDBOXES: '2' });
    const before = sandboxesOf(engine.pid);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await until(() => before.every((pid) => !isAlive(pid)));
    await until(async () => (await engine.health()).sandboxes.idle === 2);
    expect(sandboxesOf(engine.pid).some((pid) => before.includes(pid))).toBe(false);
  });

  test('leaves no process behind, however many there were', async () => {
    const engine = await start({ ENGINE_SANDBOXES: '1' });
    await until(() => descendants(engine.pid).length === 2);
    const url = fixtures.publish(wasmLoop);
    for (let index = 0; index < 10; index++) {
      const answer = await engine.execute({ url, limits: { timeoutMs: 50 } });
      expect(checkedResponse(answer).error?.code).toBe('TIMEOUT');
    }
    await until(async () => (await engine.health()).sandboxes.idle === 1);
    // The sandbox, and who looks after it.
    expect(descendants(engine.pid).length).toBe(2);
  });
});

describe('a host that goes away', () => {
  test.each([
    ['is killed', 'SIGKILL', undefined],
    ['is killed while a script loops', 'SIGKILL', loop],
    ['is killed while a module loops', 'SIGKILL', wasmLoop],
    ['is asked to stop', 'SIGTERM', undefined],
  ] as const)('takes its sandboxes along when it %s', async (_how, signal, code) => {
    const engine = await start({ ENGINE_SANDBOXES: '2' });
    await until(() => descendants(engine.pid).length === 3);
    const all = descendants(engine.pid);
    if (code !== undefined) {
      const url = fixtures.publish(code);
      engine.execute({ url, limits: { timeoutMs: 20_000 } }).catch(() => {});
      await until(async () => (await engine.health()).sandboxes.busy === 1);
    }
    process.kill(engine.pid, signal);
    await until(() => all.every((pid) => !isAlive(pid)));
  });
});

test('beyond the bound of the queue the answer is 503 at once, and says when to come back', async () => {
  const engine = await start({ ENGINE_SANDBOXES: '1' });
  const url = fixtures.publish('await new Promise((resolve) => setTimeout(resolve, 30)); 1');
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => engine.execute({ url, limits: { timeoutMs: 2000 } })),
  );
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThanOrEqual(10);
  for (const answer of refused) {
    expect(checkedResponse(answer).error?.code).toBe('OVERLOADED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const served = answers.filter(({ status }) => status === 200);
  expect(served.length + refused.length).toBe(200);
  for (const answer of served) expect(checkedResponse(answer).result).toBe(1);
});

test('a caller that hangs up disturbs nobody', async () => {
  const engine = await start({ ENGINE_SANDBOXES: '1' });
  const url = fixtures.publish(loop);
  const controllers = Array.from({ length: 5 }, () => new AbortController());
  const calls = controllers.map(({ signal }) =>
    engine.execute({ url, limits: { timeoutMs: 100 } }, signal).catch(() => 'gone'),
  );
  await until(async () => (await engine.health()).sandboxes.busy === 1);
  for (const controller of controllers) controller.abort();
  expect(await Promise.all(calls)).toEqual(Array(5).fill('gone'));
  const answer = await engine.execute({ url: fixtures.publish('1 + 1') });
  expect(checkedResponse(answer).result).toBe(2);
});

/** The process that computes. */
async function busiest(pids: readonly number[]): Promise<number> {
  const used = async (pid: number): Promise<number> => {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11]);
  };
  const before = await Promise.all(pids.map(used));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const after = await Promise.all(pids.map(used));
  const deltas = after.map((ticks, index) => ticks - (before[index] ?? 0));
  return pids[deltas.indexOf(Math.max(...deltas))] ?? 0;
}
