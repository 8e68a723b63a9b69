/** What a component waits for: moments of the clock, and news from outside of the sandbox. */

import { halt } from '../../../module/halt.ts';
import { clockId } from '../../../wasi/clocks.ts';
import type { Wasi2Context } from '../binding/context.ts';

/** Something that is ready, or will be. */
export interface Readiness {
  isReady(): boolean;
  /** When it will be, on the monotonic clock, if that is known. */
  readonly due?: bigint;
  /** Tells when it may have become so, where that comes from outside. */
  readonly news?: News;
}

/** Who waits for something to change. */
export class News {
  readonly #listeners = new Set<() => void>();

  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  forget(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What is in memory can be read at once, and written. */
export const always: Readiness = { isReady: () => true };

export type Time = Pick<Wasi2Context, 'clocks' | 'host'>;

/** Ready from that moment of the monotonic clock on. */
export function readyAt(due: bigint, { clocks }: Time): Readiness {
  return { isReady: () => clocks.now(clockId.monotonic) >= due, due };
}

/**
 * Waits until one of them is ready. Where the run's time is over first, the run ends here.
 * @returns nothing to wait for where one is ready now
 */
export function untilReady(list: readonly Readiness[], time: Time): Promise<undefined> | undefined {
  const isReady = (): boolean => list.some((each) => each.isReady());
  if (isReady()) return isAwaitingNews(list) ? oneTurn(time) : undefined;
  return sleep(list, isReady, time);
}

/**
 * Lets what has come from outside arrive. A component that never waits, but looks again and again,
 * would else never see it. Where the run's time is over, it ends here.
 */
export async function oneTurn({ host }: Pick<Time, 'host'>): Promise<undefined> {
  await new Promise((resolve) => setImmediate(resolve));
  endOverdue(host);
}

/** A timer of the run: one that would fire after its end is none, and nothing waits for it to fire. */
export function within(
  { host }: Pick<Time, 'host'>,
  durationMs: number | null,
  act: () => void,
): NodeJS.Timeout | undefined {
  if (durationMs === null || durationMs >= host.timeLeftMs()) return undefined;
  return setTimeout(act, durationMs).unref();
}

function endOverdue(host: Time['host']): void {
  if (host.timeLeftMs() <= 0) halt({ kind: 'timeout' });
}

function isAwaitingNews(list: readonly Readiness[]): boolean {
  return list.some(({ news, isReady }) => news !== undefined && !isReady());
}

async function sleep(
  list: readonly Readiness[],
  isReady: () => boolean,
  { clocks, host }: Time,
): Promise<undefined> {
  const sources = new Set(list.flatMap(({ news }) => news ?? []));
  const due = list.reduce(
    (first, each) => ((each.due ?? first) < first ? (each.due ?? first) : first),
    LATEST,
  );
  while (!isReady()) {
    const wantedMs = Number(due - clocks.now(clockId.monotonic)) / 1e6;
    const allowedMs = Math.ceil(Math.max(0, Math.min(wantedMs, host.timeLeftMs())));
    await new Promise<void>((wake) => {
      const timer = setTimeout(end, allowedMs);
      function end(): void {
        clearTimeout(timer);
        for (const news of sources) news.forget(end);
        wake();
      }
      for (const news of sources) news.listen(end);
    });
    endOverdue(host);
  }
}

const LATEST = 2n ** 64n;
