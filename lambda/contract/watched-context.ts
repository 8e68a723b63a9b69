/** Whether the caller of an invocation has gone, as the platform tells the handler. */

import type { Context } from 'aws-lambda';

/** The context of an invocation whose platform tells of callers that go away: the local server does, Lambda does not. */
export interface WatchedContext extends Context {
  /** Aborted when nobody waits for the answer any more. */
  readonly abandoned: AbortSignal;
}

/** @returns aborted when the caller has gone before the answer; `null` where the platform does not tell */
export function abandonedOf(context: Context): AbortSignal | null {
  return (context as Partial<WatchedContext>).abandoned ?? null;
}
