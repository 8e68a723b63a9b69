/**
 * `setTimeout`, `setInterval`, `setImmediate` and their `clear…`. The host asks when the next timer is
 * due, and fires it. Uses captured functions of the language only, so that the run goes on whatever a
 * script replaces.
 */

import type { Prelude } from '../core/host.ts';
import { apply, max, setPrototypeOf, splice, toNumber, trunc } from '../core/intrinsics.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { reportException } from '../events/event-target.ts';

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
  /** Runs a task of the event loop, for which the run waits. */
  soon(callback: () => void): void;
  /** Runs the first timer if it is due. What its callback throws is reported. */
  fire(): void;
}

/** As in Node.js: a longer delay overflows 32 bits and becomes the shortest. */
const MAX_DELAY_MS = 2 ** 31 - 1;
/** The queue keeps so many that have been fired before they make up half of it. */
const MAX_FIRED = 1024;

export function installTimers({ define, host }: Prelude): Timers {
  // Sorted by the time at which they are due, then by creation. Those before the first have been fired:
  // to shift the array for each of them would take quadratic time. Without a prototype, as a setter
  // that a script puts on `Array.prototype[0]` would be given what is added.
  const queue: Timer[] = setPrototypeOf([], null);
  let first = 0;
  let lastId = 0;
  let firing: Timer | null = null;
  const now = (): number => toNumber(host.call('clock.now'));

  function head(): Timer | undefined {
    return first === queue.length ? undefined : queue[first];
  }

  function takeHead(): void {
    first += 1;
    if (first < queue.length && (first < MAX_FIRED || first * 2 < queue.length)) return;
    splice(queue, 0, first);
    first = 0;
  }

  function schedule(timer: Timer): void {
    let low = first;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = queue[middle];
      if (other !== undefined && other.dueMs <= timer.dueMs) low = middle + 1;
      else high = middle;
    }
    splice(queue, low, 0, timer);
  }

  type Kind = 'timeout' | 'interval' | 'immediate';

  function add(kind: Kind, callback: unknown, delay: unknown, args: unknown[]): number {
    if (typeof callback !== 'function') {
      throw invalidArgument('callback', 'of type function', callback);
    }
    const asked = toNumber(delay);
    const askedMs = asked >= 1 && asked <= MAX_DELAY_MS ? trunc(asked) : 1;
    const delayMs = kind === 'immediate' ? 0 : askedMs;
    lastId += 1;
    schedule({
      id: lastId,
      callback: callback as Timer['callback'],
      args,
      everyMs: kind === 'interval' ? delayMs : null,
      keepsAlive: true,
      dueMs: now() + delayMs,
    });
    return lastId;
  }

  function clear(id: unknown): void {
    const wanted = toNumber(id);
    if (firing?.id === wanted) firing = null;
    for (let i = first; i < queue.length; i++) {
      if (queue[i]?.id === wanted) splice(queue, i, 1);
    }
  }

  define(
    {
      setTimeout: function setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]) {
        return add('timeout', callback, delay, args);
      },
      setInterval: function setInterval(callback: unknown, delay?: unknown, ...args: unknown[]) {
        return add('interval', callback, delay, args);
      },
      setImmediate: function setImmediate(callback: unknown, ...args: unknown[]) {
        return add('immediate', callback, 0, args);
      },
      clearTimeout: function clearTimeout(id?: unknown) {
        clear(id);
      },
      clearInterval: function clearInterval(id?: unknown) {
        clear(id);
      },
      clearImmediate: function clearImmediate(id?: unknown) {
        clear(id);
      },
    },
    { enumerable: true },
  );

  return {
    next() {
      const timer = head();
      if (timer === undefined) return null;
      let keepsAlive = false;
      for (let i = first; i < queue.length && !keepsAlive; i++) {
        keepsAlive = queue[i]?.keepsAlive === true;
      }
      return { inMs: max(0, timer.dueMs - now()), keepsAlive };
    },
    background(callback, delayMs) {
      lastId += 1;
      const dueMs = now() + delayMs;
      schedule({ id: lastId, callback, args: [], everyMs: null, keepsAlive: false, dueMs });
    },
    soon(callback) {
      lastId += 1;
      const dueMs = now();
      schedule({ id: lastId, callback, args: [], everyMs: null, keepsAlive: true, dueMs });
    },
    fire() {
      const timer = head();
      if (timer === undefined || timer.dueMs > now()) return;
      takeHead();
      firing = timer;
      try {
        apply(timer.callback, globalThis, timer.args);
      } catch (error) {
        reportException(error);
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
