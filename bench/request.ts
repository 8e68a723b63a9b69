/** One request over HTTP as a subject of measuring. */

import { Agent } from 'undici';
import type { Subject } from './measure.ts';

export interface RequestOptions {
  readonly name: string;
  readonly server: { readonly origin: string };
  /** Path of the server that executes. */
  readonly path: string;
  /** URL of the code. */
  readonly url: string;
  /** `text/event-stream`, say; JSON by default. */
  readonly accept?: string;
}

/** Connections are kept open between the requests of an agent. */
export function createAgent(): Agent {
  return new Agent({ connections: 64 });
}

export function requestSubject(
  agent: Agent,
  { name, server, path, url, accept = 'application/json' }: RequestOptions,
): Subject {
  const body = JSON.stringify({ url });
  return {
    name,
    async run() {
      const { statusCode, body: answer } = await agent.request({
        origin: server.origin,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body,
      });
      const text = await answer.text();
      if (statusCode !== 200 || text.includes('"status":"error"')) throw new Error(text);
    },
  };
}
