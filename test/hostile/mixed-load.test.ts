/** Many at once: what one run does is nobody else's failure, and nobody else's time. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { type Exception, runMixedLoad } from '../support/mixed-load.ts';
import { sandboxesOf } from '../support/processes.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';

const REQUESTS = 2000;
const EVERY = 30;
/** Long enough for a busy machine: a brief run that waits as long has waited for a slow one. */
const SLOW_MS = 8000;

let fixtures: Fixtures;
const engines = new Set<EngineProcess>();

beforeAll(async () => {
  fixtures = await startFixtures();
});
afterAll(async () => {
  await Promise.all([...engines].map((engine) => engine.stop()));
  await fixtures.close();
});

async function startSandboxes(count: number): Promise<EngineProcess> {
  const engine = await startEngine({
    ENGINE_TRUSTED_ORIGINS: fixtures.origin,
    ENGINE_SANDBOXES: String(count),
  });
  engines.add(engine);
  return engine;
}

const harmless = Array.from(
  { length: Math.floor(REQUESTS / EVERY) },
  (_, index): Exception => (index % 2 === 0 ? 'fetch' : 'import'),
);

test('no run fails, and no brief one waits for a slow one to end', async () => {
  const engine = await startSandboxes(4);
  // Fewer than processes: there is always one that is free.
  const exceptions = harmless.with(10, 'timeout').with(30, 'kill').with(50, 'kill');
  const { complaints, waitsMs } = await runMixedLoad(engine, fixtures, {
    requests: REQUESTS,
    clients: 16,
    exceptions,
    every: EVERY,
    slowMs: SLOW_MS,
    maxSlow: 2,
  });
  expect(complaints).toEqual([]);
  expect(waitsMs.at(-1)).toBeLessThan(SLOW_MS);
}, 240_000);

test('scripts that ask the host for something now and then cost no process', async () => {
  // Its one process is always busy, so that runs are sent ahead to it.
  const engine = await startSandboxes(1);
  const before = sandboxesOf(engine.pid);
  const { complaints } = await runMixedLoad(engine, fixtures, {
    requests: REQUESTS,
    clients: 16,
    exceptions: harmless,
    every: EVERY,
    slowMs: SLOW_MS,
    maxSlow: 2,
  });
  expect(complaints).toEqual([]);
  expect(sandboxesOf(engine.pid)).toEqual(before);
  expect(engine.complaints()).toBe('');
}, 240_000);
