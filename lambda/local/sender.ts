/**
 * Who may ask the local server. Any page that the user of this machine has open can send requests to
 * its loopback addresses; the server answers programs, its own pages, and the pages that
 * `ENGINE_CORS_ORIGINS` names.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { executionBody } from '../api/response.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { statusOf } from '../contract/status.ts';

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

/** Answers with 403 `FORBIDDEN`, in the shape of all errors. */
export function refuse(message: string, requestId: string, response: ServerResponse): void {
  const timestamp = new Date().toISOString();
  const metadata = emptyMetadata({ requestId, url: null, timestamp });
  const error = {
    code: 'FORBIDDEN',
    name: 'Forbidden',
    message,
    stack: null,
    details: null,
  } as const;
  const body = executionBody(failedExecution(error, metadata));
  response
    .writeHead(statusOf.FORBIDDEN, {
      'content-type': 'application/json',
      'x-request-id': requestId,
      // What is left of the body is not read.
      connection: 'close',
    })
    .end(body);
}
