/** Step 1 of egress, who asks: the response as the guest's `fetch` sees it. */

import type { GuestFetchResponse } from '../../contract/calls.ts';
import type { OutboundResponse } from '../request.ts';

/** The response without its body. */
export function toGuestResponse(response: OutboundResponse): GuestFetchResponse {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: headerPairs(response.rawHeaders),
    url: response.url,
    redirected: response.redirected,
  };
}

/** To `fetch` header values are bytes: each becomes one character. */
function headerPairs(raw: OutboundResponse['rawHeaders']): readonly (readonly [string, string])[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((text) => (typeof text === 'string' ? text : text.toString('latin1')));
  return texts.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), texts[index + 1] ?? ''] as const] : [],
  );
}
