/** Events as API Gateway sends them, recorded in `test/events/`. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the events are that `npm run sam:invoke` uses, too. */
export const eventsFolder = join(import.meta.dirname, '../../events');

export function readEvent(name: string) {
  return JSON.parse(readFileSync(join(eventsFolder, name), 'utf8'));
}

/** API Gateway's event of `POST /execute` with this body and an id of its own. */
export function executeEvent(request: { readonly [name: string]: unknown }) {
  const { requestContext, ...event } = readEvent('execute-rest.json');
  return {
    ...event,
    requestContext: { ...requestContext, requestId: randomUUID() },
    body: JSON.stringify(request),
  };
}
