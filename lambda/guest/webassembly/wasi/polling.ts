/** `poll_oneoff`: waits for clocks and descriptors without using the CPU, never past the deadline. */

import { halt } from '../module/halt.ts';
import { errno, fail, WasiFailure } from './abi.ts';
import { clockId } from './clocks.ts';
import type { Edition, WasiContext } from './context.ts';
import { putU32, viewAt } from './context.ts';
import type { Descriptor } from './descriptors.ts';

const EVENT_BYTES = 32;
/** `eventrwflags`: `fd_readwrite_hangup`. */
const HANG_UP = 1;
const MAX_SUBSCRIPTIONS = 4096;

const layouts = {
  preview1: { size: 48, clock: 16, timeout: 24, flags: 40 },
  unstable: { size: 56, clock: 24, timeout: 32, flags: 48 },
} as const satisfies Record<Edition, object>;

interface Readiness {
  readonly errno: number;
  /** How many can be read or written. */
  readonly bytes: bigint;
  /** Nothing will ever be read beyond. */
  readonly hangUp: boolean;
}

interface Event extends Readiness {
  readonly userdata: bigint;
  readonly type: number;
}

/** A clock that was asked for, and when it is due on the monotonic clock. */
interface Alarm {
  readonly userdata: bigint;
  readonly due: bigint;
}

export async function pollOneoff(
  context: WasiContext,
  edition: Edition,
  subscriptions: number,
  events: number,
  count: number,
  result: number,
): Promise<number> {
  try {
    const wanted = count >>> 0;
    if (wanted === 0) fail('inval');
    if (wanted > MAX_SUBSCRIPTIONS) fail('inval');
    viewAt(context, events, wanted * EVENT_BYTES);
    const { ready, alarms } = readSubscriptions(context, edition, subscriptions, wanted);
    const now = (): bigint => context.clocks.now(clockId.monotonic);
    if (ready.length === 0) {
      const next = alarms.reduce((due, alarm) => (alarm.due < due ? alarm.due : due), latest);
      await sleepUntil(context, next, now);
    }
    const time = now();
    for (const { userdata, due } of alarms) {
      if (due <= time) ready.push({ userdata, type: 0, ...without(errno.success) });
    }
    const view = viewAt(context, events, wanted * EVENT_BYTES);
    ready.forEach((event, index) => {
      putEvent(view, index * EVENT_BYTES, event);
    });
    putU32(context, result, ready.length);
    return errno.success;
  } catch (error) {
    if (error instanceof WasiFailure) return error.errno;
    throw error;
  }
}

const latest = 2n ** 63n;

/** Sleeps on the host; where the run's time is over first, the run ends here. */
async function sleepUntil(context: WasiContext, due: bigint, now: () => bigint): Promise<void> {
  for (let left = due - now(); left > 0n; left = due - now()) {
    const allowedMs = context.host.timeLeftMs();
    const wantedMs = Number(left) / 1e6;
    await new Promise((wake) =>
      setTimeout(wake, Math.max(0, Math.ceil(Math.min(wantedMs, allowedMs)))),
    );
    if (context.host.timeLeftMs() <= 0) halt({ kind: 'timeout' });
  }
}

function readSubscriptions(
  context: WasiContext,
  edition: Edition,
  pointer: number,
  count: number,
): { ready: Event[]; alarms: Alarm[] } {
  const layout = layouts[edition];
  const view = viewAt(context, pointer, count * layout.size);
  const ready: Event[] = [];
  const alarms: Alarm[] = [];
  for (let at = 0; at < view.byteLength; at += layout.size) {
    const userdata = view.getBigUint64(at, true);
    const type = view.getUint8(at + 8);
    if (type > 2) fail('inval');
    if (type === 0) {
      const clock = view.getUint32(at + layout.clock, true);
      const timeout = view.getBigUint64(at + layout.timeout, true);
      const absolute = (view.getUint16(at + layout.flags, true) & 1) !== 0;
      if (clock !== clockId.realtime && clock !== clockId.monotonic) {
        ready.push({ userdata, type, ...without(errno.inval) });
        continue;
      }
      const start = absolute ? context.clocks.now(clock) : 0n;
      alarms.push({ userdata, due: context.clocks.now(clockId.monotonic) + timeout - start });
      continue;
    }
    ready.push({ userdata, type, ...readiness(context, view.getUint32(at + 16, true), type) });
  }
  return { ready, alarms };
}

/** Memory is always ready: what is there can be read at once, its end too. */
function readiness({ descriptors }: WasiContext, fd: number, type: number): Readiness {
  const reading = type === 1;
  try {
    const descriptor = descriptors.get(fd);
    if (descriptor.kind === 'directory') return without(errno.isdir);
    if (descriptor.kind === (reading ? 'output' : 'input')) return without(errno.badf);
    if (!reading) return { errno: errno.success, bytes: 65_536n, hangUp: false };
    const bytes = readableBytes(descriptor);
    return { errno: errno.success, bytes, hangUp: bytes === 0n };
  } catch (error) {
    if (error instanceof WasiFailure) return without(error.errno);
    throw error;
  }
}

/** Of an event that says no more than that. */
function without(code: number): Readiness {
  return { errno: code, bytes: 0n, hangUp: false };
}

function readableBytes(descriptor: Descriptor): bigint {
  if (descriptor.kind === 'input') return BigInt(descriptor.bytes.length - descriptor.position);
  if (descriptor.kind !== 'file') return 0n;
  const left = BigInt(descriptor.node.size) - descriptor.position;
  return left > 0n ? left : 0n;
}

function putEvent(view: DataView, at: number, event: Event): void {
  view.setBigUint64(at, event.userdata, true);
  view.setUint16(at + 8, event.errno, true);
  view.setUint8(at + 10, event.type);
  view.setBigUint64(at + 16, event.bytes, true);
  view.setUint16(at + 24, event.hangUp ? HANG_UP : 0, true);
}
