import { afterEach, describe, expect, test } from '@jest/globals';
import type { Egress, EgressOptions, EgressRecord } from '../../lambda/egress/egress.ts';
import {
  egressTo,
  fetchFrom,
  serve,
  sessionOf,
  type TestServer,
} from '../support/servers/egress.ts';

type Listener = Parameters<typeof serve>[0];

const servers: TestServer[] = [];
const layers: Egress[] = [];

async function listen(listener: Listener): Promise<TestServer> {
  const server = await serve(listener);
  servers.push(server);
  return server;
}

function trusting(options: Partial<EgressOptions> = {}): Egress {
  const egress = egressTo(servers, options);
  layers.push(egress);
  return egress;
}

afterEach(async () => {
  await Promise.all(layers.splice(0).map((egress) => egress.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Answers with what it was asked. */
const echo: Listener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.end(
      JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString('latin1') }),
    );
  });
};

describe('a request of a guest', () => {
  test('arrives with its method, headers and body, byte for byte', async () => {
    const { origin } = await listen(echo);
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const { text, status } = await fetchFrom(sessionOf(trusting()), `${origin}/a?b=c#d`, {
      method: 'post',
      headers: [
        ['Content-Type', 'application/octet-stream'],
        ['X-One', ' a '],
        ['x-one', 'b'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['X-Latin', 'caf\u00e9'],
        ['__proto__', 'x'],
      ],
      body,
    });
    expect(status).toBe(200);
    const seen = JSON.parse(text ?? '');
    expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: body.toString('latin1') });
    expect(Object.entries(seen.headers)).toEqual(
      Object.entries({
        host: origin.slice(7),
        connection: 'keep-alive',
        'user-agent': 'script-engine',
        'content-type': 'application/octet-stream',
        'x-one': 'a, b',
        cookie: 'a=1; b=2',
        'x-latin': 'caf\u00e9',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate, br, zstd',
        'content-length': '256',
      }),
    );
  });

  test.each([
    ['Host', 'internal.test'],
    ['Content-Length', '0'],
    ['Content-Length', '5, 6'],
    ['Transfer-Encoding', 'chunked'],
    ['transfer-encoding', 'identity'],
    ['Connection', 'close, x-one'],
    ['Keep-Alive', 'timeout=1'],
    ['Upgrade', 'h2c'],
    ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
    ['TE', 'trailers'],
    ['Trailer', 'x-one'],
    ['Expect', '100-continue'],
    ['Via', '1.1 x'],
    ['Proxy-Authorization', 'Basic eDp5'],
    ['Proxy-Connection', 'keep-alive'],
    ['User-Agent', 'Mozilla/5.0'],
  ])('does not get to set %s (%j)', async (name, value) => {
    const { origin } = await listen(echo);
    const { text, error } = await fetchFrom(sessionOf(trusting()), `${origin}/`, {
      method: 'POST',
      headers: [[name, value]],
      body: 'hello',
    });
    expect(error).toBeNull();
    const seen = JSON.parse(text ?? '');
    expect(seen.body).toBe('hello');
    expect(seen.headers).toEqual({
      host: origin.slice(7),
      connection: 'keep-alive',
      'user-agent': 'script-engine',
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br, zstd',
      'content-length': '5',
    });
  });

  test.each([
    ['a method with a space', { method: 'GET /x HTTP/1.1\r\nX: y' }],
    ['an empty method', { method: '' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['trace', { method: 'trace' }],
    ['TRACK', { method: 'TRACK' }],
    ['a GET with a body', { method: 'GET', body: '' }],
    ['a HEAD with a body', { method: 'head', body: 'x' }],
    ['a header name with a colon', { headers: [['a:b', 'c']] as const }],
    ['a header name with a line break', { headers: [['a\r\nb', 'c']] as const }],
    ['an empty header name', { headers: [['', 'c']] as const }],
    ['a header name beyond ASCII', { headers: [['\u212aeep-alive', 'c']] as const }],
    ['a value with CRLF', { headers: [['a', 'b\r\nHost: internal.test']] as const }],
    ['a value with LF', { headers: [['a', 'b\nc']] as const }],
    ['a value with NUL', { headers: [['a', 'b\0c']] as const }],
    ['a value with another control character', { headers: [['a', 'b\u0001c']] as const }],
    ['a value beyond Latin-1', { headers: [['a', 'b\u010ac']] as const }],
    ['a forbidden header with CRLF', { headers: [['host', 'b\r\nx: y']] as const }],
    ['64 KiB of headers', { headers: [['a', 'x'.repeat(70_000)]] as const }],
  ])('is refused: %s', async (_, options) => {
    const server = await listen(echo);
    const session = sessionOf(trusting());
    const { error } = await fetchFrom(session, `${server.origin}/`, options);
    expect(error?.kind).toBe('bad-request');
    expect(server.accepted()).toBe(0);
    expect(session.counts.requests).toBe(0);
  });

  test.each([
    ['delete', 'DELETE'],
    ['options', 'OPTIONS'],
    ['put', 'PUT'],
    ['PATCH', 'PATCH'],
    ['patch', 'patch'],
  ])('%s is sent as %s, as in the standard', async (method, sent) => {
    const { origin } = await listen((request, response) => response.end(request.method));
    const { text, error } = await fetchFrom(sessionOf(trusting()), `${origin}/`, { method });
    // Node.js's server, like most, refuses the lower-case method.
    if (method === 'patch') expect([text, error?.kind]).not.toContain('PATCH');
    else expect(text).toBe(sent);
  });

  test('that is refused has sent nothing', async () => {
    const session = sessionOf(trusting());
    await fetchFrom(session, 'http://10.0.0.1/', { method: 'POST', body: 'secret' });
    expect(session.counts).toEqual({ requests: 1, bytesSent: 0, bytesReceived: 0 });
  });

  test('has a body of up to its quota', async () => {
    const server = await listen(echo);
    const session = sessionOf(trusting(), { maxRequestBytes: 10 });
    const options = { method: 'POST' };
    expect(
      (await fetchFrom(session, `${server.origin}/`, { ...options, body: 'x'.repeat(10) })).status,
    ).toBe(200);
    expect(
      (await fetchFrom(session, `${server.origin}/`, { ...options, body: 'x'.repeat(11) })).error,
    ).toEqual({
      kind: 'quota',
      message: expect.stringContaining('10 bytes for the body of a request (maxRequestBytes)'),
      causeCode: null,
    });
    expect(session.counts).toMatchObject({ requests: 1, bytesSent: 10 });
  });
});

describe('a response', () => {
  test('is handed over as it came', async () => {
    const { origin } = await listen((_, response) => {
      response.writeHead(418, 'Short and stout', [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-Latin', 'caf\u00e9'],
      ] as never);
      response.end('tea');
    });
    const response = await fetchFrom(sessionOf(trusting()), `${origin}/x#y`);
    expect(response).toMatchObject({
      status: 418,
      statusText: 'Short and stout',
      url: `${origin}/x`,
      redirected: false,
      text: 'tea',
    });
    expect(response.headers).toEqual(
      expect.arrayContaining([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-latin', 'caf\u00e9'],
      ]),
    );
  });

  test('of a HEAD request has no body, whatever its Content-Length', async () => {
    const { origin } = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '1000000', 'content-encoding': 'gzip' }).end();
    });
    const session = sessionOf(trusting());
    expect(await fetchFrom(session, `${origin}/`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(session.counts).toEqual({ requests: 1, bytesSent: 0, bytesReceived: 0 });
  });

  test('may be informational first', async () => {
    const { origin } = await listen((_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.writeProcessing();
      response.end('final');
    });
    expect(await fetchFrom(sessionOf(trusting()), `${origin}/`)).toMatchObject({
      status: 200,
      text: 'final',
    });
  });
});

describe('a redirect', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'DELETE', 'GET'],
    [301, 'GET', 'GET'],
    [303, 'HEAD', 'HEAD'],
  ])('%d turns %s into %s', async (status, method, expected) => {
    const seen: unknown[] = [];
    const { origin } = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/') return response.writeHead(status, { location: '/end' }).end();
        seen.push([
          request.method,
          Buffer.concat(chunks).toString(),
          request.headers['content-type'],
        ]);
        response.end();
      });
    });
    const response = await fetchFrom(sessionOf(trusting()), `${origin}/#part`, {
      method,
      headers: [['content-type', 'text/plain']],
      ...(method === 'GET' || method === 'HEAD' ? {} : { body: 'body' }),
    });
    expect(response).toMatchObject({ status: 200, redirected: true, url: `${origin}/end` });
    const keepsBody = expected === method && method !== 'GET' && method !== 'HEAD';
    expect(seen).toEqual([
      [
        expected,
        keepsBody ? 'body' : '',
        keepsBody || expected === method ? 'text/plain' : undefined,
      ],
    ]);
  });

  test('drops credentials where it leaves the origin, and only there', async () => {
    const credentials = [
      ['Authorization', 'Bearer s3cret'],
      ['Cookie', 'session=s3cret'],
      ['X-Kept', 'yes'],
    ] as const;
    const other = await listen(echo);
    const first = await listen((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: `${other.origin}/` }).end();
      else if (request.url === '/near') response.writeHead(302, { location: '/here' }).end();
      else echo(request, response);
    });
    const session = sessionOf(trusting());
    const near = await fetchFrom(session, `${first.origin}/near`, { headers: credentials });
    const away = await fetchFrom(session, `${first.origin}/away`, { headers: credentials });
    expect(JSON.parse(near.text ?? '').headers).toMatchObject({
      authorization: 'Bearer s3cret',
      cookie: 'session=s3cret',
    });
    const seen = JSON.parse(away.text ?? '').headers;
    expect(seen).toMatchObject({ 'x-kept': 'yes' });
    expect(JSON.stringify(seen)).not.toContain('s3cret');
  });

  test('is an error or a response where the guest says so', async () => {
    const { origin } = await listen((_, response) => {
      response.writeHead(302, { location: 'http://10.0.0.1/' }).end('moved');
    });
    const session = sessionOf(trusting());
    expect(await fetchFrom(session, `${origin}/`, { redirect: 'error' })).toMatchObject({
      error: { kind: 'network' },
    });
    const manual = await fetchFrom(session, `${origin}/`, { redirect: 'manual' });
    expect(manual).toMatchObject({ status: 302, redirected: false, text: 'moved' });
    expect(manual.headers).toContainEqual(['location', 'http://10.0.0.1/']);
  });

  test('is followed at most 5 times; each hop counts', async () => {
    const { origin } = await listen((_, response) =>
      response.writeHead(302, { location: '/' }).end(),
    );
    const session = sessionOf(trusting());
    expect((await fetchFrom(session, `${origin}/`)).error).toMatchObject({
      kind: 'network',
      message: 'More than 5 redirects.',
    });
    expect(session.counts.requests).toBe(6);
    expect((await fetchFrom(session, `${origin}/`)).error).toMatchObject({ kind: 'quota' });
    expect(session.counts.requests).toBe(10);
  });

  test('without a Location is a response', async () => {
    const { origin } = await listen((_, response) => response.writeHead(302).end('where?'));
    expect(await fetchFrom(sessionOf(trusting()), `${origin}/`)).toMatchObject({
      status: 302,
      text: 'where?',
    });
  });
});

describe('the hosts of a run', () => {
  test.each<[string[], string[] | null, boolean]>([
    [['*'], null, true],
    [['*'], ['127.0.0.1'], true],
    [['127.0.0.1'], ['*'], true],
    [['127.0.0.1'], null, true],
    [['*'], ['example.com'], false],
    [['example.com'], ['*'], false],
    [['example.com'], ['127.0.0.1'], false],
    [['*'], [], false],
    [[], null, false],
  ])('operator %j, request %j: %s', async (fetchAllowedHosts, allowedHosts, allowed) => {
    const { origin } = await listen(echo);
    const session = sessionOf(trusting({ fetchAllowedHosts }), {}, allowedHosts);
    const { error } = await fetchFrom(session, `${origin}/`);
    expect(error?.kind ?? null).toBe(allowed ? null : 'not-allowed');
  });

  test('a pattern that is none is told', () => {
    expect(() => sessionOf(trusting(), {}, ['http://x/'])).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    );
  });

  test('those of code do not apply to fetch, nor the other way round', async () => {
    const { origin } = await listen((_, response) => response.end('1'));
    const egress = trusting({ codeAllowedHosts: [], fetchAllowedHosts: ['*'] });
    const session = sessionOf(egress);
    expect((await fetchFrom(session, `${origin}/`)).status).toBe(200);
    expect(await session.importModule(`${origin}/`, new AbortController().signal)).toMatchObject({
      ok: false,
      code: 'URL_NOT_ALLOWED',
    });
  });
});

describe('the quotas of a run', () => {
  test('bound its requests, refused ones included', async () => {
    const server = await listen(echo);
    const session = sessionOf(trusting(), { maxRequests: 3 });
    await fetchFrom(session, `${server.origin}/`);
    await fetchFrom(session, 'http://10.0.0.1/');
    await fetchFrom(session, 'http://10.0.0.2/');
    expect((await fetchFrom(session, `${server.origin}/`)).error).toEqual({
      kind: 'quota',
      message: 'The quota of this run is used up: 3 requests, redirects included (maxRequests).',
      causeCode: null,
    });
    expect(session.counts.requests).toBe(3);
    expect(server.accepted()).toBe(1);
  });

  test('let so many in at a time; the others wait in line', async () => {
    let open = 0;
    let most = 0;
    const { origin } = await listen((_, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end('done');
      }, 20);
    });
    const session = sessionOf(trusting(), { maxConcurrent: 2 });
    const all = await Promise.all(
      Array.from({ length: 6 }, () => fetchFrom(session, `${origin}/`)),
    );
    expect(all.every(({ text }) => text === 'done')).toBe(true);
    expect(most).toBe(2);
  });

  test('who gives up in line, or times out there, holds up nobody', async () => {
    const answers: (() => void)[] = [];
    const server = await listen((_, response) => answers.push(() => response.end('done')));
    const session = sessionOf(trusting(), { maxConcurrent: 1 });
    const first = fetchFrom(session, `${server.origin}/1`);
    const caller = new AbortController();
    const aborted = fetchFrom(session, `${server.origin}/2`, { signal: caller.signal });
    const late = fetchFrom(session, `${server.origin}/3`, { timeoutMs: 10 });
    const last = fetchFrom(session, `${server.origin}/4`);
    caller.abort();
    expect((await aborted).error?.kind).toBe('aborted');
    expect((await late).error?.kind).toBe('timeout');
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    answers.shift()?.();
    expect((await first).text).toBe('done');
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    answers.shift()?.();
    expect((await last).text).toBe('done');
    expect(session.counts.requests).toBe(2);
  });

  test('let nobody into a line longer than what may be asked', async () => {
    const server = await listen(() => {});
    const session = sessionOf(trusting(), { maxConcurrent: 2, maxRequests: 5, timeoutMs: 60_000 });
    const all = Array.from({ length: 1_000 }, () => fetchFrom(session, `${server.origin}/`));
    const refused = await Promise.all(all.slice(5));
    expect(refused.every(({ error }) => error?.kind === 'quota')).toBe(true);
    session.close();
    for (const { error } of await Promise.all(all.slice(0, 5))) expect(error?.kind).toBe('aborted');
  });

  test.each([
    ['maxResponseBytes', { maxResponseBytes: 1_000 }, 'too-large', '1000 bytes (maxResponseBytes)'],
    [
      'maxTotalBytes',
      { maxTotalBytes: 1_000 },
      'quota',
      '1000 bytes sent and received together (maxTotalBytes)',
    ],
  ])('bound what a response may have: %s', async (_, limits, kind, message) => {
    const { origin } = await listen((request, response) =>
      response.end('x'.repeat(Number(request.url?.slice(1)))),
    );
    const session = sessionOf(trusting(), limits);
    expect((await fetchFrom(session, `${origin}/1000`)).text).toHaveLength(1_000);
    const fresh = sessionOf(trusting(), limits);
    expect((await fetchFrom(fresh, `${origin}/1001`)).error).toEqual({
      kind,
      message: expect.stringContaining(message),
      causeCode: null,
    });
  });

  test('bound all bytes of the run together', async () => {
    const { origin } = await listen((_, response) => response.end('x'.repeat(400)));
    const session = sessionOf(trusting(), { maxTotalBytes: 1_000 });
    await fetchFrom(session, `${origin}/`);
    await fetchFrom(session, `${origin}/`, { method: 'POST', body: 'x'.repeat(100) });
    expect(session.counts).toEqual({ requests: 2, bytesSent: 100, bytesReceived: 800 });
    expect((await fetchFrom(session, `${origin}/`)).error?.kind).toBe('quota');
    expect(
      (await fetchFrom(session, `${origin}/`, { method: 'POST', body: 'x'.repeat(500) })).error
        ?.kind,
    ).toBe('quota');
  });

  test('bound the time of a fetch, the shorter of the two limits', async () => {
    const { origin } = await listen(() => {});
    const long = sessionOf(trusting(), { timeoutMs: 60_000 });
    expect((await fetchFrom(long, `${origin}/`, { timeoutMs: 30 })).error).toEqual({
      kind: 'timeout',
      message: 'The request took longer than its limit of 30 ms (timeoutMs).',
      causeCode: null,
    });
    const short = sessionOf(trusting(), { timeoutMs: 30 });
    expect((await fetchFrom(short, `${origin}/`, { timeoutMs: 60_000 })).error?.kind).toBe(
      'timeout',
    );
  });
});

describe('the end of a run', () => {
  test('is the end of its connections, which no other run uses', async () => {
    const server = await listen(echo);
    const egress = trusting();
    const one = sessionOf(egress);
    const two = sessionOf(egress);
    for (const session of [one, two, one, two]) await fetchFrom(session, `${server.origin}/`);
    expect(server.accepted()).toBe(2);
    one.close();
    two.close();
    while (server.connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('aborts what is under way, and nothing new begins', async () => {
    const server = await listen(() => {});
    const session = sessionOf(trusting(), { maxConcurrent: 1 });
    const underWay = [
      fetchFrom(session, `${server.origin}/`),
      fetchFrom(session, `${server.origin}/`),
    ];
    const imported = session.importModule(`${server.origin}/`, new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 30));
    session.close();
    for (const { error } of await Promise.all(underWay)) expect(error?.kind).toBe('aborted');
    expect(await imported).toMatchObject({ ok: false, message: 'The run is over.' });
    expect((await fetchFrom(session, `${server.origin}/`)).error?.kind).toBe('aborted');
    while (server.connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('an import', () => {
  test('has its final URL, type and bytes, and does not count as a fetch', async () => {
    const records: EgressRecord[] = [];
    const { origin } = await listen((request, response) => {
      if (request.url === '/m') response.writeHead(302, { location: '/m.js' }).end();
      else response.setHeader('content-type', 'text/javascript').end('export {}');
    });
    const session = sessionOf(trusting({ onRequest: (record) => records.push(record) }));
    const outcome = await session.importModule(`${origin}/m`, new AbortController().signal);
    expect(outcome).toMatchObject({
      ok: true,
      url: `${origin}/m.js`,
      contentType: 'text/javascript',
    });
    expect(session.counts.requests).toBe(0);
    expect(records.map(({ purpose }) => purpose)).toEqual(['import', 'import']);
  });

  test('is limited like code, and all of a run together', async () => {
    const { origin } = await listen((request, response) =>
      response.end('x'.repeat(Number(request.url?.slice(1, 5)))),
    );
    const session = sessionOf(trusting({ maxCodeBytes: 1_000 }));
    const load = (path: string) =>
      session.importModule(`${origin}/${path}`, new AbortController().signal);
    expect(await load('1001')).toMatchObject({ ok: false, code: 'CODE_TOO_LARGE' });
    for (let i = 0; i < 4; i += 1) expect(await load(`1000?${i}`)).toMatchObject({ ok: true });
    expect(await load('0001')).toMatchObject({ ok: false, code: 'CODE_TOO_LARGE' });
  });
});
