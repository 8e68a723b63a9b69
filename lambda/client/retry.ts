/** Tries again what the engine, or the gateway in front of it, had no room for. */

import { OverloadedError } from './errors.ts';

export interface RetryOptions {
  /** Tries after the first one. @default 3 */
  readonly attempts?: number;
  /** The longest wait before the first of them; it doubles with each. @default 250 */
  readonly baseMs?: number;
  /** No wait is longer; an answer that asks for more is not tried again. @default 20000 */
  readonly maxMs?: number;
}

/**
 * Only an answer says that nothing has run: what failed without one (a connection that broke, say)
 * is not sent twice.
 * @throws what the last try threw
 * @throws the signal's reason
 */
export async function withRetries<Result>(
  options: RetryOptions | false | undefined,
  signal: AbortSignal | undefined,
  send: () => Promise<Result>,
): Promise<Result> {
  const {
    attempts = 3,
    baseMs = 250,
    maxMs = 20_000,
  } = options === false ? { attempts: 0 } : (options ?? {});
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof OverloadedError) || attempt >= attempts) throw error;
      const asked = error.retryAfterMs ?? 0;
      if (asked > maxMs) throw error;
      // Full jitter, so that callers who were sent away together do not come back together.
      const backOff = Math.random() * Math.min(maxMs, baseMs * 2 ** attempt);
      await pause(asked + backOff, signal);
    }
  }
}

/** A number of seconds, or a date: RFC 9110, 10.2.3. */
export function retryAfterMsOf(header: string | null, now = Date.now()): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', ended);
      resolve();
    }, ms);
    signal?.addEventListener('abort', ended, { once: true });
  });
}
