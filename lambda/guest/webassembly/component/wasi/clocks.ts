/** `wasi:clocks`, on the clocks that preview 1 has. Its `timezone` is not stable yet, and is not here. */

import { clockId } from '../../wasi/clocks.ts';
import type { HostInterface, HostRecord } from '../host.ts';
import { WASI_VERSION, type Wasi2Context } from './binding/context.ts';
import { hostFunction, wit } from './binding/parameters.ts';
import { Pollable } from './io/poll.ts';
import { readyAt } from './io/readiness.ts';

const SECOND = 1_000_000_000n;

export function clockInterfaces(context: Wasi2Context): readonly HostInterface[] {
  const { clocks, holdings } = context;
  const now = (): bigint => clocks.now(clockId.monotonic);
  const alarm = (due: bigint): Pollable => new Pollable(holdings, readyAt(due, context));
  return [
    {
      name: 'wasi:clocks/monotonic-clock',
      version: WASI_VERSION,
      functions: {
        now: hostFunction([], now),
        resolution: hostFunction([], () => clocks.resolution(clockId.monotonic)),
        'subscribe-instant': hostFunction([wit.u64], alarm),
        'subscribe-duration': hostFunction([wit.u64], (duration) => alarm(now() + duration)),
      },
    },
    {
      name: 'wasi:clocks/wall-clock',
      version: WASI_VERSION,
      functions: {
        now: hostFunction([], () => datetime(clocks.now(clockId.realtime))),
        resolution: hostFunction([], () => datetime(clocks.resolution(clockId.realtime))),
      },
    },
  ];
}

/** @param time in nanoseconds */
function datetime(time: bigint): HostRecord {
  return { seconds: time / SECOND, nanoseconds: Number(time % SECOND) };
}
