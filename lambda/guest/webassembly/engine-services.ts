/** What the engine offers to WebAssembly beside WASI, whatever its guests call it by. */

import type { GuestFetchRequest, GuestFetchResult } from '../../contract/calls.ts';
import type { LogLevel } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { halt } from './module/halt.ts';

/** What CloudWatch takes as one event; more of a message is cut. */
const MAX_MESSAGE_BYTES = 262_144;

/** @param message UTF-8; bad sequences become U+FFFD */
export function appLog(host: Pick<RunHost, 'log'>, level: LogLevel, message: Uint8Array): void {
  host.log(level, utf8.decode(message.subarray(0, MAX_MESSAGE_BYTES)), {});
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whole seconds since the epoch. */
export function unixtime(): number {
  return Math.floor(Date.now() / 1000);
}

/** Waits for a response; where the run's time is over first, the run ends here. */
export async function fetchWithinRun(
  host: Pick<RunHost, 'call' | 'timeLeftMs'>,
  request: GuestFetchRequest,
  body: Uint8Array,
): Promise<GuestFetchResult> {
  const pending = host.call('fetch', request, body);
  const result = await Promise.race([pending.result, delay(host.timeLeftMs())]);
  if (result) return result;
  pending.abort();
  return halt({ kind: 'timeout' });
}

/** Resolves after that time to nothing, without keeping the process alive. */
function delay(durationMs: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), Math.max(0, durationMs)).unref();
  });
}
