/** The client, against servers that answer by a script and against the engine itself. */

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientTypes } from '../../build/client-types.ts';
import {
  type Client,
  createClient,
  DownloadError,
  InvalidRequestError,
  NotAllowedError,
  OverloadedError,
  ProtocolError,
  RunError,
  ScriptEngineError,
  type StreamEvent,
  UnsupportedCodeError,
} from '../../lambda/client/client.ts';
import { retryAfterMsOf } from '../../lambda/client/retry.ts';
import { startServedEngine } from '../support/served-engine.ts';
import { type Loopback, listenOnLoopback } from '../support/servers/loopback.ts';
import { until } from '../support/until.ts';

const engine = await startServedEngine({});

test('has the types of the OpenAPI document', async () => {
  const file = await readFile(new URL('../../lambda/client/wire.ts', import.meta.url), 'utf8');
  expect(file).toBe(await clientTypes());
});

describe('against the engine', () => {
  const client = createClient({ endpoint: engine.engine.origin });

  test('gives the answer, or the result alone', async () => {
    const answer = await client.execute({
      code: 'console.log("hi"); input.n + 1',
      input: { n: 1 },
    });
    expect(answer).toMatchObject({ status: 'success', result: 2, stdout: 'hi\n', error: null });
    expect(await client.run({ code: '[1, 2]' })).toEqual([1, 2]);
  });

  test('tells a failed run by its answer, or as an error with what was printed', async () => {
    const request = { code: 'console.log("before"); null.x' };
    expect((await client.execute(request)).error?.code).toBe('RUNTIME_ERROR');
    const error = await client.run(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunError);
    expect(error).toBeInstanceOf(ScriptEngineError);
    expect(error).toMatchObject({
      code: 'RUNTIME_ERROR',
      guestName: 'TypeError',
      status: 200,
      response: { stdout: 'before\n' },
    });
  });

  test.each([
    [{}, InvalidRequestError, 'INVALID_REQUEST'],
    [{ code: '<!doctype html><html></html>' }, UnsupportedCodeError, 'UNSUPPORTED_CODE'],
    [{ url: 'http://169.254.169.254/' }, NotAllowedError, 'URL_NOT_ALLOWED'],
    [{ url: 'http://name.invalid/' }, DownloadError, 'DOWNLOAD_FAILED'],
  ])('%j is %p', async (request, Class, code) => {
    const error = await client.execute(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({ code, requestId: expect.any(String) });
  });

  test('streams events in the order in which they happened', async () => {
    const code = `console.log('ä'); console.error('b'); app_log('info', 'c'); 5`;
    const events = await eventsOf(client.stream({ code }));
    expect(events.map(({ event }) => event)).toEqual(['start', 'stdout', 'stderr', 'log', 'end']);
    expect(events[1]?.data).toEqual({ text: 'ä\n' });
    expect(events.at(-1)?.data).toMatchObject({ status: 'success', result: 5, stdout: '' });
  });
});

async function eventsOf(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;

describe('against a server by script', () => {
  let loopback: Loopback;
  let respond: Respond = (_, response) => response.end();
  let received: { headers: IncomingMessage['headers']; path: string; body: string }[] = [];
  let client: Client;

  beforeAll(async () => {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ headers: request.headers, path: request.url ?? '', body });
      respond(request, response, body);
    });
    loopback = await listenOnLoopback(server);
    client = at('/prod', { retry: { baseMs: 1 } });
  });
  afterAll(() => loopback.close());

  function at(path: string, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
    received = [];
    return createClient({ endpoint: `http://127.0.0.1:${loopback.port}${path}`, ...options });
  }

  const answer = { status: 'success', result: 1, error: null, metadata: {} };
  const failure = (code: string) =>
    JSON.stringify({ status: 'error', error: { code, message: code }, metadata: {} });

  test.each(['', '/', '/prod', '/prod/', '/prod/execute'])('endpoint %j', async (path) => {
    respond = (_, response) => response.end(JSON.stringify(answer));
    await at(path).run({ code: '1' });
    expect(received[0]?.path).toBe(path.startsWith('/prod') ? '/prod/execute' : '/execute');
  });

  test('sends key, headers and what signs the request', async () => {
    respond = (_, response) => response.end(JSON.stringify(answer));
    const signing = at('', {
      apiKey: 'k',
      headers: { 'x-own': 'o' },
      sign: async ({ method, headers, body }) => ({
        authorization: `${method} ${Object.keys(headers).join()} ${body}`,
      }),
    });
    expect(await signing.run({ code: '1' })).toBe(1);
    expect(received[0]?.headers).toMatchObject({
      'x-api-key': 'k',
      'x-own': 'o',
      authorization: 'POST accept,content-type,x-api-key,x-own {"code":"1"}',
    });
  });

  test.each([429, 503])('tries again after %d, as often as told', async (status) => {
    let left = 2;
    respond = (_, response) => {
      if (left-- > 0) response.writeHead(status, { 'retry-after': '0' }).end(failure('OVERLOADED'));
      else response.end(JSON.stringify(answer));
    };
    received = [];
    expect(await client.run({ code: '1' })).toBe(1);
    expect(received).toHaveLength(3);
    left = 9;
    const impatient = at('', { retry: false });
    await expect(impatient.run({ code: '1' })).rejects.toBeInstanceOf(OverloadedError);
    expect(received).toHaveLength(1);
  });

  test.each([
    [429, '<html>Too many</html>'],
    [503, '{"message":"Service Unavailable"}'],
  ])('tries again after %d of something in front of the engine', async (status, text) => {
    let left = 1;
    respond = (_, response) => {
      if (left-- > 0) response.writeHead(status, { 'retry-after': '0' }).end(text);
      else response.end(JSON.stringify(answer));
    };
    received = [];
    expect(await client.run({ code: '1' })).toBe(1);
    expect(received).toHaveLength(2);
    left = 1;
    await expect(at('', { retry: false }).run({ code: '1' })).rejects.toMatchObject({
      name: 'OverloadedError',
      code: 'OVERLOADED',
      status,
      retryAfterMs: 0,
      response: null,
    });
  });

  test.each([400, 403, 500, 502, 504])('does not try again after %d', async (status) => {
    respond = (_, response) => response.writeHead(status).end(failure('INTERNAL_ERROR'));
    received = [];
    await expect(client.run({ code: '1' })).rejects.toMatchObject({ status });
    expect(received).toHaveLength(1);
  });

  test('does not send again what may have run', async () => {
    respond = (request) => request.socket.destroy();
    received = [];
    await expect(client.run({ code: '1' })).rejects.toThrow('fetch failed');
    expect(received).toHaveLength(1);
  });

  test('does not wait longer than it may', async () => {
    respond = (_, response) =>
      response.writeHead(503, { 'retry-after': '3600' }).end(failure('OVERLOADED'));
    await expect(client.run({ code: '1' })).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
  });

  test('ends a wait, a call and a stream by a signal', async () => {
    respond = (_, response) =>
      response.writeHead(503, { 'retry-after': '15' }).end(failure('OVERLOADED'));
    const reason = new Error('enough');
    const endSoon = (): { signal: AbortSignal } => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      return controller;
    };
    await expect(client.run({ code: '1' }, endSoon())).rejects.toBe(reason);
    respond = () => {};
    await expect(client.run({ code: '1' }, endSoon())).rejects.toBe(reason);
    respond = (_, response) => {
      response.setHeader('content-type', 'application/x-ndjson');
      response.write('{"event":"start","data":{}}\n');
    };
    await expect(eventsOf(client.stream({ code: '1' }, endSoon()))).rejects.toBe(reason);
  });

  test.each(['<html>', '', '{}', 'null', '{"status":"success"}'])(
    'takes %j for no answer',
    async (text) => {
      respond = (_, response) => response.end(text);
      await expect(client.run({ code: '1' })).rejects.toBeInstanceOf(ProtocolError);
      respond = (_, response) => response.writeHead(502).end(text);
      await expect(client.run({ code: '1' })).rejects.toBeInstanceOf(ProtocolError);
    },
  );

  test('reads a stream in pieces of any size, and skips what it does not know', async () => {
    const lines = [
      { event: 'start', data: {} },
      { event: 'later', data: {} },
      { event: 'stdout', data: { text: 'ä€😀' } },
      { event: 'end', data: answer },
    ].map((event) => `${JSON.stringify(event)}\n`);
    const bytes = Buffer.from(lines.join('\n'));
    for (const size of [1, 3, 1000]) {
      respond = (_, response) => {
        response.setHeader('content-type', 'application/x-ndjson; charset=utf-8');
        for (let i = 0; i < bytes.length; i += size) response.write(bytes.subarray(i, i + size));
        response.end();
      };
      const events = await eventsOf(client.stream({ code: '1' }));
      expect(events.map(({ event }) => event)).toEqual(['start', 'stdout', 'end']);
      expect(events[1]?.data).toEqual({ text: 'ä€😀' });
    }
  });

  test('tells a stream that ends too early', async () => {
    respond = (_, response) => {
      response.setHeader('content-type', 'application/x-ndjson');
      response.end('{"event":"start","data":{}}\n');
    };
    await expect(eventsOf(client.stream({ code: '1' }))).rejects.toBeInstanceOf(ProtocolError);
  });

  test('makes a stream of an answer that comes at once', async () => {
    const { error, metadata } = answer;
    respond = (_, response) => {
      response.setHeader('content-type', 'application/json');
      const printed = { stdout: 'a', stderr: '', logs: [{ level: 'info', message: 'm' }] };
      response.end(JSON.stringify({ status: 'success', result: 1, ...printed, error, metadata }));
    };
    const events = await eventsOf(client.stream({ code: '1' }));
    expect(events.map(({ event }) => event)).toEqual(['start', 'stdout', 'log', 'end']);
    expect(events.at(-1)?.data).toMatchObject({ result: 1, stdout: '', logs: [] });
  });

  test('ends the request where the caller leaves the loop', async () => {
    let closed = false;
    respond = (_, response) => {
      response.setHeader('content-type', 'application/x-ndjson');
      response.write('{"event":"start","data":{}}\n');
      response.on('close', () => {
        closed = true;
      });
    };
    for await (const { event } of client.stream({ code: '1' })) {
      expect(event).toBe('start');
      break;
    }
    await until(() => closed);
  });
});

test.each([
  ['5', 5000],
  [' 0 ', 0],
  ['Sun, 29 Nov 2026 00:00:10 GMT', 10_000],
  ['Sun, 29 Nov 2026 00:00:00 GMT', 0],
  ['soon', null],
  [null, null],
])('Retry-After %j is %p ms', (header, ms) => {
  expect(retryAfterMsOf(header, Date.parse('2026-11-29T00:00:00Z'))).toBe(ms);
});
