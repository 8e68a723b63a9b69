/** A component that sends and reads at once, through the whole engine and over the network. */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../../../../support/served-engine.ts';

const MIB = 2 ** 20;
const exchange = new Uint8Array(readFileSync(new URL('programs/exchange.wasm', import.meta.url)));

/** What the server was sent, a request after the other. */
const bodies: { length: number; pieces: number; isRight: boolean; ended: boolean }[] = [];

const paths: {
  readonly [path: string]: (request: IncomingMessage, response: ServerResponse) => void;
} = {
  '/echo': (request, response) => {
    request.on('data', (piece: Buffer) => {
      if (!response.write(piece)) request.pause();
    });
    response.on('drain', () => request.resume());
    request.on('end', () => response.end());
  },
  '/late': (request, response) => {
    request.pause();
    setTimeout(() => request.resume().on('end', () => response.end()), 300);
  },
};

const server = createServer((request, response) => {
  const body = { length: 0, pieces: 0, isRight: true, ended: false };
  bodies.push(body);
  response.writeHead(200).flushHeaders();
  paths[request.url ?? '']?.(request, response);
  request.on('error', () => response.destroy());
  request.on('data', (piece: Buffer) => {
    body.isRight &&= piece.every((byte, at) => byte === ((body.length + at) & 0xff));
    body.length += piece.length;
    body.pieces += 1;
  });
  request.on('end', () => {
    body.ended = true;
  });
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close().closeAllConnections());

const { runModule } = await startServedEngine(
  {
    ENGINE_FETCH_MAX_REQUEST_BYTES: String(16 * MIB),
    ENGINE_FETCH_MAX_RESPONSE_BYTES: String(16 * MIB),
    ENGINE_FETCH_MAX_TOTAL_BYTES: String(40 * MIB),
    ENGINE_FETCH_TIMEOUT_MS: '25000',
  },
  [`http://${authority}`],
);

const run = async (
  [path, total, window]: readonly [path: string, total: number, window: number],
  fetch: object = {},
) => {
  const args = [authority, path, total, window];
  const limits = { timeoutMs: 25_000, fetch };
  const response = await runModule(exchange, { entrypoint: 'exchange', args, limits });
  return { response, body: bodies.at(-1) };
};

/** The place of a case in `error-code`. */
const HTTP_REQUEST_DENIED = 15;
const HTTP_REQUEST_BODY_SIZE = 17;
const HTTP_RESPONSE_BODY_SIZE = 28;

describe('a component that sends a body and reads the response at once', () => {
  test('gets an answer to each piece before it sends the next one', async () => {
    const { response, body } = await run(['/echo', 200, 10]);
    expect(response).toMatchObject({ error: null, result: [200, 0] });
    expect(response.metadata.fetch).toEqual({
      requests: 1,
      bytesSent: 200,
      bytesReceived: 200,
    });
    expect(body).toEqual({ length: 200, pieces: 20, isRight: true, ended: true });
  });

  test('moves more than the host holds', async () => {
    const { response, body } = await run(['/echo', 6 * MIB, 6 * MIB]);
    expect(response).toMatchObject({ error: null, result: [6 * MIB, expect.any(Number)] });
    expect(body).toMatchObject({ length: 6 * MIB, isRight: true, ended: true });
    expect(response.metadata.memoryPeakBytes).toBe(3 * 65_536);
  });

  test('waits for a server that takes nothing', async () => {
    const { response, body } = await run(['/late', 12 * MIB, 12 * MIB]);
    expect(response).toMatchObject({ error: null, result: [0, expect.any(Number)] });
    expect((response.result as [number, number])[1]).toBeGreaterThan(0);
    expect(body).toMatchObject({ length: 12 * MIB, isRight: true, ended: true });
  });

  test.each([
    ['the request', { maxRequestBytes: 100_000 }, HTTP_REQUEST_BODY_SIZE],
    ['the response', { maxResponseBytes: 100_000 }, HTTP_RESPONSE_BODY_SIZE],
  ])('is told by an error-code that a quota for %s is used up', async (_what, limit, code) => {
    const { response, body } = await run(['/echo', MIB, 50_000], limit);
    expect(response).toMatchObject({
      result: null,
      error: { code: 'RUNTIME_ERROR', details: code },
    });
    expect(body?.ended).toBe(false);
    expect(body?.length).toBeLessThanOrEqual(150_000);
  });

  test('sends nothing to a host that the policy refuses', async () => {
    const count = bodies.length;
    const { response } = await run(['/echo', 100, 100], { allowedHosts: ['example.com'] });
    expect(response.error).toMatchObject({ code: 'RUNTIME_ERROR', details: HTTP_REQUEST_DENIED });
    expect(bodies).toHaveLength(count);
  });
});
