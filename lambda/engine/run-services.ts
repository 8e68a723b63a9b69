/** What the host does for a run. */

import {
  type BodyReadResult,
  type GuestFetchResult,
  SOURCE_MAPS_TIMEOUT_MS,
} from '../contract/calls.ts';
import type { FetchSession } from '../egress/session.ts';
import type { RunServices } from '../sandbox/run.ts';

/**
 * @param timeLeftMs of the invocation
 * @param onRefusal called for each request that policy or quota rejects
 */
export function runServices(
  session: FetchSession,
  timeLeftMs: () => number,
  onRefusal: () => void,
): RunServices {
  const { fetches } = session;
  const counted = <Result extends GuestFetchResult | BodyReadResult>(result: Result): Result => {
    if (!result.ok && (result.error.kind === 'not-allowed' || result.error.kind === 'quota')) {
      onRefusal();
    }
    return result;
  };
  return {
    fetch: async (request, body, signal) => counted(await fetches.fetch(request, body, signal)),
    fetchRead: async (request, _body, signal) => counted(await fetches.read(request, signal)),
    fetchCancel: (request) => fetches.cancel(request),
    fetchSend: (request, body) => fetches.send(request, body),
    async import(request, _body, signal) {
      const result = await session.importModule(request, signal);
      if (request.computed && !result.ok && result.rule !== null) onRefusal();
      return result;
    },
    async sourceMap(request, _body, signal) {
      const timeoutMs = Math.min(SOURCE_MAPS_TIMEOUT_MS, timeLeftMs());
      return timeoutMs < 1 ? { ok: false } : session.sourceMap(request, timeoutMs, signal);
    },
  };
}
