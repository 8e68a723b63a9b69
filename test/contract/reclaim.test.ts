import { expect, test } from '@jest/globals';
import { garbageCollector } from '../../lambda/contract/reclaim.ts';

const MIB = 2 ** 20;

test('garbage is collected where there is much of it, and not each time again', async () => {
  const collect = garbageCollector(32 * MIB);
  const download = (): void => void Buffer.alloc(256 * MIB);
  const held = (): number => process.memoryUsage().arrayBuffers;
  download();
  const before = held();
  expect(await collect()).toBe(true);
  expect(before - held()).toBeGreaterThan(200 * MIB);
  // What is held for good, as a cache does, costs no collection after the first.
  const cached = Buffer.alloc(64 * MIB);
  expect(await collect()).toBe(true);
  expect(await collect()).toBe(false);
  expect(await collect()).toBe(false);
  download();
  expect(await collect()).toBe(true);
  expect(cached.length).toBe(64 * MIB);
});
