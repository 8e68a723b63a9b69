/** What a process holds beside the memory of a guest is nobody's limit: compiled code, leftovers. */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { largeModule } from '../support/guest/large-module.ts';
import { wat } from '../support/guest/wat.ts';
import type { ExecuteBody } from '../support/served-engine.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { checkedResponse } from './case.ts';

const MIB = 2 ** 20;
const PAGE_BYTES = 65536;
/** Compiling takes its time, more so on a busy machine. */
const patient = { timeoutMs: 25_000 };

let fixtures: Fixtures;
let engine: EngineProcess;

beforeAll(async () => {
  fixtures = await startFixtures();
  engine = await startEngine({
    ENGINE_TRUSTED_ORIGINS: fixtures.origin,
    ENGINE_SANDBOXES: '1',
    ENGINE_DOWNLOAD_TIMEOUT_MS: '25000',
  });
});
afterAll(async () => {
  await engine.stop();
  await fixtures.close();
});

async function run(url: string, fields: object = {}): Promise<ExecuteBody> {
  return checkedResponse(await engine.execute({ url, ...fields }));
}

describe('WebAssembly', () => {
  test('is judged by its own memory, not by the copies that V8 makes of its code', async () => {
    const large = fixtures.publish(largeModule(60 * MIB, 160), 'wasm');
    const onePage = fixtures.publish(
      wat(`(module (memory (export "memory") 1 1)
        (func (export "main") (local $turns i32)
          (loop $again
            (i32.store (i32.const 0) (local.tee $turns (i32.add (local.get $turns) (i32.const 1))))
            (br_if $again (i32.lt_u (local.get $turns) (i32.const 0x8000000))))))`),
    );
    const ten = { error: null, metadata: { memoryPeakBytes: 160 * PAGE_BYTES } };
    const one = { error: null, metadata: { memoryPeakBytes: PAGE_BYTES } };
    expect(await run(large, { limits: patient })).toMatchObject(ten);
    expect(await run(large, { limits: { ...patient, memoryMb: 512 } })).toMatchObject(ten);
    for (let round = 0; round < 5; round++) {
      expect(await run(onePage, { limits: { memoryMb: 64 } })).toMatchObject(one);
    }
    expect(engine.complaints()).toBe('');
  });
});

describe('JavaScript', () => {
  test('is not charged for the formatters of the runs before', async () => {
    // Each takes memory of the process and hardly any of the guest's, and is collected late.
    const bulk = fixtures.publish(`
      for (let i = 0; i < 12000; i++) new Intl.DateTimeFormat('de', { hour: 'numeric' });
      'done'`);
    const harmless = fixtures.publish(
      `await new Promise((resolve) => setTimeout(resolve, 100)); 'unharmed'`,
    );
    const limits = { ...patient, memoryMb: 16 };
    for (let round = 0; round < 5; round++) {
      expect(await run(bulk, { limits })).toMatchObject({ error: null, result: 'done' });
      expect(await run(harmless, { limits })).toMatchObject({ error: null, result: 'unharmed' });
    }
    expect(engine.complaints()).toBe('');
  });
});
