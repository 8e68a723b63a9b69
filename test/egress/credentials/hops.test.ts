/** Credentials on the wire: what servers get of them, and what scripts can get out of servers. */

import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readCredentials } from '../../../lambda/settings/credentials.ts';
import {
  closeEgress,
  echo,
  fetchFrom,
  listen,
  quota,
  trusting,
} from '../../support/servers/egress.ts';

afterEach(closeEgress);

const secret = 'sk_live_0123456789';
const code = { url: 'https://code.example.com/a.js', sha256: 'ab'.repeat(32) };

/** A session whose fetches of `match` get the secret. */
function sessionWith(match: string, credential: object = {}, running = code) {
  const settings = readCredentials(
    JSON.stringify([
      { match, header: 'authorization', format: 'Bearer {}', secret: 'env:KEY', ...credential },
    ]),
  );
  if (typeof settings === 'string') throw new Error(settings);
  const egress = trusting({
    credentials: settings,
    secrets: { get: async () => secret },
  });
  return egress.openSession({ runId: 'run', quota, allowedHosts: null, code: running });
}

describe('a server', () => {
  test('gets the credential, and a guest does not see it in what comes back', async () => {
    const { origin } = await listen(echo);
    let seen = '';
    const { origin: looking } = await listen((request, response) => {
      seen = String(request.headers.authorization);
      response.end('ok');
    });
    await fetchFrom(sessionWith(`${looking}/*`), `${looking}/x`);
    expect(seen).toBe(`Bearer ${secret}`);
    const { text } = await fetchFrom(sessionWith(`${origin}/*`), `${origin}/x`);
    expect(JSON.parse(text ?? '').headers.authorization).toBe('[redacted]');
  });

  test('of another origin or path gets none, nor one that a redirect leads to', async () => {
    const seen: (string | undefined)[] = [];
    const { origin: other } = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    const { origin } = await listen((request, response) => {
      if (request.url?.startsWith('/v1/')) {
        const echoed = encodeURIComponent(String(request.headers.authorization));
        response.writeHead(302, { location: `${other}/?got=${echoed}` }).end();
      } else {
        seen.push(request.headers.authorization);
        response.end();
      }
    });
    const { url } = await fetchFrom(sessionWith(`${origin}/v1/*`), `${origin}/v1/a`);
    expect(url).toContain('got=[redacted]');
    await fetchFrom(sessionWith(`${origin}/v1/*`), `${origin}/v2/a`);
    await fetchFrom(sessionWith(`${origin}/v1/*`), `${origin}/v1/..%2fv2/a`);
    await fetchFrom(sessionWith(`${origin}/v1/*`), `${other}/v1/a`);
    expect(seen).toHaveLength(4);
    expect(seen.every((value) => value === undefined)).toBe(true);
  });

  test('that a redirect leads back to gets it again', async () => {
    const seen: (string | undefined)[] = [];
    const { origin } = await listen((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/v1/b') response.end();
      else response.writeHead(307, { location: '/v1/b' }).end();
    });
    await fetchFrom(sessionWith(`${origin}/v1/b`), `${origin}/a`);
    expect(seen).toEqual([undefined, `Bearer ${secret}`]);
  });

  test('gets none from code that it is not for', async () => {
    let seen: string | undefined = '';
    const { origin } = await listen((request, response) => {
      seen = request.headers.authorization;
      response.end();
    });
    const forCode = ['https://code.example.com/a.js'];
    await fetchFrom(sessionWith(`${origin}/*`, { forCode }), `${origin}/`);
    expect(seen).toBe(`Bearer ${secret}`);
    const inline = { url: 'inline:///main.js', sha256: 'cd'.repeat(32) };
    await fetchFrom(sessionWith(`${origin}/*`, { forCode }, inline), `${origin}/`);
    expect(seen).toBeUndefined();
  });
});

describe('a guest', () => {
  const base64 = Buffer.from(`user:${secret}`).toString('base64');
  test.each([
    ['at once', [`a ${secret} b`]],
    ['in pieces', [...`a ${secret} b`]],
    ['in base64', [`a ${base64} b`]],
  ])('finds no secret in a body that echoes it %s', async (_, pieces) => {
    const { origin } = await listen(async (_request, response) => {
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      response.end();
    });
    const { text } = await fetchFrom(sessionWith(`${origin}/*`), `${origin}/`);
    expect(text).toMatch(/^a .*\[redacted\].* b$/);
  });

  test('finds none where the body is compressed, nor in headers or the status line', async () => {
    const { origin } = await listen((_, response) => {
      response.writeHead(200, `OK ${secret}`, {
        'content-encoding': 'gzip',
        'x-echo': [`Bearer ${secret}`, secret],
        [`x-${secret}`]: 'name',
      });
      response.end(gzipSync(`{"token":"${secret}"}`));
    });
    const answer = await fetchFrom(sessionWith(`${origin}/*`), `${origin}/`);
    expect(answer.text).toBe('{"token":"[redacted]"}');
    expect(JSON.stringify(answer)).not.toContain(secret);
  });

  test.each([{ 'content-encoding': 'rot13' }, { 'transfer-encoding': 'rot13, chunked' }])(
    'gets no body in an encoding that nobody here reads: %j',
    async (headers) => {
      const { origin } = await listen((_, response) => {
        response.writeHead(200, headers).end('fx_yvir_0123456789');
      });
      const { error } = await fetchFrom(sessionWith(`${origin}/*`), `${origin}/`);
      expect(error).toMatchObject({ kind: 'network' });
      expect((await fetchFrom(sessionWith('https://x.example/*'), `${origin}/`)).text).toContain(
        'fx_',
      );
    },
  );

  test.each([
    ['authorization', 'Basic x'],
    ['range', 'bytes=0-3'],
  ])('cannot set %s itself', async (name, value) => {
    const { origin, accepted } = await listen(echo);
    const options = { headers: [[name, value]] as [string, string][] };
    const { error } = await fetchFrom(sessionWith(`${origin}/*`), `${origin}/`, options);
    expect(error).toMatchObject({ kind: 'not-allowed', message: expect.stringContaining(name) });
    expect(accepted()).toBe(0);
  });
});
