import { afterAll, expect, test } from '@jest/globals';
import { fuzzMemory } from './memory-limit.ts';

const { Memory } = WebAssembly;
afterAll(() => {
  WebAssembly.Memory = Memory;
});

test('Programs near the end of their memory leave nothing, and are told nothing wrong', async () => {
  const { kept } = await fuzzMemory(1, 60);
  expect(kept).toBeGreaterThan(25);
});
