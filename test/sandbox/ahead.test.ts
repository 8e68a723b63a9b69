/** Runs that are sent to a sandbox ahead of their turn. */

import { afterEach, expect, test } from '@jest/globals';
import type { SandboxPool } from '../../lambda/sandbox/pool.ts';
import type { RunServices } from '../../lambda/sandbox/run.ts';
import { closePools, failures, job, poolOf, ready, services } from '../support/pools.ts';
import { until } from '../support/until.ts';

afterEach(closePools);

/** A guest process that does what the code of each run says, one after the other. */
const obedient = `
let unread = Buffer.alloc(0);
const line = [];
const dropped = new Set();
let recall = null;
let next = Promise.resolve();
process.stdin.on('data', (chunk) => {
  unread = Buffer.concat([unread, chunk]);
  while (unread.length >= 8) {
    const codeAt = 8 + unread.readUInt32LE(0);
    const end = codeAt + unread.readUInt32LE(4);
    if (unread.length < end) break;
    const message = JSON.parse(unread.subarray(8, codeAt));
    const code = String(unread.subarray(codeAt, end));
    unread = unread.subarray(end);
    if (message.type === 'recall') {
      const { firstRunId, lastRunId } = message;
      const isRecalled = (runId) => runId >= firstRunId && runId <= lastRunId;
      for (const runId of line.slice(1)) if (isRecalled(runId)) dropped.add(runId);
      if (isRecalled(line[0])) recall = message;
      else send({ type: 'recalled', lastRunId });
    }
    if (message.type !== 'run') continue;
    line.push(message.runId);
    next = next.then(async () => {
      if (!dropped.has(message.runId)) await run(message, message.codeKept ? whenKept : code);
      line.shift();
      if (recall !== null) send({ type: 'recalled', lastRunId: recall.lastRunId });
      recall = null;
    });
  }
});
// Until another run is behind it, or for half a second.
const whenKept = 'for (let turn = 0; turn < 100 && behind() === 0; turn++) await sleep(5); answer("kept", kept)';
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const AsyncFunction = (async () => {}).constructor;
function run({ runId, sha256 }, code) {
  const tools = {
    sleep,
    kept: { kept: [sha256] },
    pid: process.pid,
    behind: () => line.length - 1,
    isNextDropped: () => dropped.has(runId + 1),
    print: (text) => send({ type: 'output', runId, stream: 'stdout', truncated: false }, Buffer.from(text)),
    fetch: () => send({ type: 'call', name: 'fetch', runId, callId: 1, request: { url: 'https://example.com/', method: 'GET', headers: [], hasBody: false, redirect: 'follow', timeoutMs: null, whole: true, upload: null } }),
    answer: (value, more) => send({ ...done, runId, executionTimeMs: 0.1, ...more }, Buffer.from(JSON.stringify(value))),
  };
  return new AsyncFunction(...Object.keys(tools), code)(...Object.values(tools));
}
${ready}
`;
/** The pool looks at a run after 25 ms: what takes longer by then has lasted. */
const BRIEF_MS = 20;
/** All runs have the same code, by its hash, until this changes. */
let codes = 0;
const untilBehind = (count: number): string => `while (behind() < ${count}) await sleep(1);`;

/** @returns the value that the code answers with, and what it has printed; or an error's code */
async function result(
  pool: SandboxPool,
  code: string,
  {
    patienceMs = 20_000,
    timeoutMs = 20_000,
    serving = services,
  }: { patienceMs?: number; timeoutMs?: number; serving?: RunServices } = {},
): Promise<unknown> {
  const sha256 = String(codes).padStart(64, '0');
  const own = { ...job, sha256, limits: { ...job.limits, timeoutMs, cpuMs: timeoutMs } };
  const ended = await pool.run(own, Buffer.from(code), serving, patienceMs);
  if (ended === null) return null;
  const { outcome, stdout } = ended;
  if (outcome.status === 'error') return outcome.error.code;
  const value: unknown = JSON.parse(outcome.resultJson);
  return stdout.length === 0 ? value : [value, Buffer.from(stdout).toString()];
}

/** A pool whose processes are idle, and that takes the code of {@link result} for brief. */
async function poolThatTrusts(size: number): Promise<SandboxPool> {
  const pool = await poolOf(obedient, size);
  // On a busy machine any run may take long enough to count as one that lasts: then it is other code.
  for (;;) {
    await until(() => pool.health().idle === size);
    codes += 1;
    const begin = performance.now();
    await result(pool, 'answer(0)');
    if (performance.now() - begin < BRIEF_MS) return pool;
  }
}

test('a sandbox is sent the next runs behind a brief one, and gives each its own', async () => {
  const pool = await poolThatTrusts(1);
  const first = result(pool, `${untilBehind(2)} await sleep(10); print('a'); answer(behind())`);
  const others = [1, 2, 3].map((n) => result(pool, `print('${n}'); answer(${n})`));
  expect(pool.health()).toMatchObject({ idle: 0, busy: 1, queued: 3 });
  expect(await first).toEqual([2, 'a']);
  expect(await Promise.all(others)).toEqual([
    [1, '1'],
    [2, '2'],
    [3, '3'],
  ]);
});

test('nothing is sent behind code that is not known to be brief', async () => {
  const pool = await poolOf(obedient);
  const first = result(pool, 'await sleep(50); answer(behind())');
  const second = result(pool, 'answer(behind())');
  expect(await Promise.all([first, second])).toEqual([0, 0]);
});

test('code that has lasted once must be brief for a while before it is trusted again', async () => {
  const pool = await poolThatTrusts(1);
  await result(pool, 'await sleep(60); answer(0)');
  for (let pair = 0; pair < 10; pair++) {
    const first = result(pool, 'await sleep(5); answer(behind())');
    expect(await Promise.all([first, result(pool, 'answer(0)')])).toEqual([0, 0]);
  }
  // On a busy machine any run may take long enough to count as one more that lasts.
  await until(async () => {
    const first = result(pool, 'answer(behind())');
    return (await Promise.all([first, result(pool, 'answer(0)')]))[0] === 1;
  });
});

test('a run that goes on keeps none waiting behind it while another sandbox is free', async () => {
  const pool = await poolThatTrusts(2);
  const ended: unknown[] = [];
  const note = async (ending: Promise<unknown>) => ended.push(await ending);
  const all = [
    note(result(pool, 'await sleep(2500); answer("long")')),
    note(result(pool, 'answer("brief")')),
    note(result(pool, 'print("x"); answer("behind")')),
    note(result(pool, 'print("y"); answer("last")')),
  ];
  await Promise.all(all);
  expect(ended.slice(0, 3).map(String).sort()).toEqual(['behind,x', 'brief', 'last,y']);
  expect(ended[3]).toBe('long');
  await until(() => pool.health().idle === 2);
  expect(failures).toEqual([]);
});

test('a run that waits for the host keeps none behind it; what was, runs once, and no process is lost', async () => {
  const pool = await poolThatTrusts(1);
  const response = Promise.withResolvers<Awaited<ReturnType<RunServices['fetch']>>>();
  const serving = { ...services, fetch: () => response.promise };
  const first = result(
    pool,
    `${untilBehind(1)} fetch(); while (!isNextDropped()) await sleep(1); answer(pid)`,
    {
      serving,
    },
  );
  const second = result(pool, 'print("once"); answer(pid)');
  const [pid, told] = await Promise.all([first, second]);
  expect(told).toEqual([pid, 'once']);
  expect(failures).toEqual([]);
});

test.each([
  ['waits for the host', 'fetch()'],
  ['goes on', ''],
])('a run that %s has none sent behind it from then on', async (_what, action) => {
  const pool = await poolThatTrusts(1);
  const serving = { ...services, fetch: () => new Promise<never>(() => {}) };
  const first = result(pool, `${action}; await sleep(400); answer(behind())`, { serving });
  // In several turns of the loop: whatever is due by then has been done.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 15));
  const second = result(pool, 'answer(2)');
  expect(await Promise.all([first, second])).toEqual([0, 2]);
});

test('code that is sent ahead is sent whole: what is before it may push it out of the cache', async () => {
  let both: unknown[] = [];
  // Where one of them lasts, on a busy machine, the next is not sent ahead.
  await until(async () => {
    const pool = await poolThatTrusts(1);
    await result(pool, 'answer(0, kept)');
    both = await Promise.all([result(pool, 'answer("idle")'), result(pool, 'answer("sent")')]);
    return both[1] === 'sent';
  });
  expect(both).toEqual(['kept', 'sent']);
});

test('what was sent ahead to a process that dies is not lost with it', async () => {
  const pool = await poolThatTrusts(1);
  const first = result(pool, `${untilBehind(2)} process.exit(9)`);
  const others = [result(pool, 'answer(1)'), result(pool, 'answer(2)')];
  expect(await first).toBe('SANDBOX_CRASHED');
  expect(await Promise.all(others)).toEqual([1, 2]);
  expect(failures.length).toBe(1);
});

test('a process that asks to be replaced does not get to run what was sent ahead', async () => {
  const pool = await poolThatTrusts(1);
  const first = result(pool, `${untilBehind(1)} answer(pid, { retire: true })`);
  const second = result(pool, 'answer(pid)');
  const [pid, other] = await Promise.all([first, second]);
  expect(other).not.toBe(pid);
  expect(failures).toEqual([]);
});

test('a host that was busy for a while does not take it for the run that has lasted', async () => {
  const pool = await poolThatTrusts(1);
  const runs = [1, 2, 3].map(() => result(pool, 'answer(pid)'));
  const freeMs = performance.now() + 100;
  while (performance.now() < freeMs);
  expect(new Set(await Promise.all([...runs, result(pool, 'answer(pid)')])).size).toBe(1);
});

test('a run that was sent ahead waits no longer than it may', async () => {
  const pool = await poolThatTrusts(1);
  const serving = { ...services, fetch: () => new Promise<never>(() => {}) };
  const first = result(pool, `${untilBehind(1)} fetch()`, { serving, timeoutMs: 1000 });
  const second = result(pool, 'answer(2)', { patienceMs: 200 });
  expect(await second).toBeNull();
  expect(await first).toBe('TIMEOUT');
});
