import { expect, jest, test } from '@jest/globals';
import { createGuestServices } from '../../../../lambda/guest/javascript/guest-services.ts';
import { RunCache } from '../../../../lambda/guest/javascript/platform/run-cache.ts';
import type { RunHost } from '../../../../lambda/guest/runtime/runtime.ts';

// The run asks nothing of its host.
const services = () => createGuestServices({} as RunHost);

test('what a run has made is there for all of the run, turns of the event loop included', async () => {
  const cache = new RunCache<object>();
  const make = jest.fn(() => ({}));
  const run = services();
  const first = cache.get('en-US', make);
  await new Promise((resolve) => setImmediate(resolve));
  expect(cache.get('en-US', make)).toBe(first);
  expect(make).toHaveBeenCalledTimes(1);
  run.close();
});

test('the next run finds nothing of it, even in the same turn', () => {
  const caches = [new RunCache<object>(), new RunCache<object>()];
  const make = jest.fn(() => ({}));
  const run = services();
  for (const cache of caches) cache.get('en-US', make);
  run.close();
  services();
  for (const cache of caches) cache.get('en-US', make);
  expect(make).toHaveBeenCalledTimes(4);
});

test('a run that makes many keeps few', () => {
  const cache = new RunCache<object>();
  for (let index = 0; index < 100; index++) cache.get(String(index), () => ({}));
  const again = jest.fn(() => ({}));
  for (let index = 0; index < 68; index++) cache.get(String(index), again);
  expect(again).toHaveBeenCalledTimes(68);
});
