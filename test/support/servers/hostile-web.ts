/** The web as hostile code finds it: a loopback server with code, slow answers and no answers. */

import { createServer } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export interface Fixtures {
  readonly origin: string;
  /** Publishes code. @returns its URL */
  publish(code: string | Uint8Array, extension?: string): string;
  /** How many requests for `/hang` are waiting now. */
  readonly hanging: number;
  /** How many requests for `/count` there have been. */
  readonly counted: number;
  close(): Promise<void>;
}

const large = Buffer.alloc(5_000_000, '0123456789');

export async function startFixtures(): Promise<Fixtures> {
  const published = new Map<string, { type: string; body: Buffer }>();
  let hanging = 0;
  let counted = 0;
  let fetchedOnce = false;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const found = published.get(path);
    if (found !== undefined) {
      response.writeHead(200, { 'content-type': found.type, 'cache-control': 'no-store' });
      response.end(found.body);
    } else if (path.startsWith('/hang')) {
      // Takes the request and never says a word.
      hanging += 1;
      response.once('close', () => {
        hanging -= 1;
      });
      request.resume();
    } else if (path.startsWith('/drip')) {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const drip = setInterval(() => response.write('.'), 50);
      response.once('close', () => clearInterval(drip));
    } else if (path.startsWith('/flood')) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pour = (): void => {
        while (response.writable && response.write(chunk));
      };
      response.on('drain', pour);
      pour();
    } else if (path.startsWith('/large')) {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(large);
    } else if (path.startsWith('/count')) {
      counted += 1;
      response.writeHead(200, { 'content-type': 'text/plain' }).end('counted');
    } else if (path.startsWith('/json')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"answer":42}');
    } else if (path.startsWith('/once.js') && !fetchedOnce) {
      fetchedOnce = true;
      response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-store' });
      response.end(`export const secret = 'downloaded';`);
    } else if (path.startsWith('/value.js')) {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(`export default 'imported';`);
    } else if (path.startsWith('/loop.js')) {
      // A module that imports another one, without end.
      const next = Number(new URL(path, 'http://a').searchParams.get('n') ?? 0) + 1;
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(`import './loop.js?n=${next}'; export default ${next};`);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
    }
  });
  const { port, close } = await listenOnLoopback(server);
  const origin = `http://127.0.0.1:${port}`;
  let count = 0;
  return {
    origin,
    get hanging() {
      return hanging;
    },
    get counted() {
      return counted;
    },
    publish(code, extension = typeof code === 'string' ? 'js' : 'wasm') {
      count += 1;
      const path = `/code/${count}.${extension}`;
      const type = extension === 'wasm' ? 'application/wasm' : 'text/javascript; charset=utf-8';
      published.set(path, { type, body: Buffer.from(code as string) });
      return origin + path;
    },
    close,
  };
}
