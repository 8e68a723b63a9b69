/** Servers that answer wrongly, slowly or never fail the download, and leave nothing behind. */

import { afterEach, describe, expect, test } from '@jest/globals';
import {
  closeEgress,
  download,
  fetchFrom,
  listen,
  listenRaw,
  sessionOf,
  trusting,
} from '../support/servers/egress.ts';
import { until } from '../support/until.ts';
import { faults, ok } from './faults.ts';

afterEach(closeEgress);

describe('a server that', () => {
  test.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const server = await listenRaw((socket) => {
      socket.setDefaultEncoding('latin1');
      fault.answer(socket);
    });
    const egress = trusting({ downloadTimeoutMs: 250 });
    const failure = await download(egress, `${server.origin}/`).catch((error) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(`^${fault.code}`),
      ...(fault.reason === undefined ? {} : { details: { reason: fault.reason } }),
    });
    expect(failure.message).toMatch(/^[A-Z0-9].*\.$/);
    const session = sessionOf(egress, { timeoutMs: 250 });
    const { error, status } = await fetchFrom(session, `${server.origin}/`);
    // To a fetch an error page is a response, if a very long one.
    expect(error !== null || status === 500).toBe(true);
    await until(() => server.connections.size === 0);
  });

  test('falls silent within its body is given up before the download is over', async () => {
    const server = await listenRaw((socket) => socket.write(`${ok}Content-Length: 10\r\n\r\nhalf`));
    const egress = trusting({ downloadTimeoutMs: 25_000 });
    await expect(download(egress, `${server.origin}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_TIMEOUT',
      message: expect.stringContaining('stopped sending in the middle'),
    });
  });

  test('is not there', async () => {
    const server = await listen(() => {});
    await server.close();
    await expect(download(trusting(), `${server.origin}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('nothing is listening there'),
      details: { reason: 'ECONNREFUSED' },
    });
  });
});

test('who gives up while connecting leaves no socket behind', async () => {
  // Accepts connections, and never answers the TLS handshake.
  const server = await listenRaw(() => {});
  const origin = `https://127.0.0.1:${server.port}`;
  const egress = trusting({ trustedOrigins: [origin], downloadTimeoutMs: 50 });
  await expect(download(egress, `${origin}/`)).rejects.toMatchObject({ code: 'DOWNLOAD_TIMEOUT' });
  await until(() => server.connections.size === 0);
  const session = sessionOf(egress);
  const fetches = Array.from({ length: 10 }, () =>
    fetchFrom(session, `${origin}/`, { timeoutMs: 20 }),
  );
  for (const { error } of await Promise.all(fetches)) expect(error?.kind).toBe('timeout');
  await until(() => server.connections.size === 0);
}, 9_000); // A connection that nobody gives up on ends after ten seconds.

describe('what is unusual, but right,', () => {
  test.each([
    ['HTTP/1.0, until it closes', 'HTTP/1.0 200 OK\r\n\r\ncode', true],
    ['HTTP/1.0 with a length', 'HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\ncode', false],
    ['HTTP/1.1, until it closes', `${ok}\r\ncode`, true],
    [
      'chunks of one byte',
      `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nc\r\n1\r\no\r\n1\r\nd\r\n1\r\ne\r\n0\r\n\r\n`,
      false,
    ],
    [
      'chunks with extensions and trailers',
      `${ok}Transfer-Encoding: chunked\r\n\r\n4;a=b\r\ncode\r\n0\r\nx: y\r\n\r\n`,
      false,
    ],
    [
      'an early hint',
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 4\r\n\r\ncode`,
      false,
    ],
    ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 4\r\n\r\ncode', false],
    ['an empty header', `${ok}X:\r\nContent-Length: 4\r\n\r\ncode`, false],
    ['an unknown encoding', `${ok}Content-Encoding: rot13\r\nContent-Length: 4\r\n\r\ncode`, false],
    ['15 KB of headers', `${ok}X: ${'x'.repeat(15_000)}\r\nContent-Length: 4\r\n\r\ncode`, false],
  ])('is understood: %s', async (_, response, closes) => {
    const server = await listenRaw((socket) =>
      closes ? socket.end(response) : socket.write(response),
    );
    const egress = trusting();
    const { bytes } = await download(egress, `${server.origin}/`);
    expect(Buffer.from(bytes).toString()).toBe('code');
    expect((await fetchFrom(sessionOf(egress), `${server.origin}/`)).text).toBe('code');
  });

  test('an answer before the request has been read', async () => {
    const answer = 'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno';
    const server = await listenRaw((socket) => socket.end(answer));
    const session = sessionOf(trusting(), { maxRequestBytes: 8_000_000, maxTotalBytes: 9_000_000 });
    const outcome = await fetchFrom(session, `${server.origin}/`, {
      method: 'POST',
      body: new Uint8Array(8_000_000),
    });
    // Node.js's own fetch may lose such an answer to the reset that follows it, too.
    expect(outcome.status === 413 || outcome.error?.kind === 'network').toBe(true);
    await until(() => server.connections.size === 0);
  });

  test('a second response on the connection answers no later request', async () => {
    const one = `${ok}Content-Length: 4\r\n\r\ncode`;
    const server = await listenRaw((socket) => socket.write(one + one.replace('code', 'evil')));
    const egress = trusting();
    for (let i = 0; i < 5; i += 1) {
      const { bytes } = await download(egress, `${server.origin}/${i}`);
      expect(Buffer.from(bytes).toString()).toBe('code');
    }
  });

  test('a connection that dies just as it is used again', async () => {
    let answers = 0;
    const server = await listenRaw((socket) => {
      answers += 1;
      if (answers % 2 === 0) socket.resetAndDestroy();
      else socket.write(`${ok}Content-Length: 4\r\n\r\ncode`);
    });
    const egress = trusting();
    for (let i = 0; i < 4; i += 1) {
      expect((await download(egress, `${server.origin}/`)).bytes).toHaveLength(4);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
});

test('after 1,000 faulty downloads no socket and no timer is left', async () => {
  const before = process.getActiveResourcesInfo();
  let next = 0;
  const server = await listenRaw((socket) => {
    socket.setDefaultEncoding('latin1');
    faults[next % faults.length]?.answer(socket);
    next += 1;
  });
  const egress = trusting({ downloadTimeoutMs: 100 });
  const attempt = () => download(egress, `${server.origin}/`).catch(() => null);
  for (let done = 0; done < 1_000; done += 50) {
    await Promise.all(Array.from({ length: 50 }, attempt));
  }
  await until(() => server.connections.size === 0);
  const count = (resources: readonly string[], name: string) =>
    resources.filter((resource) => resource === name).length;
  await until(() => count(process.getActiveResourcesInfo(), 'TCPSocketWrap') === 0);
  const after = process.getActiveResourcesInfo();
  expect(count(after, 'Timeout')).toBeLessThanOrEqual(count(before, 'Timeout') + 1);
});
