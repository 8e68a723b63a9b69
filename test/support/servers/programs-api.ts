/** The server that the programs talk to: JSON, forms, redirects, streams, slowness, all on loopback. */

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { listenOnLoopback } from './loopback.ts';

export interface ProgramsApi {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts the server; it answers the same whoever asks, and however often. */
export async function startProgramsApi(): Promise<ProgramsApi> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  server.unref();
  return { origin: `http://127.0.0.1:${port}`, close };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api.example');
  const [, name, argument] = pathname.split('/');
  const json = (value: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  switch (name) {
    case 'programs':
      response.setHeader('content-type', 'text/javascript');
      response.end(
        await readFile(
          new URL(`../../guest/javascript/fetch/programs/${argument}`, import.meta.url),
        ),
      );
      return;
    case 'items':
      return json(itemsOf(Number(searchParams.get('page'))));
    case 'echo':
      return json(await echoOf(request));
    case 'redirect':
      return redirect(response, 302, argument === '0' ? '/status/200' : stepBefore(argument));
    case 'moved':
      return redirect(response, Number(argument), '/echo');
    case 'status':
      response.writeHead(Number(argument));
      response.end(argument === '204' ? undefined : JSON.stringify({ status: Number(argument) }));
      return;
    case 'slow-at-first':
      // Later than the first attempts wait, sooner than the last one does.
      setTimeout(() => response.end('at last'), 600);
      return;
    case 'never':
      return;
    case 'upload':
      return json(await uploadOf(request), 201);
    case 'form':
      response.setHeader('content-type', 'multipart/form-data; boundary=frontier');
      response.end(
        '--frontier\r\nContent-Disposition: form-data; name="greeting"\r\n\r\nhällo\r\n' +
          '--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n' +
          'Content-Type: text/csv\r\n\r\na,b\r\n1,2\r\n--frontier--\r\n',
      );
      return;
    case 'lines':
      return streamLines(response);
    case 'binary':
      response.setHeader('content-type', 'application/octet-stream');
      response.end(
        Buffer.from(Array.from({ length: Number(searchParams.get('bytes')) }, (_, i) => i % 256)),
      );
      return;
    case 'gzip':
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('unpacked on the way'));
      return;
    case 'headers':
      return headersOf(request, response);
    case 'private':
      response.writeHead(request.headers.authorization === 'Basic dXNlcjpwYXNz' ? 200 : 401).end();
      return;
    default:
      response.writeHead(404).end();
  }
}

function stepBefore(step = '0'): string {
  return step === '1' ? '/status/200' : `/redirect/${Number(step) - 1}`;
}

function redirect(response: ServerResponse, status: number, location: string): void {
  response.writeHead(status, { location }).end();
}

function itemsOf(page: number): object {
  const items = Array.from({ length: page === 4 ? 2 : 5 }, (_, index) => {
    const id = (page - 1) * 5 + index + 1;
    return { id, name: `item-${id}` };
  });
  return { items, next: page < 4 ? `/items?page=${page + 1}` : null };
}

async function echoOf(request: IncomingMessage): Promise<object> {
  const body = await buffer(request);
  const isText = /^text|json|urlencoded/.test(request.headers['content-type'] ?? 'text');
  return {
    method: request.method,
    path: request.url,
    contentType: request.headers['content-type'] ?? null,
    contentLength: request.headers['content-length'] ?? null,
    body: isText ? body.toString() : body.toString('hex'),
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => /^x-/.test(name)),
    ),
  };
}

async function uploadOf(request: IncomingMessage): Promise<object> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(await buffer(request), { headers }).formData();
  const fields: unknown[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.push([name, value]);
    else
      fields.push([name, value.name, value.type, Buffer.from(await value.bytes()).toString('hex')]);
  }
  return fields;
}

async function streamLines(response: ServerResponse): Promise<void> {
  for (let id = 1; id <= 30; id++) {
    const line = `${JSON.stringify({ id, text: `line ${id} – ü` })}\n`;
    const bytes = Buffer.from(line);
    // Cuts within a character.
    response.write(bytes.subarray(0, bytes.length - 4));
    response.write(bytes.subarray(bytes.length - 4));
    if (id % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  response.end();
}

function headersOf(request: IncomingMessage, response: ServerResponse): void {
  const etag = '"v1"';
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  response.writeHead(
    200,
    [
      ['ETag', etag],
      ['X-Many', 'one'],
      ['x-many', 'two'],
      ['X-Latin', 'caf\u00e9'],
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2; Expires=Wed, 01 Jan 2031 00:00:00 GMT'],
    ].flat(),
  );
  response.end();
}
