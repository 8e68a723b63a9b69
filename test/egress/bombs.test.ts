/** Small answers that unpack to something huge. */

import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EgressRecord } from '../../lambda/egress/egress.ts';
import {
  closeEgress,
  download,
  fetchFrom,
  listen,
  sessionOf,
  trusting,
} from '../support/servers/egress.ts';

afterEach(closeEgress);

describe('a bomb costs no more than its limit', () => {
  const megabytes = (count: number) => Buffer.alloc(count * 1_048_576);
  const quick = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 22 },
  };
  const member = gzipSync(megabytes(16));
  const frame = zstdCompressSync(megabytes(16));
  const gigabyte = Buffer.concat(Array.from({ length: 64 }, () => member));

  test.each([
    ['gzip', gigabyte],
    ['gzip, gzip', gzipSync(gigabyte)],
    ['gzip, br', brotliCompressSync(gigabyte)],
    ['zstd', Buffer.concat(Array.from({ length: 64 }, () => frame))],
    ['deflate', deflateSync(megabytes(128))],
    ['br', brotliCompressSync(megabytes(256), quick)],
  ])('%s', async (encoding, body) => {
    const records: EgressRecord[] = [];
    const server = await listen((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(body);
    });
    const egress = trusting({ onRequest: (record) => records.push(record) });
    let peak = 0;
    const before = process.memoryUsage.rss();
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }, 2);
    await expect(download(egress, `${server.origin}/`)).rejects.toMatchObject({
      code: 'CODE_TOO_LARGE',
    });
    const { error } = await fetchFrom(sessionOf(egress), `${server.origin}/`);
    clearInterval(watch);
    expect(error?.kind).toBe('too-large');
    for (const { bytesReceived } of records) expect(bytesReceived).toBeLessThan(200_000);
    expect(peak).toBeLessThan(64 * 1_048_576);
  });

  test('a gzip of a few KB that unpacks to 1 GB is among them', () => {
    expect(gzipSync(gigabyte).length).toBeLessThan(16_384);
  });
});
