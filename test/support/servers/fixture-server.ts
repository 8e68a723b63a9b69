/** A real HTTP server on loopback for the code and the answers that a test needs. */

import { createServer, type RequestListener } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export interface FixtureServer {
  readonly origin: string;
  /** Serves a text or bytes under a path of its own. @returns its URL */
  serve(body: string | Uint8Array, options?: FixtureOptions): string;
  /** Answers requests for a path of its own as the test says. @returns its URL */
  answer(listener: RequestListener): string;
  /** How often a URL was asked for, with whatever query. */
  hits(url: string): number;
  close(): Promise<void>;
}

export interface FixtureOptions {
  /** The end of the path, such as `.js`. */
  readonly extension?: string;
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
}

export async function startFixtureServer(): Promise<FixtureServer> {
  const listeners = new Map<string, RequestListener>();
  const hits = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    hits.set(path, (hits.get(path) ?? 0) + 1);
    const listener = listeners.get(path);
    if (listener === undefined) response.writeHead(404).end('nothing here');
    else listener(request, response);
  });
  const { port, close } = await listenOnLoopback(server);
  const origin = `http://127.0.0.1:${port}`;

  function answer(listener: RequestListener, extension = ''): string {
    const path = `/${listeners.size}${extension}`;
    listeners.set(path, listener);
    return origin + path;
  }

  return {
    origin,
    serve(body, { extension, status = 200, headers = {} } = {}) {
      return answer((_, response) => response.writeHead(status, headers).end(body), extension);
    },
    answer: (listener) => answer(listener),
    hits: (url) => hits.get(new URL(url).pathname) ?? 0,
    close,
  };
}
