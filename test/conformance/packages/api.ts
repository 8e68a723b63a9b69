/** The web that the programs see: what they fetch, always with the same answers. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../support/servers/loopback.ts';

export interface Api {
  readonly origin: string;
  close(): Promise<void>;
}

type Answer = (body: string, request: IncomingMessage, response: ServerResponse) => void;

const MAX_SLOW_MS = 2000;

/** @param programs by path */
export async function startApi(programs: ReadonlyMap<string, string>): Promise<Api> {
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const path = new URL(url, 'http://localhost').pathname;
    const program = programs.get(url);
    if (program !== undefined) {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(program);
      return;
    }
    void text(request).then((body) => answerOf(path)(body, request, response));
  });
  const { port, close } = await listenOnLoopback(server);
  return { origin: `http://127.0.0.1:${port}`, close };
}

function answerOf(path: string): Answer {
  const [, status] = /^\/status\/(\d{3})$/.exec(path) ?? [];
  if (status !== undefined) return json({ error: `status ${status}` }, Number(status));
  return answers[path] ?? json({ message: 'There is no such thing', code: 'none' }, 404);
}

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_body, _request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

/** Tells what came, without what differs from client to client. */
const echo: Answer = (body, { method, url, headers }, response) => {
  const seen = ['accept', 'content-type', 'x-client', 'x-request'].map((name) => [
    name,
    headers[name],
  ]);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ method, url, headers: Object.fromEntries(seen), body }));
};

/** Sends parts, each a moment after the one before. */
function inParts(contentType: string, parts: readonly string[]): Answer {
  return (_body, _request, response) => {
    response.writeHead(200, { 'content-type': contentType });
    const left = [...parts];
    const next = (): void => {
      const part = left.shift();
      if (part === undefined) response.end();
      else response.write(part, () => setTimeout(next, 2));
    };
    next();
  };
}

const orders: Answer = (body, request, response) => {
  if (request.method === 'POST') return json(JSON.parse(body), 201)(body, request, response);
  const { url, headers } = request;
  const rows = [
    { id: 2, lines: [{ sku: 'x', count: 1 }] },
    { id: 1, lines: [] },
  ];
  const seen = { url, prefer: headers.prefer, key: headers.apikey };
  return json([...rows, seen], 200, { 'content-range': '0-1/2' })(body, request, response);
};

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'small', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })}\n\n`;
const lastChunk = `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'small', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;

const completions: Answer = (body, request, response) => {
  const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean };
  if (model === 'missing') {
    const error = {
      message: 'no such model',
      type: 'invalid_request_error',
      code: 'model_not_found',
    };
    return json({ error }, 404)(body, request, response);
  }
  const whole = chunk('Hel') + chunk('lo, wörld') + lastChunk;
  // Cut where no event ends.
  const parts = [whole.slice(0, 50), whole.slice(50, 400), whole.slice(400)];
  if (stream === true) return inParts('text/event-stream', parts)(body, request, response);
  const message = { role: 'assistant', content: 'Hello', refusal: null };
  const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
  const completion = { id: 'c0', object: 'chat.completion', created: 1, model, choices };
  return json(completion)(body, request, response);
};

const answers: { readonly [path: string]: Answer } = {
  '/echo': echo,
  '/bytes': (_body, _request, response) => response.end(Buffer.from([0, 1, 127, 128, 255])),
  '/stream': inParts('text/plain; charset=utf-8', ['one ', 'two ', 'drei ü']),
  '/slow': (_body, _request, response) => {
    const timer = setTimeout(() => response.end('late'), MAX_SLOW_MS);
    response.on('close', () => clearTimeout(timer));
  },
  '/rest/v1/orders': orders,
  '/functions/v1/hello': (body, request, response) =>
    json({ got: JSON.parse(body) })(body, request, response),
  '/storage/v1/object/images/a.txt': json({ Id: '1', Key: 'images/a.txt' }),
  '/v1/chat/completions': completions,
  '/v1/models': json({ object: 'list', data: [{ id: 'small' }, { id: 'large' }] }, 200, {
    'x-request-id': 'r1',
  }),
  '/v1/files': (body, request, response) =>
    json({ id: 'f1', names: [...body.matchAll(/name="(\w+)"/g)].map(([, name]) => name) })(
      body,
      request,
      response,
    ),
};
