/** What one run may fetch: its hosts, its quotas, and its end. */

import { afterEach, describe, expect, test } from '@jest/globals';
import type { EgressRecord } from '../../lambda/egress/egress.ts';
import {
  closeEgress,
  echo,
  fetchFrom,
  listen,
  sessionOf,
  trusting,
} from '../support/servers/egress.ts';

afterEach(closeEgress);

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
    expect(
      await session.importModule(
        { url: `${origin}/`, computed: false },
        new AbortController().signal,
      ),
    ).toMatchObject({
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
    const imported = session.importModule(
      { url: `${server.origin}/`, computed: false },
      new AbortController().signal,
    );
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
    const outcome = await session.importModule(
      { url: `${origin}/m`, computed: false },
      new AbortController().signal,
    );
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
      session.importModule(
        { url: `${origin}/${path}`, computed: false },
        new AbortController().signal,
      );
    expect(await load('1001')).toMatchObject({ ok: false, code: 'CODE_TOO_LARGE' });
    // The bytes of a refused one count too.
    for (let i = 0; i < 2; i += 1) expect(await load(`1000?${i}`)).toMatchObject({ ok: true });
    expect(await load('1000')).toMatchObject({ ok: false, code: 'CODE_TOO_LARGE' });
    expect(await load('0001')).toMatchObject({ ok: false, code: 'CODE_TOO_LARGE' });
  });
});
