/** What the host does for a run. */

import type { BodyReadResult, GuestFetchResult } from '../contract/calls.ts';
import type { FetchSession } from '../egress/session.ts';
import type { RunServices } from '../sandbox/run.ts';

/** @param onRefusal called for each request that policy or quota rejects */
export function runServices(session: FetchSession, onRefusal: () => void): RunServices {
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
  };
}
