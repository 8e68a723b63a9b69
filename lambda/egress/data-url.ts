/** Step 1 of egress, who asks: a module whose text is in its URL. Nothing is sent for it. */

import type { Resource } from './download.ts';

/**
 * Decodes a `data:` URL.
 * @see https://fetch.spec.whatwg.org/#data-url-processor
 * @returns `null` where it is not a valid one
 */
export function decodeDataUrl(url: string): Resource | null {
  const [, head, data] = /^data:([^,]*),([^#]*)/is.exec(url) ?? [];
  if (head === undefined || data === undefined) return null;
  const bytes = percentDecode(data);
  const [, type = '', base64] = /^(.*?)(;\s*base64)?\s*$/is.exec(head) ?? [];
  if (base64 === undefined) return { url, bytes, contentType: type.trim() };
  const text = bytes.toString('latin1').replace(/[\t\n\f\r ]/g, '');
  const isBase64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/.test(text);
  if (!isBase64 || /[-_]/.test(text)) return null;
  return { url, bytes: Buffer.from(text, 'base64'), contentType: type.trim() };
}

function percentDecode(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const parts = text.split(/((?:%[\da-f]{2})+)/i);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 0 ? Buffer.from(part) : Buffer.from(part.replaceAll('%', ''), 'hex'),
    ),
  );
}
