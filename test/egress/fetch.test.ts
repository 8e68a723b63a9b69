/** A guest's request and its response pass through unchanged; redirects are followed here. */

import { afterEach, describe, expect, test } from '@jest/globals';
import {
  closeEgress,
  echo,
  fetchFrom,
  listen,
  sessionOf,
  trusting,
} from '../support/servers/egress.ts';

afterEach(closeEgress);

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
      causeCode: 'maxRequestBytes',
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
