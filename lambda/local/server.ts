/** The Lambda handler behind an HTTP server on the loopback interface. */

import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { StreamedResult, StreamingHandler } from '../api/pipeline.ts';
import { localContext } from './context.ts';
import { serveFile } from './files.ts';
import { answerPreflight, isPreflight } from './preflight.ts';
import { proxyEvent } from './proxy-event.ts';
import { refuse } from './refusal.ts';
import { refusalOf } from './sender.ts';

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Served at `/examples/`. */
  readonly examplesFolder: string;
  /** Origins whose pages may call the API, beside the server's own; `*` allows all. */
  readonly pageOrigins?: readonly string[];
  /** Called once the origin is known, as the handler's settings depend on it. */
  readonly loadHandler: (origin: string) => Promise<StreamingHandler>;
  /** Called after each answer of the handler, of a stream after its end. */
  readonly onAnswer?: (answer: Answer) => void;
}

export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly result: StreamedResult;
  readonly durationMs: number;
}

export interface LocalServer {
  /** `http://127.0.0.1:3000`, say. */
  readonly origin: string;
  /** Takes no more requests, and settles when those under way are answered. */
  close(): Promise<void>;
}

/** API Gateway takes no larger body; the handler's own limit is always lower. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Longer than clients keep idle connections, so that none is closed while it is used again. */
const KEEP_ALIVE_MS = 65_000;

/** @throws {NodeJS.ErrnoException} EADDRINUSE, EACCES; and what `loadHandler` throws */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const examplesFolder = await realpath(options.examplesFolder);
  const ready = Promise.withResolvers<StreamingHandler>();
  ready.promise.catch(() => {});
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const path = request.url ?? '/';
    const refusal = refusalOf(request, options.pageOrigins ?? []);
    if (refusal !== null) {
      // What is left of the body is not read.
      refuse(response, 'FORBIDDEN', refusal, { connection: 'close' });
      return;
    }
    if (isPreflight(request)) {
      answerPreflight(request, response);
      return;
    }
    const answered = path.startsWith('/examples/')
      ? serveFile(examplesFolder, path.slice(10).replace(/\?.*$/s, ''), request, response)
      : invoke(ready.promise, request, response, options.onAnswer);
    // The handler always answers: this is a client that has disconnected.
    answered.catch(() => response.destroy());
  });
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  // A listening TCP server has an address that is an object.
  const { port } = server.address() as AddressInfo;
  // Without the port where that is 80, as all origins are written.
  const { origin } = new URL(`http://127.0.0.1:${port}`);
  try {
    ready.resolve(await options.loadHandler(origin));
  } catch (error) {
    ready.reject(error);
    await closed(server, silent);
    throw error;
  }
  return { origin, close: () => closed(server, silent) };
}

/**
 * Closes the server, and the connections that clients keep open without a request.
 * @param silent those on which none has come yet, which Node.js takes for busy
 */
function closed(server: Server, silent: ReadonlySet<Socket>): Promise<void> {
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    for (const socket of silent) socket.destroy();
  }, 20);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}

async function invoke(
  loading: Promise<StreamingHandler>,
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: ServerOptions['onAnswer'],
): Promise<void> {
  const startedAt = performance.now();
  const body = await bodyOf(request);
  const handler = await loading;
  const requestId = randomUUID();
  const event = proxyEvent(request, body, requestId, new Date());
  const abandoned = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) abandoned.abort();
  });
  const result = await handler(event, localContext(requestId, abandoned.signal));
  const headers = result.headers as Record<string, string>;
  if (typeof result.body === 'string') {
    response.writeHead(result.statusCode, {
      ...headers,
      // A HEAD has no body, and to make one just to count its bytes would be a waste.
      ...(request.method !== 'HEAD' && { 'content-length': Buffer.byteLength(result.body) }),
    });
    // As a string, it is written together with the headers.
    response.end(result.body);
  } else {
    response.writeHead(result.statusCode, headers);
    await pipeline(result.body, response);
  }
  onAnswer?.({
    method: event.httpMethod,
    path: event.path,
    result,
    durationMs: performance.now() - startedAt,
  });
}

/** The body; of one that is too large, just enough for the handler to reject it. */
function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      if (bytes > MAX_BODY_BYTES) return;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) resolve(Buffer.concat(chunks));
    });
    request.once('end', () => {
      const [first, second] = chunks;
      resolve(first && !second ? first : Buffer.concat(chunks));
    });
    request.once('error', reject);
  });
}
