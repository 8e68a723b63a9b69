/** Bodies that flow, at the seam of a run's session: their pace, their end, and who asks wrongly. */

import type { RequestListener } from 'node:http';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { GuestFetchRequest, UploadRequest } from '../../../lambda/contract/calls.ts';
import type { EgressRecord } from '../../../lambda/egress/egress.ts';
import type { FetchSession } from '../../../lambda/egress/session.ts';
import { closeEgress, echo, listen, sessionOf, trusting } from '../../support/servers/egress.ts';
import { until } from '../../support/until.ts';

afterEach(closeEgress);

const MIB = 2 ** 20;
const large = { maxResponseBytes: 1024 * MIB, maxTotalBytes: 1024 * MIB, timeoutMs: 20_000 };
const never = (): AbortSignal => new AbortController().signal;

function begin(session: FetchSession, url: string, request: Partial<GuestFetchRequest> = {}) {
  return session.fetches.fetch(
    {
      url,
      method: 'GET',
      headers: [],
      hasBody: false,
      redirect: 'follow',
      timeoutMs: null,
      whole: false,
      upload: null,
      ...request,
    },
    new Uint8Array(),
    never(),
  );
}

/** @returns the number of the body that is to be read */
async function restOf(session: FetchSession, url: string): Promise<number> {
  const begun = await begin(session, url);
  if (!begun.ok || begun.rest === null) throw new Error('There is no rest of it.');
  return begun.rest;
}

const read = (session: FetchSession, rest: number, whole = false, signal = never()) =>
  session.fetches.read({ rest, whole }, signal);

/** Zeros without end, or compressed. */
const endless: RequestListener = (request, response) => {
  const gzip = request.url === '/gzip' ? createGzip() : null;
  if (gzip !== null) response.setHeader('content-encoding', 'gzip');
  gzip?.pipe(response);
  const out = gzip ?? response;
  const zeros = Buffer.alloc(65_536);
  const write = (): void => {
    while (!response.destroyed && out.write(zeros));
    if (!response.destroyed) out.once('drain', write);
  };
  write();
};

/** `first`, and never its end. */
const stalled: RequestListener = (_, response) => {
  response.writeHead(200).write('first');
};

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a body that nobody reads', () => {
  test.each(['/', '/gzip'])('takes no more than its buffers: %s', async (path) => {
    const server = await listen(endless);
    const session = sessionOf(trusting(), large);
    const rest = await restOf(session, server.origin + path);
    await later(300);
    const { bytesReceived } = session.counts;
    expect(bytesReceived).toBeLessThan(MIB);
    await later(50);
    expect(session.counts.bytesReceived).toBe(bytesReceived);
    let bytes = 0;
    while (bytes < 8 * MIB) {
      const piece = await read(session, rest);
      if (!piece.ok) throw new Error(piece.error.message);
      expect(piece.body.length).toBeLessThan(MIB);
      bytes += piece.body.length;
    }
    await session.fetches.cancel({ rest });
    await until(() => server.connections.size === 0);
  });

  test('ends with its time, and with the run', async () => {
    const server = await listen(stalled);
    const records: EgressRecord[] = [];
    const egress = trusting({ onRequest: (record) => records.push(record) });
    const session = sessionOf(egress, { timeoutMs: 1000 });
    const rest = await restOf(session, `${server.origin}/`);
    await until(() => server.connections.size === 0);
    // What arrived before is still there.
    expect(await read(session, rest)).toMatchObject({ ok: true, ended: false });
    expect(await read(session, rest)).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    const other = sessionOf(egress);
    const pending = read(other, await restOf(other, `${server.origin}/`), true);
    other.close();
    expect(await pending).toMatchObject({ ok: false, error: { kind: 'aborted' } });
    await until(() => server.connections.size === 0);
    expect(records).toMatchObject([
      { outcome: 'failed', failure: 'timeout', status: 200, bytesReceived: 5 },
      { outcome: 'performed', failure: null, status: 200, bytesReceived: 5 },
    ]);
  });
});

test.each([
  [
    'cancelled',
    (session: FetchSession, rest: number) => session.fetches.cancel({ rest }),
    'performed',
  ],
  ['over a quota', (session: FetchSession, rest: number) => read(session, rest, true), 'failed'],
] as const)('a body that is %s has one record, when it ends', async (_, end, outcome) => {
  const server = await listen(endless);
  const records: EgressRecord[] = [];
  const egress = trusting({ onRequest: (record) => records.push(record) });
  const session = sessionOf(egress, { ...large, maxResponseBytes: MIB });
  const rest = await restOf(session, `${server.origin}/`);
  await later(20);
  expect(records).toEqual([]);
  await end(session, rest);
  await until(() => records.length === 1);
  expect(records[0]).toMatchObject({ outcome, status: 200 });
  expect(records[0]?.bytesReceived).toBe(session.counts.bytesReceived);
  await until(() => server.connections.size === 0);
});

test('bodies that flow share the bytes of the run', async () => {
  let end = (): void => {};
  const { origin } = await listen((_, response) => {
    response.write('x'.repeat(600));
    end = () => response.end('x'.repeat(600));
  });
  const session = sessionOf(trusting(), { maxTotalBytes: 2_000 });
  const first = await restOf(session, `${origin}/`);
  end();
  expect(await read(session, first, true)).toMatchObject({ ok: true, ended: true });
  const second = await restOf(session, `${origin}/`);
  expect(await read(session, second)).toMatchObject({ ok: true, ended: false });
  end();
  expect(await read(session, second)).toMatchObject({
    ok: false,
    error: { kind: 'quota', message: expect.stringContaining('(maxTotalBytes)') },
  });
});

test('a connection serves again after a body that was complete, not after one that was given up', async () => {
  const server = await listen((request, response) => {
    if (request.url === '/short') response.end('short');
    else endless(request, response);
  });
  const session = sessionOf(trusting(), large);
  for (let turn = 0; turn < 3; turn++) {
    expect(await begin(session, `${server.origin}/short`)).toMatchObject({ ok: true, rest: null });
    await later(5);
  }
  expect(server.accepted()).toBe(1);
  await session.fetches.cancel({ rest: await restOf(session, `${server.origin}/`) });
  await until(() => server.connections.size === 0);
});

test('requests wait for a place until the headers of others are there, not until their bodies end', async () => {
  const server = await listen(stalled);
  const session = sessionOf(trusting(), { maxConcurrent: 1, maxRequests: 5 });
  for (let turn = 0; turn < 5; turn++) await restOf(session, `${server.origin}/`);
  session.close();
  await until(() => server.connections.size === 0);
});

describe('who asks wrongly', () => {
  const refused = { ok: false, error: { kind: 'bad-request' } };

  test('reads and cancels what there is, once at a time', async () => {
    const server = await listen(stalled);
    const session = sessionOf(trusting());
    const rest = await restOf(session, `${server.origin}/`);
    for (const none of [rest + 1, -1, 0, 2 ** 53 - 1]) {
      expect(await read(session, none)).toMatchObject(refused);
      expect(await session.fetches.cancel({ rest: none })).toEqual({ ok: true });
    }
    expect(await read(session, rest)).toMatchObject({ ok: true, ended: false });
    const caller = new AbortController();
    const pending = read(session, rest, false, caller.signal);
    expect(await read(session, rest)).toMatchObject(refused);
    caller.abort();
    expect(await pending).toMatchObject({ ok: false, error: { kind: 'aborted' } });
    expect(await read(session, rest)).toMatchObject(refused);
    expect(await session.fetches.cancel({ rest })).toEqual({ ok: true });
    await until(() => server.connections.size === 0);
  });

  test('sends pieces to requests that take them, one at a time and up to the end', async () => {
    const server = await listen(echo);
    const session = sessionOf(trusting());
    const send = (upload: UploadRequest['upload'], last: boolean, text: string) =>
      session.fetches.send({ upload, last }, Buffer.from(text));
    const sending = { method: 'POST', hasBody: true };
    expect(await send(1, false, 'nowhere')).toMatchObject({
      ok: false,
      error: { kind: 'aborted' },
    });
    expect(await begin(session, server.origin, { upload: 1 })).toMatchObject(refused);
    const answer = begin(session, server.origin, { ...sending, upload: 1 });
    expect(await begin(session, server.origin, { ...sending, upload: 1 })).toMatchObject(refused);
    const [first, second] = await Promise.all([send(1, false, 'a'), send(1, false, 'b')]);
    expect([first, second]).toMatchObject([{ ok: true }, refused]);
    expect(await send(1, true, 'c')).toEqual({ ok: true });
    expect(await send(1, true, 'd')).toMatchObject({ ok: false });
    const begun = await answer;
    expect(begun.ok && JSON.parse(Buffer.from(begun.body).toString())).toMatchObject({
      method: 'POST',
      body: 'ac',
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(session.counts).toMatchObject({ requests: 1, bytesSent: 2 });
  });

  test('opens no more bodies than a run may have', async () => {
    const server = await listen(stalled);
    const session = sessionOf(trusting(), { maxRequests: 1_000 });
    const all = await Promise.all(
      Array.from({ length: 150 }, () => begin(session, `${server.origin}/`)),
    );
    const opened = all.filter(({ ok }) => ok).length;
    expect(opened).toBeGreaterThanOrEqual(100);
    expect(opened).toBeLessThanOrEqual(106);
    expect(all.at(-1)).toMatchObject({ ok: false, error: { kind: 'quota' } });
    session.close();
    await until(() => server.connections.size === 0);
  });
});
