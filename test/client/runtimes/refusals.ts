/** What may be in front of an engine, or in its place: what is busy, full, or something else. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { exposedHeaders } from '../../../lambda/contract/headers.ts';
import { answerPreflight, isPreflight } from '../../../lambda/local/preflight.ts';
import { listenOnLoopback } from '../../support/servers/loopback.ts';
import type { Endpoints } from './scenario.ts';

export interface Refusals {
  readonly endpoints: Endpoints;
  /** When requests came to `busy`, in milliseconds. */
  readonly timesMs: readonly number[];
  close(): Promise<void>;
}

/** As the engine says it, and as API Gateway does in front of it. */
const overloaded = {
  status: 503,
  retryAfter: '1',
  body: {
    status: 'error',
    error: {
      code: 'OVERLOADED',
      name: 'OverloadedError',
      message: 'All are busy',
      stack: null,
      details: null,
    },
    metadata: { requestId: 'r' },
  },
};
const throttled = { status: 429, retryAfter: null, body: { message: 'Too Many Requests' } };

/** @param engine origin of the engine that `busy` stands before */
export async function startRefusals(engine: string): Promise<Refusals> {
  const timesMs: number[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isPreflight(request)) return answerPreflight(request, response);
    const body = await buffer(request);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', exposedHeaders);
    switch (request.url) {
      case '/busy/execute': {
        timesMs.push(performance.now());
        const refusal = [overloaded, throttled][timesMs.length - 1];
        if (refusal !== undefined) return refuse(response, refusal);
        const headers = { 'content-type': 'application/json' };
        const passed = await fetch(`${engine}/execute`, { method: 'POST', headers, body });
        response.setHeader('content-type', 'application/json');
        response.writeHead(passed.status).end(await passed.text());
        return;
      }
      case '/full/execute':
        return refuse(response, overloaded);
      default:
        response.setHeader('content-type', 'text/html');
        response.end('<!doctype html><title>Sign in</title>');
    }
  }

  const { port, close } = await listenOnLoopback(
    createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    }),
  );
  const origin = `http://127.0.0.1:${port}`;
  return {
    endpoints: {
      engine,
      busy: `${origin}/busy`,
      full: `${origin}/full`,
      stranger: `${origin}/sign-in`,
    },
    timesMs,
    close,
  };
}

function refuse(
  response: ServerResponse,
  { status, retryAfter, body }: typeof overloaded | typeof throttled,
): void {
  if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
  response.setHeader('content-type', 'application/json');
  response.writeHead(status).end(JSON.stringify(body));
}
