import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { wat } from '../support/guest/wat.ts';
import { descendants, isAlive, sandboxesOf } from '../support/processes.ts';
import { type Gates, startGates } from '../support/servers/gates.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { until } from '../support/until.ts';
import { cpuMsOf } from '../support/usage.ts';
import { checkedResponse } from './case.ts';

let fixtures: Fixtures;
let gates: Gates;
const engines = new Set<EngineProcess>();

beforeAll(async () => {
  fixtures = await startFixtures();
  gates = await startGates();
});
afterEach(async () => {
  await Promise.all([...engines].map((engine) => engine.stop()));
  engines.clear();
});
afterAll(async () => {
  await fixtures.close();
  await gates.close();
});

async function start(settings: { readonly [name: string]: string }): Promise<EngineProcess> {
  const trusted = [fixtures.origin, gates.origin].join();
  const engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: trusted, ...settings });
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
    const calm = fixtures.publish(`await fetch('${gates.url('calm')}'); 'undisturbed'`);

    const limits = { timeoutMs: 20_000 };
    const victim = engine.execute({ url: endless, limits });
    const busy = await computing(sandboxesOf(engine.pid));
    const other = engine.execute({ url: calm, limits });
    await gates.reached('calm');
    const killedAt = performance.now();
    process.kill(busy, 'SIGKILL');

    const response = checkedResponse(await victim);
    // Long before its time is over.
    expect(performance.now() - killedAt).toBeLessThan(3000);
    gates.open('calm');
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
    await until(() => descendants(engine.pid).length === 2);
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
  // None of those that are let in ends before some have been refused.
  let refusals = 0;
  const url = fixtures.publish(`await fetch('${gates.url('queue')}'); 1`);
  const answering = Array.from({ length: 200 }, async () => {
    const answer = await engine.execute({ url, limits: { timeoutMs: 20_000 } });
    if (answer.status === 503) refusals += 1;
    if (refusals === 10) gates.open('queue');
    return answer;
  });
  const answers = await Promise.all(answering);
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
    engine.execute({ url, limits: { timeoutMs: 2000 } }, signal).catch(() => 'gone'),
  );
  await until(async () => (await engine.health()).sandboxes.busy === 1);
  for (const controller of controllers) controller.abort();
  expect(await Promise.all(calls)).toEqual(Array(5).fill('gone'));
  const answer = await engine.execute({ url: fixtures.publish('1 + 1') });
  expect(checkedResponse(answer).result).toBe(2);
});

/** Waits until one of the processes computes. */
async function computing(pids: readonly number[]): Promise<number> {
  const before = new Map(pids.map((pid) => [pid, cpuMsOf([pid])]));
  let found: number | undefined;
  await until(() => {
    found = pids.find((pid) => cpuMsOf([pid]) - (before.get(pid) ?? 0) > 100);
    return found !== undefined;
  });
  return found ?? 0;
}
