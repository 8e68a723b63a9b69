import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { responseSchema } from '../../lambda/api/response.ts';
import { type Answer, type LocalServer, startServer } from '../../lambda/local/server.ts';

let folder: string;
let server: LocalServer;
const events: { event: APIGatewayProxyEvent; context: Context }[] = [];
const answers: Answer[] = [];
const answer = async () => ({ statusCode: 200, headers: { 'x-a': 'b' }, body: '{"ä":1}' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examples-'));
  await mkdir(join(folder, 'examples/deep'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'examples/a.js'), 'export {}');
  await writeFile(join(folder, 'examples/.hidden'), 'secret');
  await writeFile(join(folder, 'examples/deep/ü b.json'), '{}');
  await writeFile(join(folder, 'examples/m.wasm'), Buffer.from([0, 0x61, 0x73, 0x6d]));
  await symlink(join(folder, 'secret.txt'), join(folder, 'examples/link.js'));
  server = await startServer({
    port: 0,
    examplesFolder: join(folder, 'examples'),
    loadHandler: async () => async (event, context) => {
      events.push({ event: event as APIGatewayProxyEvent, context });
      return answer();
    },
    onAnswer: (given) => answers.push(given),
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Sends a path as it is, which `fetch` would normalize. */
function get(path: string, options: { method?: string; headers?: object; body?: Buffer } = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const { port } = new URL(server.origin);
      const { method = 'GET', headers = {} } = options;
      const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers: { ...headers } });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      sent.end(options.body);
    },
  );
}

function lastEvent() {
  const last = events.at(-1);
  if (last === undefined) throw new Error('The handler was not called');
  return last;
}

describe('the local server', () => {
  test('turns a request into the event of a REST API', async () => {
    await get('/execute?a=1&a=2&b=%20', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Two': ['1', '2'] },
      body: Buffer.from('{"ü":1}'),
    });
    const { event, context } = lastEvent();
    expect(event).toMatchObject({
      path: '/execute',
      httpMethod: 'POST',
      body: '{"ü":1}',
      isBase64Encoded: false,
      queryStringParameters: { a: '2', b: ' ' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [' '] },
      headers: { 'Content-Type': 'application/json', 'X-Two': '2' },
      multiValueHeaders: { 'X-Two': ['1', '2'] },
      requestContext: { stage: 'local', httpMethod: 'POST', identity: { sourceIp: '127.0.0.1' } },
    });
    expect(event.requestContext.requestId).toBe(context.awsRequestId);
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(20_000);
  });

  test('passes bytes that are no text in base64', async () => {
    await get('/execute', { method: 'POST', body: Buffer.from([0xff, 0]) });
    expect(lastEvent().event).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  test('passes no more of a huge body than is too much for the handler', async () => {
    const { status } = await get('/execute', {
      method: 'POST',
      body: Buffer.alloc(30 * 2 ** 20, 'x'),
    });
    expect(status).toBe(200);
    expect(lastEvent().event.body?.length).toBeGreaterThan(6_291_556);
    expect(lastEvent().event.body?.length).toBeLessThan(11 * 2 ** 20);
  });

  test("gives the handler's answer to the client, and to who listens", async () => {
    const response = await get('/health');
    expect(response).toMatchObject({ status: 200, body: '{"ä":1}' });
    expect(response.headers).toMatchObject({ 'x-a': 'b', 'content-length': '8' });
    expect(answers.at(-1)).toMatchObject({
      method: 'GET',
      path: '/health',
      result: { statusCode: 200 },
    });
  });

  test('survives clients that go away and requests that are no HTTP', async () => {
    const { hostname, port } = new URL(server.origin);
    const { connect } = await import('node:net');
    for (const bytes of [
      '\x16\x03\x01',
      'POST /execute HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(bytes, () => socket.resetAndDestroy());
        });
        socket.on('error', () => {}).on('close', () => resolve());
      });
    }
    expect((await get('/health')).status).toBe(200);
  });

  test('answers what is under way before it stops, and nothing later', async () => {
    const called = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const stopping = await startServer({
      port: 0,
      examplesFolder: folder,
      loadHandler: async () => async () => {
        called.resolve();
        await gate.promise;
        return { statusCode: 200, body: 'done' };
      },
    });
    const answered = fetch(`${stopping.origin}/execute`, { method: 'POST', body: '{}' });
    await called.promise;
    const closed = stopping.close();
    await expect(fetch(`${stopping.origin}/health`)).rejects.toThrow();
    gate.resolve();
    expect(await (await answered).text()).toBe('done');
    await closed;
  });

  test('does not stay behind where the handler cannot be loaded', async () => {
    let origin = '';
    const starting = startServer({
      port: 0,
      examplesFolder: folder,
      loadHandler: async (known) => {
        origin = known;
        throw new Error('no handler');
      },
    });
    await expect(starting).rejects.toThrow('no handler');
    await expect(fetch(origin)).rejects.toThrow();
  });

  test('says that its port is taken', async () => {
    const loadHandler = jest.fn<() => Promise<never>>();
    const port = Number(new URL(server.origin).port);
    await expect(startServer({ port, examplesFolder: folder, loadHandler })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(loadHandler).not.toHaveBeenCalled();
  });
});

describe('a request that a page of somebody else sends', () => {
  let own = '';
  let allowing: LocalServer;
  beforeAll(async () => {
    own = server.origin;
    allowing = await startServer({
      port: 0,
      examplesFolder: folder,
      pageOrigins: ['https://app.example.com'],
      loadHandler: async () => answer,
    });
  });
  afterAll(() => allowing.close());

  const post = (headers: object, path = '/execute') =>
    get(path, { method: 'POST', headers, body: Buffer.from('{}') });

  test.each<[string, object]>([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin that is kept secret', { origin: 'null' }],
    ['the own host, but another port', { origin: 'http://127.0.0.1:1' }],
    ['the own host by another scheme', { origin: 'https://127.0.0.1' }],
    ['a name that leads to this machine', { host: 'rebound.example' }],
    ['such a name, and its origin', { host: 'a.example:80', origin: 'http://a.example' }],
    ['a name that begins as the own', { host: 'localhost.example' }],
    ['a host with a user', { host: 'localhost@evil.example' }],
    ['a host with a path', { host: 'localhost/evil' }],
  ])('is refused: %s', async (_, headers) => {
    const before = events.length;
    for (const path of ['/execute', '/health', '/examples/a.js']) {
      const response = await post(headers, path);
      expect(response.status).toBe(403);
      const body = JSON.parse(response.body);
      expect(responseSchema().safeParse(body).error).toBeUndefined();
      expect(body).toMatchObject({ status: 'error', error: { code: 'FORBIDDEN' } });
      expect(response.headers['x-request-id']).toBe(body.metadata.requestId);
    }
    expect(events.length).toBe(before);
  });

  test('is refused as a preflight, too', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    expect((await get('/execute', { method: 'OPTIONS', headers })).status).toBe(403);
  });

  test('may ask first, as API Gateway lets it, where its origin is allowed', async () => {
    const ask = (origin: string) =>
      fetch(`${allowing.origin}/execute`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const before = events.length;
    const response = await ask('https://app.example.com');
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('content-type'),
      vary: 'origin',
    });
    expect((await ask('https://other.example.com')).status).toBe(403);
    expect(events.length).toBe(before);
  });

  test('is answered where it is no page, or one of the own or of the allowed origins', async () => {
    const { host, port } = new URL(own);
    expect((await post({})).status).toBe(200);
    expect((await post({ origin: own, host })).status).toBe(200);
    expect((await post({ host: `localhost:${port}` })).status).toBe(200);
    expect(
      (await post({ host: `LOCALHOST:${port}`, origin: `http://localhost:${port}` })).status,
    ).toBe(200);
    expect((await post({ host: '[::1]:3000', origin: 'http://[::1]:3000' })).status).toBe(200);
    const page = { origin: 'https://app.example.com' };
    expect(
      (await fetch(`${allowing.origin}/execute`, { method: 'POST', headers: page })).status,
    ).toBe(200);
    const other = { origin: 'https://other.example.com' };
    expect(
      (await fetch(`${allowing.origin}/execute`, { method: 'POST', headers: other })).status,
    ).toBe(403);
  });
});

describe('the examples', () => {
  test.each([
    ['/examples/a.js', 'text/javascript; charset=utf-8', 'export {}'],
    ['/examples/a.js?x=/../..', 'text/javascript; charset=utf-8', 'export {}'],
    ['/examples/deep/%C3%BC%20b.json', 'application/json', '{}'],
    ['/examples/m.wasm', 'application/wasm', '\0asm'],
  ])('are served with their type: %s', async (path, type, body) => {
    const response = await get(path);
    expect(response).toMatchObject({ status: 200, body });
    expect(response.headers['content-type']).toBe(type);
  });

  test('are not sent again to who has them', async () => {
    const { etag } = (await get('/examples/a.js')).headers;
    const again = await get('/examples/a.js', { headers: { 'if-none-match': etag } });
    expect(again).toMatchObject({ status: 304, body: '' });
    await writeFile(join(folder, 'examples/a.js'), 'export { };');
    const changed = await get('/examples/a.js', { headers: { 'if-none-match': etag } });
    expect(changed).toMatchObject({ status: 200, body: 'export { };' });
  });

  test('can be asked about with HEAD, and not be changed', async () => {
    expect(await get('/examples/a.js', { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
    });
    const refused = await get('/examples/a.js', { method: 'PUT' });
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(responseSchema().parse(JSON.parse(refused.body)).error?.code).toBe('METHOD_NOT_ALLOWED');
  });

  test.each([
    '/examples/../secret.txt',
    '/examples/..%2fsecret.txt',
    '/examples/%2e%2e/secret.txt',
    '/examples/deep/../../secret.txt',
    '/examples/..%5csecret.txt',
    '/examples//secret.txt',
    '/examples/%2fetc/passwd',
    '/examples/.hidden',
    '/examples/link.js',
    '/examples/',
    '/examples/deep',
    '/examples/none.js',
    '/examples/a.js%00',
    '/examples/%ff',
    '/examples/%',
    `/examples/${'a/'.repeat(3000)}`,
  ])('are all that is served: not %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.body).not.toContain('secret');
    const { error, metadata } = responseSchema().parse(JSON.parse(response.body));
    expect(error?.code).toBe('NOT_FOUND');
    expect(response.headers['x-request-id']).toBe(metadata.requestId);
  });
});
