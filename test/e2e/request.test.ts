/** What callers are promised of their requests, over HTTP. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { responseSchema } from '../../lambda/api/response.ts';
import { startServedEngine } from '../support/served-engine.ts';

const { engine, execute, fixtures } = await startServedEngine({
  ENGINE_DOWNLOAD_TIMEOUT_MS: '4000',
});

function integrityOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function redirectTo(location: string): string {
  return fixtures.serve('', { status: 302, headers: { location } });
}

function redirectForever(): string {
  return fixtures.answer((request, response) => {
    response.writeHead(302, { location: request.url ?? '' }).end();
  });
}

describe('a request that cannot be served', () => {
  const refused: readonly (readonly [number, string, () => object | string])[] = [
    [400, 'INVALID_REQUEST', () => '{'],
    [400, 'INVALID_REQUEST', () => ({})],
    [400, 'INVALID_REQUEST', () => ({ url: 'nonsense' })],
    [400, 'INVALID_REQUEST', () => ({ url: 'http://user:pass@example.com/' })],
    [400, 'INVALID_REQUEST', () => ({ url: 'https://example.com/', unknown: 1 })],
    [400, 'INVALID_REQUEST', () => ({ url: 'https://example.com/', limits: { timeoutMs: 1e6 } })],
    [400, 'INVALID_REQUEST', () => ({ url: 'https://example.com/', limits: { memoryMb: 1 } })],
    [400, 'INVALID_REQUEST', () => ({ url: fixtures.serve('1'), args: ['a', 1] })],
    [403, 'URL_NOT_ALLOWED', () => ({ url: 'http://127.0.0.1:9/x.js' })],
    [403, 'URL_NOT_ALLOWED', () => ({ url: 'http://169.254.169.254/x.js' })],
    [403, 'URL_NOT_ALLOWED', () => ({ url: redirectTo('http://10.0.0.1/x.js') })],
    [413, 'CODE_TOO_LARGE', () => ({ url: fixtures.serve(' '.repeat(5 * 2 ** 20 + 1)) })],
    [413, 'REQUEST_TOO_LARGE', () => JSON.stringify({ url: 'x', stdin: 'x'.repeat(5 * 2 ** 20) })],
    [422, 'UNSUPPORTED_CODE', () => ({ url: fixtures.serve('<!doctype html><p>hi</p>') })],
    [422, 'UNSUPPORTED_CODE', () => ({ url: fixtures.serve(Uint8Array.of(0xff, 0xfe, 0x31, 0)) })],
    [422, 'INTEGRITY_MISMATCH', () => ({ url: fixtures.serve('1'), integrity: integrityOf('2') })],
    [502, 'DOWNLOAD_FAILED', () => ({ url: fixtures.serve('no', { status: 500 }) })],
    [502, 'DOWNLOAD_FAILED', () => ({ url: redirectForever() })],
    [504, 'DOWNLOAD_TIMEOUT', () => ({ url: fixtures.answer(() => {}) })],
  ];

  test.each(refused)('gets %s %s', async (http, code, request) => {
    const response = await execute(request());
    expect(response).toMatchObject({ http, status: 'error', result: null, error: { code } });
    expect(response.error?.message.length).toBeGreaterThan(10);
    expect(JSON.stringify(response.error)).not.toMatch(/node:internal|\.ts:|\.mjs:/);
  });

  test('a matching integrity value is no obstacle', async () => {
    const request = { url: fixtures.serve('1'), integrity: integrityOf('1') };
    expect((await execute(request)).result).toBe(1);
  });

  test.each([
    ['GET', '/execute', 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/health', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/nothing', 404, 'NOT_FOUND'],
  ])('%s %s gets %s', async (method, path, http, code) => {
    const response = await fetch(engine.origin + path, { method });
    const body: unknown = await response.json();
    expect([response.status, body]).toMatchObject([http, { status: 'error', error: { code } }]);
    responseSchema().parse(body);
  });

  test('another media type gets 415', async () => {
    const response = await fetch(`${engine.origin}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expect(response.status).toBe(415);
  });
});

describe('what the code is', () => {
  test.each([
    ['content', {}, '', '#!/usr/bin/env node\n1'],
    ['content-type', { 'content-type': 'text/javascript; charset=utf-8' }, '', '1'],
    ['extension', { 'content-type': 'text/plain' }, '.mjs', '1'],
    ['default', {}, '', '1'],
  ])('is told by its %s', async (detectedBy, headers, extension, body) => {
    const url = fixtures.serve(body, { headers, extension });
    expect((await execute({ url })).metadata).toMatchObject({ detectedBy, codeType: 'javascript' });
  });

  test('is told by the hint where nothing else tells', async () => {
    const { metadata } = await execute({ url: fixtures.serve('1'), type: 'javascript' });
    expect(metadata.detectedBy).toBe('hint');
  });
});

describe('downloads', () => {
  test('are cached as their server allows, and revalidated', async () => {
    const cached = fixtures.serve('1', { headers: { 'cache-control': 'max-age=60' } });
    const never = fixtures.serve('1', { headers: { 'cache-control': 'no-store' } });
    for (let request = 0; request < 3; request++) {
      await execute({ url: cached });
      await execute({ url: never });
    }
    expect([fixtures.hits(cached), fixtures.hits(never)]).toEqual([1, 3]);
  });

  test('tell the final URL after a redirect', async () => {
    const target = fixtures.serve('5', { extension: '.js' });
    const url = fixtures.serve('', { status: 302, headers: { location: target } });
    expect(await execute({ url })).toMatchObject({ result: 5, metadata: { url: target } });
  });
});

describe('the other routes', () => {
  test('/health tells that the sandboxes are up', async () => {
    const health = await engine.health();
    expect(health).toMatchObject({ status: expect.any(String), version: expect.any(String) });
    expect(health.sandboxes.size).toBeGreaterThan(0);
  });

  test('/openapi.json describes the API', async () => {
    const document = (await (await fetch(`${engine.origin}/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
    };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/execute', '/health']));
  });
});
