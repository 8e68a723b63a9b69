/**
 * Who may ask the local server. Any page that the user of this machine has open can send requests to
 * its loopback addresses; the server answers programs, its own pages, and the pages that
 * `ENGINE_CORS_ORIGINS` names.
 */

import type { IncomingMessage } from 'node:http';

/** Names of this machine. Any other name that leads here is a page's own (DNS rebinding). */
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * @param pageOrigins origins whose pages may ask; `*` allows all
 * @returns why the request is refused; `null`: it is not
 */
export function refusalOf(request: IncomingMessage, pageOrigins: readonly string[]): string | null {
  const { host, origin } = request.headers;
  const own = URL.parse(`http://${host}`);
  // An address with more than a host in it is no host.
  if (own === null || own.host !== host?.toLowerCase().replace(/:80$/, '')) {
    return 'The Host header names no host.';
  }
  if (!loopbackNames.has(own.hostname)) {
    return `The local server answers as localhost or 127.0.0.1 only, not as ${own.hostname}.`;
  }
  if (origin === undefined || origin === own.origin) return null;
  if (pageOrigins.includes('*') || pageOrigins.includes(origin)) return null;
  return `Pages of ${origin.slice(0, 200)} may not call this server: ENGINE_CORS_ORIGINS does not name their origin.`;
}
