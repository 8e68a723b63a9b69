/** A server whose bodies flow: slowly, without end, compressed, cut short, or back to their sender. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib';
import { listenOnLoopback } from './loopback.ts';

export interface StreamingWeb {
  readonly origin: string;
  /** Connections that are open. */
  connections(): number;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void;

const encoders: { readonly [name: string]: () => ReturnType<typeof createGzip> } = {
  gzip: createGzip,
  deflate: createDeflate,
  br: createBrotliCompress,
  zstd: createZstdCompress,
};

export async function startStreamingWeb(): Promise<StreamingWeb> {
  const sockets = new Set<Socket>();
  let sent = 0;
  let asked = Promise.withResolvers<void>();

  const answers: { readonly [path: string]: Answer } = {
    /** An event at once, and one each so many milliseconds. */
    '/endless'(_, response, query) {
      let count = 0;
      const write = (): boolean => response.write(`data: ${count++}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write();
      const timer = setInterval(write, Number(query.get('ms') ?? 10));
      response.on('close', () => clearInterval(timer));
    },
    /** `count` lines, so many milliseconds apart, compressed or not. */
    '/lines'(_, response, query) {
      const ms = Number(query.get('ms') ?? 5);
      void writeLines(response, query, () => new Promise((resolve) => setTimeout(resolve, ms)));
    },
    /** The same, but that each line after the first is sent when `/ask` is fetched. */
    '/asked'(_, response, query) {
      asked.resolve();
      void writeLines(response, query, async () => {
        await asked.promise;
        asked = Promise.withResolvers();
      });
    },
    '/ask'(_, response) {
      asked.resolve();
      response.end();
    },
    /** A body that is not complete when the server goes. */
    '/gone'(_, response, query) {
      response.writeHead(200, query.has('length') ? { 'content-length': '1000' } : {});
      response.write('half');
      setTimeout(() => response.socket?.destroy(), Number(query.get('ms') ?? 30));
    },
    /** The beginning of a body, and nothing more. */
    '/stalled'(_, response) {
      response.writeHead(200).write('first');
    },
    /** So many bytes, as fast as they are taken; `/sent` says how many have left. */
    '/large'(_, response, query) {
      const bytes = Number(query.get('bytes'));
      const socket = response.socket;
      const before = socket?.bytesWritten ?? 0;
      sent = 0;
      response.writeHead(200, query.has('length') ? { 'content-length': String(bytes) } : {});
      let written = 0;
      const write = (): void => {
        while (written < bytes && !response.destroyed) {
          const piece = Buffer.alloc(Math.min(16_384, bytes - written), 'abcdefgh');
          written += piece.length;
          const more = response.write(piece);
          sent = (socket?.bytesWritten ?? 0) - before - (socket?.writableLength ?? 0);
          if (!more) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      write();
    },
    '/sent'(_, response) {
      response.end(JSON.stringify({ sent }));
    },
    '/json'(_, response) {
      response.setHeader('content-type', 'application/json').end('{"a":[1,"ü"]}');
    },
    '/empty'(_, response) {
      response.writeHead(204).end();
    },
    '/form'(_, response) {
      response
        .setHeader('content-type', 'application/x-www-form-urlencoded')
        .write('a=1&', () => setTimeout(() => response.end('b=%C3%BC'), 10));
    },
    /** The request's body as it comes. */
    '/echo'(request, response) {
      response.writeHead(200, { 'x-encoding': request.headers['transfer-encoding'] ?? 'none' });
      response.flushHeaders();
      request.pipe(response);
    },
    /** The chunks of the request's body, once all are there. */
    '/collect'(request, response) {
      const chunks: string[] = [];
      request.on('data', (chunk) => chunks.push(String(chunk)));
      request.on('end', () => response.end(JSON.stringify({ method: request.method, chunks })));
    },
    /** An answer before the request's body has ended. */
    '/early'(_, response) {
      response.writeHead(413, { connection: 'close' }).end('too much');
    },
    '/redirect'(request, response, query) {
      request.resume();
      response
        .writeHead(Number(query.get('status')), { location: query.get('to') ?? '/json' })
        .end('elsewhere');
    },
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const answer = answers[pathname];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response, searchParams);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}

/** @param turn waits until a line is due */
async function writeLines(
  response: ServerResponse,
  query: URLSearchParams,
  turn: () => Promise<void>,
): Promise<void> {
  const encoding = query.get('encoding');
  const encoder = encoding === null ? null : (encoders[encoding]?.() ?? null);
  response.writeHead(200, {
    'content-type': 'text/plain',
    ...(encoding === null ? {} : { 'content-encoding': encoding }),
  });
  response.flushHeaders();
  encoder?.pipe(response);
  for (let line = 0; line < Number(query.get('count') ?? 5); line++) {
    await turn();
    (encoder ?? response).write(`line ${line} of ünï\n`);
    encoder?.flush();
  }
  (encoder ?? response).end();
}
