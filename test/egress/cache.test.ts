import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Egress, EgressOptions } from '../../lambda/egress/egress.ts';
import {
  download,
  egressTo,
  fetchFrom,
  quota,
  serve,
  sessionOf,
  type TestServer,
} from '../support/servers/egress.ts';

let server: TestServer;
let egress: Egress;
let requests: { url: string; ifNoneMatch: string | undefined }[] = [];

/** Serves a new body each time, so that a cached one shows. */
async function start(
  headers: Record<string, string>,
  options: Partial<EgressOptions> = {},
): Promise<string> {
  requests = [];
  server = await serve((request, response) => {
    const ifNoneMatch = request.headers['if-none-match'];
    requests.push({ url: request.url ?? '', ifNoneMatch });
    const isFresh = headers.etag !== undefined && ifNoneMatch === headers.etag;
    response.writeHead(isFresh ? 304 : 200, headers);
    response.end(isFresh ? undefined : `body ${requests.length}`);
  });
  egress = egressTo([server], options);
  return server.origin;
}

afterEach(async () => {
  await egress.close();
  await server.close();
});

const text = async (url: string) => Buffer.from((await download(egress, url)).bytes).toString();

describe('downloads are cached as HTTP allows', () => {
  test.each<[Record<string, string>, boolean]>([
    [{ 'cache-control': 'max-age=60' }, true],
    [{ 'cache-control': 'public, max-age=60, immutable' }, true],
    [{ 'cache-control': 's-maxage=60' }, true],
    [{ expires: new Date(Date.now() + 60_000).toUTCString() }, true],
    [{}, false],
    [{ 'cache-control': 'no-store' }, false],
    [{ 'cache-control': 'max-age=60, no-store' }, false],
    [{ 'cache-control': 'private, max-age=60' }, false],
    [{ 'cache-control': 'max-age=0' }, false],
    [{ 'cache-control': 'max-age=0, stale-while-revalidate=600' }, false],
    [{ 'cache-control': 'max-age=60', 'set-cookie': 'a=1' }, false],
    [{ 'cache-control': 'max-age=60', vary: '*' }, false],
    [{ 'cache-control': 'max-age=60', vary: 'accept-encoding' }, true],
    [{ etag: '"a"' }, false],
    [{ 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }, false],
    [{ 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT', 'cache-control': 'public' }, false],
    [{ 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT', 'cache-control': 'max-age=60' }, true],
  ])('%j: %s', async (headers, cached) => {
    const origin = await start(headers);
    expect(await text(`${origin}/a.js`)).toBe('body 1');
    expect(await text(`${origin}/a.js`)).toBe(cached ? 'body 1' : 'body 2');
    expect(requests).toHaveLength(cached ? 1 : 2);
  });

  test('a stale entry is asked for again by its ETag, and not sent twice', async () => {
    const origin = await start({ 'cache-control': 'no-cache', etag: '"v1"' });
    const first = await download(egress, `${origin}/a.js`);
    const second = await download(egress, `${origin}/a.js`);
    expect(requests.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, '"v1"']);
    expect(second).toEqual(first);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['answers with an error', (response) => response.writeHead(503).end('down')],
    ['does not answer', (response) => response.destroy()],
  ])('a server that allows stale code and %s is not covered for', async (_, fail) => {
    let up = true;
    server = await serve((_, response) => {
      if (!up) return void fail(response);
      response.writeHead(200, { etag: '"v1"', 'cache-control': 'no-cache, stale-if-error=600' });
      response.end('old');
    });
    egress = egressTo([server]);
    expect(await text(`${server.origin}/a.js`)).toBe('old');
    up = false;
    await expect(text(`${server.origin}/a.js`)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  test('a hit is the kept bytes themselves, not a copy', async () => {
    const large = Buffer.alloc(90_000, 'x');
    server = await serve((_, response) => {
      response.setHeader('cache-control', 'max-age=60');
      response.write(large.subarray(0, 10));
      setTimeout(() => response.end(large.subarray(10)), 5);
    });
    egress = egressTo([server]);
    const first = await download(egress, `${server.origin}/`);
    const [second, third] = [
      await download(egress, `${server.origin}/`),
      await download(egress, `${server.origin}/`),
    ];
    expect(third.bytes).toBe(second.bytes);
    expect(third.sha256).toBe(first.sha256);
  });

  test('an entry answers for its own URL alone', async () => {
    const origin = await start({ 'cache-control': 'max-age=60' });
    expect(await text(`${origin}/a.js`)).toBe('body 1');
    expect(await text(`${origin}/a.js?v=2`)).toBe('body 2');
    expect(await text(`${origin}/A.js`)).toBe('body 3');
    expect(await text(`${origin}/a.js#part`)).toBe('body 1');
  });

  test('an entry is still checked against its integrity value', async () => {
    const origin = await start({ 'cache-control': 'max-age=60' });
    await download(egress, `${origin}/a.js`);
    const wrong = `sha256-${Buffer.alloc(32).toString('base64')}`;
    await expect(download(egress, `${origin}/a.js`, wrong)).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    });
  });

  test('what is over its limit is not kept', async () => {
    let size = 2_000;
    server = await serve((_, response) => {
      response.setHeader('cache-control', 'max-age=60');
      response.end('x'.repeat(size));
    });
    egress = egressTo([server], { maxCodeBytes: 1_000, maxWasmBytes: 1_000 });
    await expect(download(egress, `${server.origin}/`)).rejects.toMatchObject({
      code: 'CODE_TOO_LARGE',
    });
    size = 500;
    expect((await download(egress, `${server.origin}/`)).bytes).toHaveLength(500);
  });
});

describe('the cache tells a script nothing', () => {
  const importOf = async (url: string, cachePartition?: string) => {
    const session = egress.openSession({
      runId: `run ${Math.random()}`,
      quota,
      allowedHosts: null,
      ...(cachePartition === undefined ? {} : { cachePartition }),
    });
    const outcome = await session.importModule(
      { url, computed: false },
      new AbortController().signal,
    );
    return outcome.ok ? Buffer.from(outcome.body).toString() : outcome.message;
  };

  test('what one run has imported, only runs of its own partition find', async () => {
    const origin = await start({ 'cache-control': 'max-age=60' });
    expect(await importOf(`${origin}/a.js`, 'one')).toBe('body 1');
    expect(await importOf(`${origin}/a.js`, 'one')).toBe('body 1');
    expect(await importOf(`${origin}/a.js`, 'two')).toBe('body 2');
    expect(await importOf(`${origin}/a.js`)).toBe('body 3');
    expect(await importOf(`${origin}/a.js`)).toBe('body 4');
    expect(await text(`${origin}/a.js`)).toBe('body 5');
  });

  test('what a guest fetches is never cached', async () => {
    const origin = await start({ 'cache-control': 'max-age=60' });
    await text(`${origin}/a.js`);
    const session = sessionOf(egress);
    expect((await fetchFrom(session, `${origin}/a.js`)).text).toBe('body 2');
    expect((await fetchFrom(session, `${origin}/a.js`)).text).toBe('body 3');
    expect(await text(`${origin}/a.js`)).toBe('body 1');
  });

  test('an entry serves nobody whom the policy refuses its URL', async () => {
    const origin = await start({ 'cache-control': 'max-age=60' });
    await text(`${origin}/a.js`);
    const strict = egressTo([server], { codeAllowedHosts: ['example.com'] });
    await expect(download(strict, `${origin}/a.js`)).rejects.toMatchObject({
      code: 'URL_NOT_ALLOWED',
    });
    await strict.close();
  });

  test('a cached redirect is judged like a fresh one', async () => {
    server = await serve((request, response) => {
      response.writeHead(301, { location: 'http://10.0.0.1/', 'cache-control': 'max-age=60' });
      response.end(request.url);
    });
    egress = egressTo([server]);
    for (let i = 0; i < 2; i += 1) {
      await expect(download(egress, `${server.origin}/`)).rejects.toMatchObject({
        code: 'URL_NOT_ALLOWED',
        details: { rule: 'address' },
      });
    }
    expect(server.accepted()).toBe(1);
  });
});
