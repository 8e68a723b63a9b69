/** What one run does neither ends, delays nor changes a later one of somebody else. */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { sandboxesOf } from '../support/processes.ts';
import type { ExecuteBody } from '../support/served-engine.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { checkedResponse } from './case.ts';

let fixtures: Fixtures;
/** Its one sandbox meets every run, one after the other. */
let single: EngineProcess;

beforeAll(async () => {
  fixtures = await startFixtures();
  single = await startEngine({
    ENGINE_TRUSTED_ORIGINS: fixtures.origin,
    ENGINE_SANDBOXES: '1',
    ENGINE_FETCH_MAX_REQUESTS: '1000',
  });
});
afterAll(async () => {
  await single.stop();
  await fixtures.close();
});

async function run(js: string, fields: object = {}): Promise<ExecuteBody> {
  const code = js.replaceAll('{origin}', fixtures.origin);
  return checkedResponse(await single.execute({ url: fixtures.publish(code, 'mjs'), ...fields }));
}

const fetching = `export default (await (await fetch('{origin}/json')).json()).answer`;

describe('a run that is over', () => {
  test('asks for no module: its walk through a graph goes on in microtasks', async () => {
    // Each import may lead through a hundred modules; the second gets one further than the first.
    const walking = `
      try { await import('{origin}/loop.js?n=0') } catch {}
      import('{origin}/loop.js?n=1').catch(() => {});
      throw new Error('over')`;
    for (let round = 0; round < 3; round++) {
      expect(await run(walking)).toMatchObject({ error: { code: 'RUNTIME_ERROR' } });
      for (let later = 0; later < 5; later++) {
        expect(await run(fetching)).toMatchObject({ status: 'success', result: 42 });
      }
    }
  });

  test('hears no answer of a later one, whatever it still waits for', async () => {
    const waiting = `
      fetch('{origin}/json').then(() => console.log('heard'));
      import('{origin}/once.js').catch(() => {});
      throw new Error('over')`;
    for (let round = 0; round < 5; round++) {
      expect(await run(waiting)).toMatchObject({ error: { code: 'RUNTIME_ERROR' } });
      expect(await run(fetching)).toMatchObject({ result: 42, stdout: '' });
    }
  });

  test('by its time while something of it waits costs the process', async () => {
    const [before] = sandboxesOf(single.pid);
    const ended = await run(`await import('{origin}/hang.js')`, { limits: { timeoutMs: 200 } });
    expect(ended).toMatchObject({ error: { code: 'TIMEOUT' } });
    expect(await run(fetching)).toMatchObject({ result: 42 });
    expect(sandboxesOf(single.pid)).not.toContain(before);
  });
});

describe('a run that was sent ahead', () => {
  test('runs once, and in time, behind one that fetches now and then; no process is lost', async () => {
    const before = sandboxesOf(single.pid);
    const url = fixtures.publish(
      `if (input % 30 === 0) await fetch('${fixtures.origin}/json'); input`,
    );
    const inputs = Array.from({ length: 480 }, (_, index) => index);
    const left = [...inputs];
    const results: unknown[] = [];
    const client = async (): Promise<void> => {
      for (let input = left.shift(); input !== undefined; input = left.shift()) {
        results[input] = checkedResponse(await single.execute({ url, input })).result;
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect(results).toEqual(inputs);
    expect(sandboxesOf(single.pid)).toEqual(before);
  });
});
