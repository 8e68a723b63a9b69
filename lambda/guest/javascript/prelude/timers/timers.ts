/** `setTimeout`, `setInterval` and their `clear…`. The host asks when the next timer is due, and fires it. */

import type { Prelude } from '../core/host.ts';

interface Timer {
  readonly id: number;
  readonly callback: (...args: unknown[]) => unknown;
  readonly args: unknown[];
  readonly everyMs: number | null;
  readonly keepsAlive: boolean;
  readonly dueMs: number;
}

interface Timers {
  /** When the next timer is due, and whether the run waits for any timer that is left. */
  next(): { readonly inMs: number; readonly keepsAlive: boolean } | null;
  /** Starts a timer that does not keep the run alive. */
  background(callback: () => void, delayMs: number): void;
  /** Runs the first timer if it is due. Throws what its callback throws. */
  fire(): void;
}

// Captured here: a script may replace it.
const { apply } = Reflect;

/** As in Node.js: a longer delay overflows 32 bits and becomes the shortest. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function installTimers({ define, host }: Prelude): Timers {
  // Sorted by the time at which they are due, then by creation.
  let queue: Timer[] = [];
  let lastId = 0;
  let firing: Timer | null = null;
  const now = (): number => Number(host.call('clock.now'));

  function schedule(timer: Timer): void {
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = queue[middle];
      if (other !== undefined && other.dueMs <= timer.dueMs) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, timer);
  }

  function add(callback: unknown, delay: unknown, args: unknown[], repeat: boolean): number {
    if (typeof callback !== 'function') {
      throw new TypeError('The "callback" argument must be of type function.');
    }
    const asked = Number(delay);
    const delayMs = asked >= 1 && asked <= MAX_DELAY_MS ? Math.trunc(asked) : 1;
    lastId += 1;
    schedule({
      id: lastId,
      callback: callback as Timer['callback'],
      args,
      everyMs: repeat ? delayMs : null,
      keepsAlive: true,
      dueMs: now() + delayMs,
    });
    return lastId;
  }

  function clear(id: unknown): void {
    const wanted = Number(id);
    if (firing?.id === wanted) firing = null;
    queue = queue.filter((timer) => timer.id !== wanted);
  }

  define(
    {
      setTimeout: function setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]) {
        return add(callback, delay, args, false);
      },
      setInterval: function setInterval(callback: unknown, delay?: unknown, ...args: unknown[]) {
        return add(callback, delay, args, true);
      },
      clearTimeout: function clearTimeout(id?: unknown) {
        clear(id);
      },
      clearInterval: function clearInterval(id?: unknown) {
        clear(id);
      },
    },
    { enumerable: true },
  );

  return {
    next() {
      const [first] = queue;
      if (first === undefined) return null;
      return {
        inMs: Math.max(0, first.dueMs - now()),
        keepsAlive: queue.some((timer) => timer.keepsAlive),
      };
    },
    background(callback, delayMs) {
      lastId += 1;
      const dueMs = now() + delayMs;
      schedule({ id: lastId, callback, args: [], everyMs: null, keepsAlive: false, dueMs });
    },
    fire() {
      const [timer] = queue;
      if (timer === undefined || timer.dueMs > now()) return;
      queue.shift();
      firing = timer;
      try {
        apply(timer.callback, globalThis, timer.args);
      } finally {
        // `clear` unsets it where the callback clears its own interval.
        if (firing === timer && timer.everyMs !== null) {
          schedule({ ...timer, dueMs: now() + timer.everyMs });
        }
        firing = null;
      }
    },
  };
}
