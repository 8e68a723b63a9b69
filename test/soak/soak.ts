/**
 * `npm run soak`: many healthy and hostile requests, several at a time, against the engine as a
 * process. Fails where a response is not what it must be, where the engine reports a sandbox that
 * failed, and where memory, descriptors or processes do not stay flat.
 *
 * SOAK_REQUESTS (10000) · SOAK_CONCURRENCY (16) · SOAK_SANDBOXES (2) · SOAK_SEED (1)
 */

import { readdirSync, readFileSync } from 'node:fs';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { descendants, sandboxesOf } from '../support/processes.ts';
import { startFixtures } from '../support/servers/hostile-web.ts';
import { until } from '../support/until.ts';
import { fetching, healthySorts } from './healthy-sorts.ts';
import { hostileSorts } from './hostile-sorts.ts';
import type { Sort } from './sort.ts';

const total = setting('SOAK_REQUESTS', 10_000);
const concurrency = setting('SOAK_CONCURRENCY', 16);
const sandboxes = setting('SOAK_SANDBOXES', 2);
const seed = setting('SOAK_SEED', 1);

const WARM_UP_REQUESTS = 4000;
/** Samples of what the engine holds, taken at rest. */
const SAMPLES = 24;
/** Memory of the engine's own process: the mean of the last quarter against the second one's. */
const MAX_GROWTH = 1.05;
/** A sandbox may hold what the last of its runs has left it with. */
const MAX_SANDBOX_GROWTH = 1.2;
/** On a busy machine. What is left of the 30 s of an invocation is for waiting. */
const patient = { timeoutMs: 12_000 };
/** Failures that are shown. */
const MAX_SHOWN = 20;

interface Sample {
  readonly requests: number;
  readonly seconds: number;
  readonly hostMb: number;
  readonly sandboxesMb: number;
  readonly descriptors: number;
  readonly processes: number;
}

const fixtures = await startFixtures();
const engine = await startEngine({
  ENGINE_SANDBOXES: String(sandboxes),
  ENGINE_TRUSTED_ORIGINS: fixtures.origin,
});
const sorts = [...healthySorts, ...hostileSorts];
const healthyFailures: string[] = [];
const hostileFailures: string[] = [];
const remains: string[] = [];
const counts = new Map<Sort, number>();
const samples: Sample[] = [];
const published = new Map(sorts.map((sort) => [sort, sort.publish(fixtures)]));
const random = generator(seed);
const schedule = Array.from({ length: total }, () => pick(random()));

await warmUp();
const startMs = performance.now();
console.log(`${total} requests, ${concurrency} at a time, ${sandboxes} sandboxes, seed ${seed}\n`);
for (let step = 1; step <= SAMPLES; step++) {
  const goal = Math.round((step * total) / SAMPLES);
  await runUpTo(goal);
  const sample = await measure(engine, goal);
  samples.push(sample);
  console.log(
    `${String(goal).padStart(7)} requests  ${sample.seconds.toFixed(0).padStart(4)} s  ` +
      `host ${sample.hostMb.toFixed(0)} MB  sandboxes ${sample.sandboxesMb.toFixed(0)} MB  ` +
      `${sample.descriptors} descriptors  ${sample.processes} processes`,
  );
}
const seconds = (performance.now() - startMs) / 1000;
compare();
await engine.stop();
await fixtures.close();
report();

function setting(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} must be a whole number above 0.`);
}

/** V8's heap grows to what the busiest moments need, and stays so: the sort that needs most comes first. */
async function warmUp(): Promise<void> {
  let left = WARM_UP_REQUESTS;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await engine.execute({ url: published.get(fetching), limits: patient });
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function runUpTo(goal: number): Promise<void> {
  let next = samples.at(-1)?.requests ?? 0;
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
  counts.set(sort, (counts.get(sort) ?? 0) + 1);
  const token = `t${index}`;
  const complaint = await complaintAbout(sort, token);
  if (complaint === undefined) return;
  const failures = healthySorts.includes(sort) ? healthyFailures : hostileFailures;
  failures.push(`${sort.name} (request ${index}) ${complaint}`);
}

async function complaintAbout(sort: Sort, token: string): Promise<string | undefined> {
  try {
    const limits = { ...patient, ...sort.limits };
    const body = { url: published.get(sort), input: { token }, ...sort.request, limits };
    const answer = await engine.execute(body);
    const response = JSON.parse(answer.text);
    const outcome: string = response.error?.code ?? 'success';
    if (![sort.expect].flat().includes(outcome)) return `is ${answer.text.slice(0, 300)}`;
    return sort.check?.(response, token);
  } catch (error) {
    return `was not answered: ${error}`;
  }
}

/** Of all processes at rest. */
async function measure({ pid, health }: EngineProcess, requests: number): Promise<Sample> {
  await until(async () => (await health()).sandboxes.idle === sandboxes);
  // Garbage of the last runs is collected while the sandboxes are idle.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    requests,
    seconds: (performance.now() - startMs) / 1000,
    hostMb: residentMb(pid),
    sandboxesMb: sandboxesOf(pid).reduce((sum, each) => sum + residentMb(each), 0),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: 1 + descendants(pid).length,
  };
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function compare(): void {
  const second = samples.slice(SAMPLES / 4, SAMPLES / 2);
  const last = samples.slice((3 * SAMPLES) / 4);
  console.log('');
  const growth = (what: string, mb: (sample: Sample) => number, limit: number): void => {
    const [before, after] = [mean(second.map(mb)), mean(last.map(mb))];
    const factor = after / before;
    console.log(
      `Memory of ${what}: ${after.toFixed(1)} MB in the last quarter, ${before.toFixed(1)} MB in the second: ${factor.toFixed(3)}`,
    );
    if (factor > limit) remains.push(`Memory of ${what} grew by a factor of ${factor.toFixed(3)}`);
  };
  growth('the engine', ({ hostMb }) => hostMb, MAX_GROWTH);
  growth('the sandboxes', ({ sandboxesMb }) => sandboxesMb, MAX_SANDBOX_GROWTH);
  const most = (part: readonly Sample[], of: (sample: Sample) => number): number =>
    Math.max(...part.map(of));
  const processes = ({ processes }: Sample): number => processes;
  if (most(last, processes) > most(second, processes)) remains.push('There are more processes');
  // Connections that are kept alive come and go.
  const descriptors = ({ descriptors }: Sample): number => descriptors;
  if (most(last, descriptors) > most(second, descriptors) + concurrency) {
    remains.push('There are more descriptors');
  }
  const failed = engine.complaints().match(/"sandbox_failure"/g)?.length ?? 0;
  if (failed > 0) remains.push(`${failed} sandboxes failed: ${engine.complaints().slice(-2000)}`);
}

function report(): void {
  console.log('');
  for (const [{ name }, count] of [...counts].sort(([, one], [, other]) => other - one)) {
    console.log(`${String(count).padStart(7)} ${name}`);
  }
  const healthy = healthySorts.reduce((sum, sort) => sum + (counts.get(sort) ?? 0), 0);
  console.log(
    `\n${healthyFailures.length} of ${healthy} healthy and ${hostileFailures.length} of ${total - healthy} other requests failed. ` +
      `${(total / seconds).toFixed(0)} requests a second.`,
  );
  const failures = [...healthyFailures, ...hostileFailures, ...remains];
  for (const failure of failures.slice(0, MAX_SHOWN)) console.error(`  ${failure}`);
  process.exit(failures.length > 0 ? 1 : 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One of all sorts, by weight. */
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
