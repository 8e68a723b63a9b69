/**
 * `npm run soak`: many good and hostile requests, several at a time, against the engine as a
 * process. Asserts each response, and that memory, descriptors and processes stay flat.
 *
 * SOAK_REQUESTS (10000) · SOAK_CONCURRENCY (8) · SOAK_SANDBOXES (2) · SOAK_SEED (1)
 */

import { readdirSync, readFileSync } from 'node:fs';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { descendants } from '../support/processes.ts';
import { startFixtures } from '../support/servers/hostile-web.ts';
import { until } from '../support/until.ts';
import { type Sort, sorts } from './sorts.ts';

const total = setting('SOAK_REQUESTS', 10_000);
const concurrency = setting('SOAK_CONCURRENCY', 8);
const sandboxes = setting('SOAK_SANDBOXES', 2);
const seed = setting('SOAK_SEED', 1);
/** Memory is compared with what it was after so many requests, by when everything has been used. */
const warmUp = Math.min(1000, Math.floor(total / 2));
const maxGrowth = 1.2;

interface Sample {
  readonly requests: number;
  readonly seconds: number;
  readonly residentMb: number;
  readonly hostMb: number;
  readonly descriptors: number;
  readonly processes: number;
}

const fixtures = await startFixtures();
const engine = await startEngine({
  ENGINE_SANDBOXES: String(sandboxes),
  ENGINE_TRUSTED_ORIGINS: fixtures.origin,
});
const failures: string[] = [];
const counts = new Map<string, number>();
const samples: Sample[] = [];
const startMs = performance.now();
const published = new Map(sorts.map((sort) => [sort, sort.publish(fixtures)]));
const random = generator(seed);
const schedule = Array.from({ length: total }, () => pick(random()));

console.log(`${total} requests, ${concurrency} at a time, ${sandboxes} sandboxes, seed ${seed}\n`);
for (const goal of milestones()) {
  await runUpTo(goal);
  const sample = await measure(engine, goal);
  samples.push(sample);
  console.log(
    `${String(goal).padStart(7)} requests  ${sample.seconds.toFixed(0).padStart(4)} s  ` +
      `tree ${sample.residentMb.toFixed(0)} MB  host ${sample.hostMb.toFixed(0)} MB  ` +
      `${sample.descriptors} descriptors  ${sample.processes} processes`,
  );
}
compare();
await engine.stop();
await fixtures.close();

console.log('');
for (const [name, count] of [...counts].sort()) console.log(`${String(count).padStart(7)} ${name}`);
if (failures.length > 0) {
  console.error(`\n${failures.length} failures:`);
  for (const failure of failures.slice(0, 20)) console.error(`  ${failure}`);
  process.exit(1);
}
const seconds = (performance.now() - startMs) / 1000;
console.log(`\nNo request failed. ${(total / seconds).toFixed(0)} requests a second.`);
process.exit(0);

function setting(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} must be a whole number above 0.`);
}

function milestones(): number[] {
  const steps = Array.from({ length: 10 }, (_, step) => Math.round(((step + 1) * total) / 10));
  return [...new Set([warmUp, ...steps])].sort((one, other) => one - other);
}

async function runUpTo(goal: number): Promise<void> {
  const from = samples.at(-1)?.requests ?? 0;
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < goal) {
      const index = next;
      next += 1;
      const sort = schedule[index];
      if (sort !== undefined) await request(sort, index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function request(sort: Sort, index: number): Promise<void> {
  counts.set(sort.name, (counts.get(sort.name) ?? 0) + 1);
  const token = `t${index}`;
  const body = { url: published.get(sort), input: { token }, ...sort.request };
  try {
    const answer = await engine.execute(body);
    const response = JSON.parse(answer.text);
    const outcome = response.error?.code ?? 'success';
    const complaint =
      outcome === sort.expect ? sort.check?.(response, token) : `is ${answer.text.slice(0, 300)}`;
    if (complaint !== undefined) failures.push(`${sort.name} (request ${index}) ${complaint}`);
  } catch (error) {
    failures.push(`${sort.name} (request ${index}) was not answered: ${error}`);
  }
}

/** Of the whole tree of processes at rest. */
async function measure({ pid, health }: EngineProcess, requests: number): Promise<Sample> {
  await until(async () => (await health()).sandboxes.idle === sandboxes);
  // Garbage of the last runs is collected while the sandboxes are idle.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const pids = [pid, ...descendants(pid)];
  return {
    requests,
    seconds: (performance.now() - startMs) / 1000,
    residentMb: pids.reduce((sum, each) => sum + residentMb(each), 0),
    hostMb: residentMb(pid),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: pids.length,
  };
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function compare(): void {
  const before = samples.find(({ requests }) => requests === warmUp);
  const after = samples.at(-1);
  if (before === undefined || after === undefined) return;
  const growth = after.residentMb / before.residentMb;
  console.log(
    `\nMemory of the tree after ${total} requests: ${growth.toFixed(2)} of what it was after ${warmUp}`,
  );
  if (growth > maxGrowth) failures.push(`Memory grew by a factor of ${growth.toFixed(2)}`);
  if (after.processes !== before.processes) {
    failures.push(`There are ${after.processes} processes where there were ${before.processes}`);
  }
  // Connections that are kept alive come and go.
  if (after.descriptors > before.descriptors + concurrency) {
    failures.push(`${after.descriptors} descriptors are open where ${before.descriptors} were`);
  }
}

/** Most are good: nine of ten, as each hostile one may cost a process. */
function pick(value: number): Sort {
  const weights = sorts.reduce((sum, { weight }) => sum + weight, 0);
  let left = value * weights;
  for (const sort of sorts) {
    left -= sort.weight;
    if (left < 0) return sort;
  }
  throw new Error('There is nothing to send.');
}

/** Mulberry32: the same requests for the same seed. */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
