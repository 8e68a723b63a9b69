import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { wat as assemble } from '../support/guest/wat.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { checkedResponse, checkOutcome, type HostileCase, requestOf } from './case.ts';
import { escapeCases } from './corpus/escape.ts';
import { memoryCases } from './corpus/memory.ts';
import { outcomeCases } from './corpus/outcome.ts';
import { platformCases } from './corpus/platform.ts';
import { stackCases } from './corpus/stack.ts';
import { timeCases } from './corpus/time.ts';
import { webAssemblyCases } from './corpus/webassembly.ts';

let fixtures: Fixtures;
let engine: EngineProcess;
let healthy: string;

beforeAll(async () => {
  fixtures = await startFixtures();
  // One sandbox: what a case leaves behind meets the healthy request that follows.
  engine = await startEngine({
    ENGINE_SANDBOXES: '1',
    ENGINE_TRUSTED_ORIGINS: fixtures.origin,
  });
  healthy = fixtures.publish(
    `const own = Object.keys(globalThis).filter((name) => /hostile|main/.test(name));
     console.log('still well'); [1, 2, 3].map((x) => x * input.factor).concat(own, [typeof Object.prototype.then])`,
  );
});
afterAll(async () => {
  await engine.stop();
  await fixtures.close();
});

function codeOf({ js, wat, wasm }: HostileCase): string | Uint8Array {
  if (js !== undefined) return js.replaceAll('{origin}', fixtures.origin);
  if (wasm !== undefined) return wasm;
  const text = (wat ?? '').replaceAll('{origin}', fixtures.origin);
  const options = /data \(i32\.const 0\) "(\{.*?\})"/.exec(text)?.[1] ?? '';
  const length = options.replaceAll('\\', '').length;
  return assemble(text.replaceAll('{length}', String(length)));
}

describe.each([
  ['leaving the realm', escapeCases],
  ['using up time', timeCases],
  ['using up memory', memoryCases],
  ['using up the stack', stackCases],
  ['outcomes that are hard to tell', outcomeCases],
  ['the web platform', platformCases],
  ['WebAssembly', webAssemblyCases],
])('%s', (_, cases) => {
  test.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
    const url = fixtures.publish(codeOf(entry));
    checkOutcome(entry, await engine.execute({ url, input: {}, ...requestOf(entry) }));

    const answer = await engine.execute({ url: healthy, input: { factor: 2 } });
    const response = checkedResponse(answer);
    if (response.error !== null) throw new Error(`The healthy run failed: ${answer.text}`);
    expect(response).toMatchObject({
      result: [2, 4, 6, 'undefined'],
      stdout: 'still well\n',
    });
    expect(answer.durationMs).toBeLessThan(10_000);
  });
});

test('nothing of all that was a defect of the engine', () => {
  expect(engine.complaints()).not.toMatch(/INTERNAL_ERROR|internal error/i);
});
