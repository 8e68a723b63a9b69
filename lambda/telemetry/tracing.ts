/** Whether something traces this process: a Lambda layer of OpenTelemetry does, where there is one. */

import type { Tracing } from './spans.ts';

export type { Tracing };

/** Where every version 1 of `@opentelemetry/api` finds who traces. */
const openTelemetry = Symbol.for('opentelemetry.js.api.1');

/** @returns `null` where nothing traces: nothing is loaded then */
export async function createTracing(version: string): Promise<Tracing | null> {
  if (!(openTelemetry in globalThis)) return null;
  const { spans } = await import('./spans.ts');
  return spans(version);
}
