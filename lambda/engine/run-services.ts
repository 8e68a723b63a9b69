/** What the host does for a run. */

import type { FetchSession } from '../egress/session.ts';
import type { RunServices } from '../sandbox/run.ts';

/** @param onRefusal called for each request that policy or quota rejects */
export function runServices(session: FetchSession, onRefusal: () => void): RunServices {
  return {
    async fetch(request, body, signal) {
      const result = await session.fetch(request, body, signal);
      if (!result.ok && (result.error.kind === 'not-allowed' || result.error.kind === 'quota')) {
        onRefusal();
      }
      return result;
    },
    async import(request, _body, signal) {
      const result = await session.importModule(request, signal);
      if (request.computed && !result.ok && result.rule !== null) onRefusal();
      return result;
    },
  };
}
