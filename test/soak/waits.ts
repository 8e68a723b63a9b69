/**
 * `npm run waits`: how long brief runs wait while others fetch, import, time out and cost processes,
 * against the same load without those; and whether scripts that fetch now and then cost any process.
 *
 * WAITS_REQUESTS (2000) · WAITS_CONCURRENCY (16) · WAITS_SANDBOXES (4)
 */

import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { exceptions, type LoadOptions, runMixedLoad } from '../support/mixed-load.ts';
import { sandboxesOf } from '../support/processes.ts';
import { startFixtures } from '../support/servers/hostile-web.ts';
import { until } from '../support/until.ts';

const requests = Number(process.env.WAITS_REQUESTS ?? 2000);
const clients = Number(process.env.WAITS_CONCURRENCY ?? 16);
const sandboxes = Number(process.env.WAITS_SANDBOXES ?? 4);
/** One process is left for brief runs, and one is being replaced. */
const maxSlow = Math.max(1, sandboxes - 2);
const plain: LoadOptions = { requests, clients, exceptions: [], every: 30, slowMs: 1000, maxSlow };

const fixtures = await startFixtures();
const engine = await startEngine({
  ENGINE_SANDBOXES: String(sandboxes),
  ENGINE_TRUSTED_ORIGINS: fixtures.origin,
});
await runMixedLoad(engine, fixtures, plain);
let failed = 0;
await measure('brief runs only', plain);
await measure('one in 30 fetches', { ...plain, exceptions: ['fetch'] });
await measure('brief runs only', plain);
await measure('one in 30 fetches', { ...plain, exceptions: ['fetch'] });
await measure('one in 30 fetches, imports, times out or costs a process', { ...plain, exceptions });
await engine.stop();
await fixtures.close();
process.exit(failed > 0 ? 1 : 0);

async function measure(what: string, options: LoadOptions): Promise<void> {
  await atRest(engine);
  const before = sandboxesOf(engine.pid);
  const { complaints, waitsMs, seconds } = await runMixedLoad(engine, fixtures, options);
  await atRest(engine);
  const replaced = before.filter((pid) => !sandboxesOf(engine.pid).includes(pid)).length;
  const at = (share: number): string =>
    (waitsMs[Math.min(waitsMs.length - 1, Math.floor(share * waitsMs.length))] ?? 0).toFixed(1);
  console.log(
    `${what}: ${(requests / seconds).toFixed(0)} requests a second, ${complaints.length} wrong, ` +
      `${replaced} of ${sandboxes} processes replaced; brief runs took beyond their own time, ` +
      `in ms: median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, 99.9 % ${at(0.999)}, most ${at(1)}`,
  );
  for (const complaint of complaints.slice(0, 5)) console.error(`  ${complaint}`);
  failed += complaints.length;
}

async function atRest({ health }: EngineProcess): Promise<void> {
  await until(async () => (await health()).sandboxes.idle === sandboxes);
}
