import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EgressOptions, ResolvedAddress } from '../../lambda/egress/egress.ts';
import {
  download,
  egressTo,
  fetchFrom,
  serve,
  sessionOf,
  type TestServer,
} from '../support/servers/egress.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serve((_, response) => response.end('code'));
});

afterAll(() => server.close());

const v4 = (address: string): ResolvedAddress => ({ address, family: 4 });

/** An egress layer whose DNS says what the test says, and remembers what it was asked. */
function withDns(
  answer: (name: string, asked: number) => Promise<readonly ResolvedAddress[]>,
  options: Partial<EgressOptions> = {},
) {
  const asked: string[] = [];
  const egress = egressTo([], {
    allowedPorts: [80, 443, server.port],
    resolver: (name) => answer(name, asked.push(name)),
    ...options,
  });
  return { egress, asked };
}

const dnsError = (code: string) => Object.assign(new Error(`query${code} 10.1.2.3`), { code });

describe('DNS', () => {
  test('is asked once; what was checked is what is connected to', async () => {
    const url = `http://site.test:${server.port}`;
    // The second answer would be the one that a second look-up gets.
    const { egress, asked } = withDns(
      async (_, times) => (times === 1 ? [v4('127.0.0.1')] : [v4('127.0.0.2')]),
      { trustedOrigins: [url] },
    );
    expect((await download(egress, `${url}/`)).bytes).toHaveLength(4);
    expect(asked).toEqual(['site.test']);
    await egress.close();
  });

  test('that turns from a public to a private answer gains nothing', async () => {
    const before = server.accepted();
    const { egress, asked } = withDns(async (_, times) =>
      times === 1 ? [v4('93.184.216.34')] : [v4('127.0.0.1')],
    );
    // The public address is out of reach of a test, or at least of its patience.
    const first = egress.download({
      url: `http://rebind.test:${server.port}/`,
      integrity: null,
      runId: 'run',
      signal: AbortSignal.timeout(200),
    });
    await expect(first).rejects.toMatchObject({ code: expect.stringMatching(/^DOWNLOAD_/) });
    expect(asked).toHaveLength(1);
    await expect(download(egress, `http://rebind.test:${server.port}/`)).rejects.toMatchObject({
      code: 'URL_NOT_ALLOWED',
      details: { rule: 'address' },
    });
    expect(server.accepted()).toBe(before);
    await egress.close();
  });

  test('trust in an origin is for that scheme, name and port alone', async () => {
    const { egress } = withDns(async () => [v4('127.0.0.1')], {
      trustedOrigins: [`http://trusted.test:${server.port}`],
      downloadTimeoutMs: 1_000,
    });
    expect((await download(egress, `http://trusted.test:${server.port}/`)).bytes).toHaveLength(4);
    expect((await download(egress, `http://TRUSTED.test:${server.port}/`)).bytes).toHaveLength(4);
    for (const url of [
      `https://trusted.test:${server.port}/`,
      `http://trusted.test.:${server.port}/`,
      `http://www.trusted.test:${server.port}/`,
      `http://127.0.0.1:${server.port}/`,
      'http://trusted.test/',
    ]) {
      await expect(download(egress, url)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
    }
    await egress.close();
  });

  test.each([
    ['ENOTFOUND', 'has no address in DNS'],
    ['ENODATA', 'has no address in DNS'],
    ['EAI_AGAIN', 'DNS did not answer'],
    ['ESERVFAIL', 'DNS failed'],
  ])('%s is reported, without what the resolver says of its network', async (code, message) => {
    const { egress } = withDns(() => Promise.reject(dnsError(code)));
    await expect(download(egress, 'http://missing.test/')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(message),
      details: { reason: code },
    });
    const { error } = await fetchFrom(sessionOf(egress), 'http://missing.test/');
    expect(error).toMatchObject({ kind: 'network', causeCode: code });
    expect(error?.message).not.toContain('10.1.2.3');
    await egress.close();
  });

  test('an empty answer is one that has no address', async () => {
    const { egress } = withDns(async () => []);
    await expect(download(egress, 'http://empty.test/')).rejects.toMatchObject({
      details: { reason: 'ENOTFOUND' },
    });
    await egress.close();
  });

  test('that never answers ends with the time of the download', async () => {
    const { egress } = withDns(() => new Promise(() => {}), { downloadTimeoutMs: 50 });
    await expect(download(egress, 'http://silent.test/')).rejects.toMatchObject({
      code: 'DOWNLOAD_TIMEOUT',
    });
    await egress.close();
  });

  test('a refusal does not reveal the address of the name', async () => {
    const { egress } = withDns(async () => [v4('10.20.30.40')]);
    const refused = await download(egress, 'http://internal.test/').catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'URL_NOT_ALLOWED' });
    expect(JSON.stringify({ ...refused, message: String(refused) })).not.toContain('10.20.30.40');
    await egress.close();
  });
});
