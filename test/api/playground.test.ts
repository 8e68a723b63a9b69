/** The playground's page and files, as each kind of gateway gets them. */

import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { fakeEngine } from '../support/fake-engine.ts';
import { readEvent } from '../support/lambda/event.ts';
import { handlerOf, streamingHandlerOf } from '../support/lambda/handler.ts';
import { printedLines } from '../support/printed-lines.ts';

// Each request leaves a line of log.
printedLines();

const rest = (path: string, headers: object = {}, httpMethod = 'GET') => ({
  ...readEvent('execute-rest.json'),
  path,
  resource: path,
  httpMethod,
  headers,
  body: null,
});
const http = (rawPath: string, headers: object = {}) => ({
  ...readEvent('execute-http.json'),
  rawPath,
  routeKey: '$default',
  requestContext: { stage: '$default', requestId: 'a', http: { method: 'GET', path: rawPath } },
  headers,
  body: undefined,
  isBase64Encoded: false,
});
const brotli = { 'Accept-Encoding': 'gzip, deflate, br' };

const handle = handlerOf(fakeEngine(), { playground: true });
const stream = streamingHandlerOf(fakeEngine(), { playground: true });

async function assets(): Promise<string[]> {
  const { body } = await handle(rest('/'));
  return [...body.matchAll(/(?:src|href)="(playground\/[^"]+)"/g)].map(
    ([, path = '']) => `/${path}`,
  );
}

describe('the page', () => {
  test('has a policy of its own, which permits nothing inline and nothing foreign', async () => {
    const { statusCode, headers, body } = await handle(rest('/'));
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
    expect(String(policy)).not.toMatch(/unsafe|https?:|\*/);
    expect(body).not.toMatch(/<style|style="|\son\w+="|<script[^>]*>[^<]/);
  });

  test('names its script and its style by what is in them, for ever', async () => {
    const paths = await assets();
    expect(paths).toEqual([
      expect.stringMatching(/^\/playground\/style-\w{8}\.css$/),
      expect.stringMatching(/^\/playground\/main-\w{8}\.js$/),
    ]);
    for (const path of paths) {
      const { statusCode, headers, body } = await handle(rest(path));
      expect(statusCode).toBe(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-type']).toMatch(/^text\/(css|javascript); charset=utf-8$/);
      expect(body.length).toBeGreaterThan(1000);
    }
  });

  test.each([
    ['/v1', 'a stage'],
    ['/v1/', 'a stage, with a slash'],
  ])('is at %s, %s', async (rawPath) => {
    const event = http(rawPath);
    const requestContext = { ...event.requestContext, stage: 'v1' };
    const { headers } = await handle({ ...event, requestContext });
    expect(headers['content-type']).toContain('text/html');
  });

  test('HEAD has its headers and no body', async () => {
    for (const path of ['/', ...(await assets())]) {
      const answer = await handle(rest(path, brotli, 'HEAD'));
      expect(answer).toMatchObject({ statusCode: 200, body: '', isBase64Encoded: false });
      expect((await stream(rest(path, brotli, 'HEAD'))).body).toBe('');
    }
  });

  test.each([
    '/playground/',
    '/playground/index.html',
    '/playground/main.js',
    '/playground/..%2Fhandler.mjs',
    '/playground/../handler.mjs',
    '/playground/__proto__',
    '/playground/main-AAAAAAAA.js.br',
    '/__proto__',
    '/constructor',
  ])('nothing else is served: %s', async (path) => {
    const { statusCode, json } = await handle(rest(path));
    expect([statusCode, json.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  test('other methods are told which there are', async () => {
    const { statusCode, headers } = await handle(rest('/', {}, 'POST'));
    expect([statusCode, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('where it is off there is nothing', async () => {
    for (const path of ['/', '/playground/main-AAAAAAAA.js']) {
      const { statusCode, json } = await handlerOf(fakeEngine(), { playground: false })(rest(path));
      expect([statusCode, json.error.code]).toEqual([404, 'NOT_FOUND']);
      expect(json.error.message).not.toContain('playground');
    }
  });
});

describe('compression', () => {
  test('a REST API gets text, as it does not decode base64 by itself', async () => {
    const { headers, isBase64Encoded, body } = await handle(rest('/', brotli));
    expect([isBase64Encoded, headers['content-encoding']]).toEqual([false, undefined]);
    expect(body).toMatch(/^<!doctype html>/);
  });

  test('an HTTP API and a function URL get base64, which they decode', async () => {
    const { headers, isBase64Encoded, body } = await handle(http('/', brotli));
    expect([isBase64Encoded, headers['content-encoding']]).toEqual([true, 'br']);
    expect(brotliDecompressSync(Buffer.from(body, 'base64')).toString()).toMatch(
      /^<!doctype html>/,
    );
  });

  test('a stream has the bytes themselves', async () => {
    const { headers, isBase64Encoded, body } = await stream(rest('/', brotli));
    expect([isBase64Encoded, headers?.['content-encoding']]).toEqual([false, 'br']);
    const chunks: Buffer[] = [];
    for await (const chunk of body as Readable) chunks.push(chunk);
    expect(brotliDecompressSync(Buffer.concat(chunks)).toString()).toMatch(/^<!doctype html>/);
  });

  test.each([
    ['br', 'br'],
    ['gzip, br;q=0.5', 'br'],
    ['BR', 'br'],
    ['br;q=0', undefined],
    ['gzip, br; q=0.000', undefined],
    ['gzip', undefined],
    ['brx, xbr', undefined],
    ['', undefined],
  ])('Accept-Encoding %j: %s', async (header, encoding) => {
    const { headers, body } = await stream(rest('/', { 'accept-encoding': header }));
    expect(headers?.['content-encoding']).toBe(encoding);
    expect(headers?.vary).toBe('accept-encoding');
    if (encoding === undefined) expect(body).toMatch(/^<!doctype html>/);
    else await text(body as Readable);
  });
});
