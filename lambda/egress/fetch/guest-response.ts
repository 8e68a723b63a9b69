/** Step 1 of egress, who asks: the response as the guest's `fetch` sees it. */

import type { Fields, GuestFetchResponse } from '../../contract/calls.ts';
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

/** What came behind a body, for the reply that has its end. */
export function trailersIn(raw: OutboundResponse['rawTrailers']): { readonly trailers?: Fields } {
  const trailers = headerPairs(raw);
  return trailers.length > 0 ? { trailers } : {};
}

/** To `fetch` header values are bytes: each becomes one character. */
function headerPairs(raw: OutboundResponse['rawHeaders']): Fields {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((text) => (typeof text === 'string' ? text : text.toString('latin1')));
  return texts.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), texts[index + 1] ?? ''] as const] : [],
  );
}
