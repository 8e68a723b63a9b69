/** Preflights of web pages, which API Gateway answers in front of the deployed function. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whether a page asks what it may send, before it does. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** Allows what the API takes, to a page whose origin may ask at all. */
export function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-headers': 'content-type, authorization, x-api-key',
      'access-control-allow-methods': 'OPTIONS, GET, POST',
      'access-control-allow-origin': headers.origin,
      vary: 'origin',
    })
    .end();
}
