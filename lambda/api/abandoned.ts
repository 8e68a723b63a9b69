/** Callers that go away before they have an answer: the local server knows, Lambda does not. */

import type { Context } from 'aws-lambda';

/** The context of an invocation whose platform tells. */
export interface WatchedContext extends Context {
  /** Aborted when nobody waits for the answer any more. */
  readonly abandoned: AbortSignal;
}

/** @returns `null` where the platform does not tell */
export function abandonedOf(context: Context): AbortSignal | null {
  return (context as Partial<WatchedContext>).abandoned ?? null;
}
