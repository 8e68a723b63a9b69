/** What the local server refuses by itself, in the shape of all errors of the API. */

import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { executionBody } from '../api/response.ts';
import { errorName } from '../contract/errors.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import { statusOf } from '../contract/status.ts';

/** Answers with the HTTP status of the code, under a request id of its own. */
export function refuse(
  response: ServerResponse,
  code: 'FORBIDDEN' | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED',
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const requestId = randomUUID();
  const metadata = emptyMetadata({ requestId, url: null, timestamp: new Date().toISOString() });
  const error = { code, name: errorName(code), message, stack: null, details: null };
  const body = executionBody(failedExecution(error, metadata));
  response
    .writeHead(statusOf[code], {
      ...headers,
      'content-type': 'application/json',
      'x-request-id': requestId,
    })
    .end(body);
}
