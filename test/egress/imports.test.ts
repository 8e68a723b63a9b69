/** What the egress layer makes of imports: records, connections, caches, and bytes as they arrive. */

import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EgressRecord } from '../../lambda/egress/egress.ts';
import type { ImportOptions } from '../../lambda/egress/import-rules.ts';
import { Pins } from '../../lambda/egress/pins.ts';
import type { FetchSession } from '../../lambda/egress/session.ts';
import { closeEgress, fetchFrom, listen, quota, trusting } from '../support/servers/egress.ts';

afterEach(closeEgress);

const plain: ImportOptions = {
  codeUrl: 'https://code.example/main.mjs',
  allowedHosts: null,
  maxModules: 1000,
  dynamic: true,
  map: null,
  pins: null,
  unpinned: false,
  inlineModules: new Map(),
};

function load(session: FetchSession, url: string, computed: boolean) {
  return session.importModule({ url, computed }, new AbortController().signal);
}

describe('an import that is refused', () => {
  test.each<readonly [string, Partial<ImportOptions>, maxRequests: number]>([
    ['dynamic', { dynamic: false }, 10],
    ['host', { allowedHosts: [] }, 10],
    ['import-map', { map: {} }, 10],
    ['integrity', { pins: new Pins('sha256-x', plain.codeUrl) }, 10],
    ['quota', {}, 0],
  ])('is in the log with its rule: %s', async (rule, options, maxRequests) => {
    const records: EgressRecord[] = [];
    const { origin, accepted } = await listen((_, response) => response.end('1'));
    const session = trusting({ onRequest: (record) => records.push(record) }).openSession({
      runId: 'run',
      quota: { ...quota, maxRequests },
      allowedHosts: null,
      imports: { ...plain, ...options },
    });
    expect(await load(session, `${origin}/`, true)).toMatchObject({ ok: false, rule });
    expect(records).toMatchObject([{ purpose: 'import', outcome: 'refused', host: '127.0.0.1' }]);
    expect(records[0]).toMatchObject(rule === 'quota' ? { failure: rule } : { rule });
    expect(accepted()).toBe(0);
  });
});

describe('a computed import', () => {
  test('has the connections of its run, and no cache', async () => {
    let answered = 0;
    const server = await listen((_, response) => {
      answered += 1;
      response.setHeader('cache-control', 'max-age=60').end('1');
    });
    const egress = trusting();
    const sessions = [1, 2].map((run) =>
      egress.openSession({
        runId: `${run}`,
        quota,
        allowedHosts: null,
        cachePartition: 'same',
        imports: plain,
      }),
    );
    for (const session of sessions) {
      expect(await load(session, `${server.origin}/`, true)).toMatchObject({ ok: true });
      // undici can use the connection again one turn of the event loop after the response.
      await new Promise((resolve) => setImmediate(resolve));
      await fetchFrom(session, `${server.origin}/`);
      expect(session.counts.requests).toBe(2);
    }
    expect(answered).toBe(4);
    expect(server.accepted()).toBe(2);
  });
});

describe('bytes of imports', () => {
  test('count while they arrive: all that is under way ends at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    const { origin } = await listen((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(bomb);
    });
    const session = trusting({ maxCodeBytes: 100_000, maxWasmBytes: 2_000_000 }).openSession({
      runId: 'run',
      quota,
      allowedHosts: null,
      imports: plain,
    });
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, n) => load(session, `${origin}/${n}`, false)),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'CODE_TOO_LARGE' });
    // Four times one module, and a piece of each of eight.
    expect(session.importCounts.bytesReceived).toBeLessThan(400_000 + 8 * 70_000);
    expect(session.importCounts.requests).toBe(64);
  });

  test('count at each stage of decoding, as the largest of them', async () => {
    const nothing = Buffer.concat(Array.from({ length: 3_000 }, () => gzipSync('')));
    const { origin } = await listen((_, response) => {
      response.setHeader('content-encoding', 'gzip, gzip').end(gzipSync(nothing));
    });
    const session = trusting().openSession({
      runId: 'run',
      quota,
      allowedHosts: null,
      imports: plain,
    });
    expect(await load(session, `${origin}/`, false)).toMatchObject({ ok: true });
    expect(session.importCounts.bytesReceived).toBe(nothing.length);
  });
});
