/** What stands around a body that flows: its length, and what comes behind it. */

import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { GuestFetchRequest } from '../../../lambda/contract/calls.ts';
import type { FetchSession } from '../../../lambda/egress/session.ts';
import { readCredentials } from '../../../lambda/settings/credentials.ts';
import {
  closeEgress,
  echo,
  listen,
  quota,
  sessionOf,
  trusting,
} from '../../support/servers/egress.ts';

afterEach(closeEgress);

const secret = 'sk_live_0123456789';
const never = (): AbortSignal => new AbortController().signal;

function begin(session: FetchSession, url: string, request: Partial<GuestFetchRequest> = {}) {
  const plain: GuestFetchRequest = {
    url,
    method: 'GET',
    headers: [],
    hasBody: false,
    redirect: 'follow',
    timeoutMs: null,
    whole: false,
    upload: null,
  };
  return session.fetches.fetch({ ...plain, ...request }, new Uint8Array(), never());
}

/** A body, some time after it the end of it, and trailers: one of them has what the request had. */
const trailing: RequestListener = (request, response) => {
  const isCoded = request.url === '/gzip';
  response.writeHead(200, {
    trailer: 'x-sum, x-echo',
    ...(isCoded && { 'content-encoding': 'gzip' }),
  });
  response.write(isCoded ? gzipSync('body') : 'body');
  response.addTrailers([
    ['X-Sum', '12'],
    ['x-sum', '34'],
    ['x-echo', `got ${request.headers.authorization}`],
  ]);
  if (request.url === '/late') endLate = () => response.end();
  else setImmediate(() => response.end());
};
let endLate = (): void => {};

const trailers = [
  ['x-sum', '12'],
  ['x-sum', '34'],
  ['x-echo', 'got undefined'],
];

describe('trailers', () => {
  test.each(['/', '/gzip'])('come with a body that is complete at once: %s', async (path) => {
    const { origin } = await listen(trailing);
    const session = sessionOf(trusting());
    for (const whole of [true, false]) {
      const answer = await begin(session, origin + path, { whole });
      if (answer.ok && answer.rest !== null) {
        expect(await session.fetches.read({ rest: answer.rest, whole: true }, never())).toEqual({
          ok: true,
          body: Buffer.from('body'),
          ended: true,
          trailers,
        });
      } else expect(answer).toMatchObject({ ok: true, body: Buffer.from('body'), trailers });
    }
  });

  test('come with the end of a body that is read', async () => {
    const { origin } = await listen(trailing);
    const session = sessionOf(trusting());
    const answer = await begin(session, `${origin}/late`);
    if (!answer.ok || answer.rest === null) throw new Error('The body was there at once.');
    expect(answer).not.toHaveProperty('trailers');
    const read = () => session.fetches.read({ rest: answer.rest ?? 0, whole: false }, never());
    expect(await read()).toEqual({ ok: true, body: Buffer.from('body'), ended: false });
    endLate();
    expect(await read()).toEqual({ ok: true, body: Buffer.alloc(0), ended: true, trailers });
  });

  test('are absent where there are none', async () => {
    const { origin } = await listen(echo);
    expect(await begin(sessionOf(trusting()), `${origin}/`)).not.toHaveProperty('trailers');
  });

  test('say nothing of a credential that the host has added', async () => {
    const { origin } = await listen(trailing);
    const credentials = readCredentials(
      JSON.stringify([{ match: `${origin}/*`, header: 'authorization', secret: 'env:KEY' }]),
    );
    if (typeof credentials === 'string') throw new Error(credentials);
    const egress = trusting({ credentials, secrets: { get: async () => secret } });
    const code = { url: 'https://code.example.com/a.js', sha256: 'ab'.repeat(32) };
    const session = egress.openSession({ runId: 'run', quota, allowedHosts: null, code });
    const answer = await begin(session, `${origin}/`, { whole: true });
    expect(answer.ok && answer.trailers?.at(-1)).toEqual(['x-echo', 'got [redacted]']);
  });
});

describe('the length of a body that is sent piece by piece', () => {
  const sent = async (headers: readonly [string, string][], ...pieces: readonly string[]) => {
    const { origin } = await listen(echo);
    const session = sessionOf(trusting());
    const options = { method: 'POST', hasBody: true, upload: 1, headers };
    const answer = begin(session, `${origin}/`, options);
    const results = [];
    for (const [at, text] of pieces.entries()) {
      const request = { upload: 1, last: at === pieces.length - 1 };
      results.push(await session.fetches.send(request, Buffer.from(text)));
    }
    const got = await answer;
    return got.ok ? JSON.parse(Buffer.from(got.body).toString()) : got;
  };

  test('is told to the server where the guest tells it', async () => {
    const echoed = await sent([['Content-Length', '5']], 'ab', 'cde');
    expect(echoed).toMatchObject({ body: 'abcde', headers: { 'content-length': '5' } });
    expect(echoed.headers).not.toHaveProperty('transfer-encoding');
  });

  test.each(['abc', '-1', '0x5', '5, 5', ''])('is none where it is "%s"', async (length) => {
    const echoed = await sent([['content-length', length]], 'ab');
    expect(echoed).toMatchObject({ body: 'ab', headers: { 'transfer-encoding': 'chunked' } });
    expect(echoed.headers).not.toHaveProperty('content-length');
  });

  test.each([
    ['longer', ['abc', 'def', '']],
    ['shorter', ['ab', '']],
  ])('is kept: a body that is %s is never a whole one', async (_name, pieces) => {
    expect(await sent([['content-length', '5']], ...pieces)).toMatchObject({
      ok: false,
      error: { kind: 'network', causeCode: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' },
    });
  });

  test('is one', async () => {
    const headers: readonly [string, string][] = [
      ['content-length', '5'],
      ['content-length', '6'],
    ];
    expect(await sent(headers, '')).toMatchObject({ ok: false, error: { kind: 'bad-request' } });
  });
});
