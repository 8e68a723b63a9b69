import type { GuestFetchResponse } from '../contract/protocol.ts';
import type { OutboundResponse } from './request.ts';

/** What the guest's `fetch` learns of a response, besides its body. */
export function toGuestResponse(response: OutboundResponse): GuestFetchResponse {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: headerPairs(response.rawHeaders),
    url: response.url,
    redirected: response.redirected,
  };
}

/** `fetch` takes header values for bytes: they stay as they came on the wire. */
function headerPairs(raw: OutboundResponse['rawHeaders']): readonly (readonly [string, string])[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((text) => (typeof text === 'string' ? text : text.toString('latin1')));
  return texts.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), texts[index + 1] ?? ''] as const] : [],
  );
}
