import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EngineError } from '../../lambda/contract/errors.ts';
import type { Egress, EgressRecord, ResolvedAddress } from '../../lambda/egress/egress.ts';
import {
  download,
  egressTo,
  fetchFrom,
  serve,
  sessionOf,
  type TestServer,
} from '../support/servers/egress.ts';
import { type Spelling, spellings } from './spellings.ts';

const answers: { readonly [name: string]: readonly string[] } = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'any.localhost': ['::1'],
  'internal.test': ['127.0.0.1'],
  'internal.test.': ['127.0.0.1'],
  '127.0.0.1.nip.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'compatible.test': ['::127.0.0.1'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'sixtofour.test': ['2002:7f00:1::1'],
  'zone.test': ['fe80::1%lo'],
  'unspecified.test': ['0.0.0.0'],
  'metadata.test': ['169.254.169.254'],
  'private.test': ['10.0.0.1'],
  'public-then-private.test': ['93.184.216.34', '127.0.0.1'],
  'private-then-public.test': ['127.0.0.1', '93.184.216.34'],
  'public6-and-private.test': ['2606:2800:220:1::', '127.0.0.1'],
  'not-an-address.test': ['0x7f.1'],
};

async function resolver(name: string): Promise<readonly ResolvedAddress[]> {
  return (answers[name] ?? []).map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
}

let internal: Server;
let internalPort: number;
let hits = 0;
let redirector: TestServer;
let location = '';
let egress: Egress;
const records: EgressRecord[] = [];

beforeAll(async () => {
  internal = createServer((_, response) => {
    hits += 1;
    response.end('secret');
  });
  // No test may get here by accident of the port: it is the one that is allowed.
  await new Promise<void>((resolve) => internal.listen(0, '127.0.0.1', resolve));
  const address = internal.address();
  internalPort = typeof address === 'object' && address !== null ? address.port : 0;
  redirector = await serve((request, response) => {
    if (request.url !== '/start') response.writeHead(404).end();
    else response.writeHead(302, { location }).end();
  });
  egress = egressTo([redirector], {
    allowedPorts: [80, 443, internalPort],
    resolver,
    onRequest: (record) => records.push(record),
  });
});

afterAll(async () => {
  await egress.close();
  await redirector.close();
  await new Promise((resolve) => internal.close(resolve));
});

interface Outcome {
  readonly code: string;
  readonly rule: string | null;
}

async function byDownload(url: string): Promise<Outcome> {
  try {
    await download(egress, url);
  } catch (error) {
    if (error instanceof EngineError) return { code: error.code, rule: lastRule() };
  }
  return { code: 'REACHED', rule: null };
}

async function byFetch(url: string): Promise<Outcome> {
  const { error } = await fetchFrom(sessionOf(egress), url);
  return { code: error?.kind ?? 'REACHED', rule: lastRule() };
}

async function byImport(url: string): Promise<Outcome> {
  const outcome = await sessionOf(egress).importModule(
    { url, computed: false },
    new AbortController().signal,
  );
  return { code: outcome.ok ? 'REACHED' : outcome.code, rule: lastRule() };
}

function lastRule(): string | null {
  return records.at(-1)?.rule ?? null;
}

const refusals: { readonly [channel: string]: { readonly [because: string]: string } } = {
  url: { unparsable: 'INVALID_REQUEST', otherwise: 'URL_NOT_ALLOWED' },
  import: { unparsable: 'INVALID_REQUEST', otherwise: 'URL_NOT_ALLOWED' },
  fetch: { unparsable: 'bad-request', credentials: 'bad-request', otherwise: 'not-allowed' },
};

describe('nothing internal is reached, however it is spelled', () => {
  const channels = { url: byDownload, import: byImport, fetch: byFetch };
  /** Its text is all that it leads to: an import may have that. */
  const isText = (channel: string, url: string) => channel === 'import' && url.startsWith('data:');
  for (const [channel, reach] of Object.entries(channels)) {
    const tried = spellings.filter(({ url }) => !isText(channel, url));
    test.each(tried.map(({ url, because }) => [url, because] as const))(
      `by ${channel}: %j (%s)`,
      async (url, because) => {
        records.length = 0;
        const outcome = await reach(url.replaceAll('{p}', String(internalPort)));
        expect(outcome.code).toBe(refusals[channel]?.[because] ?? refusals[channel]?.otherwise);
        if (outcome.code === 'URL_NOT_ALLOWED' || outcome.code === 'not-allowed') {
          expect(outcome.rule).toBe(because);
        }
        expect(hits).toBe(0);
      },
    );
  }

  test('an import of a data: URL has the text in it, and asks nobody', async () => {
    records.length = 0;
    expect(await byImport('data:text/javascript,1')).toEqual({ code: 'REACHED', rule: null });
    expect([hits, records.length]).toEqual([0, 0]);
  });

  // A Location is relative to the redirecting URL, and cannot hold line breaks.
  const asRedirect = (spelling: Spelling) => spelling.because !== 'unparsable';
  for (const [channel, reach] of Object.entries(channels)) {
    test.each(spellings.filter(asRedirect).map(({ url, because }) => [url, because] as const))(
      `by a redirect of a ${channel}: %j (%s)`,
      async (url, because) => {
        records.length = 0;
        location = Buffer.from(url.replaceAll('{p}', String(internalPort))).toString('latin1');
        const outcome = await reach(`${redirector.origin}/start`);
        expect(outcome.code).toBe(refusals[channel]?.otherwise);
        expect(outcome.rule).toBe(because);
        expect(hits).toBe(0);
      },
    );
  }
});

test('has at least 150 spellings', () => {
  expect(spellings.length).toBeGreaterThanOrEqual(150);
});

test('the internal server is there: who is trusted reaches it', async () => {
  const origin = `http://127.0.0.1:${internalPort}`;
  const trusting = egressTo([], { trustedOrigins: [origin] });
  const { bytes } = await download(trusting, `${origin}/secret`);
  expect(Buffer.from(bytes).toString()).toBe('secret');
  expect(hits).toBe(1);
  hits = 0;
  await trusting.close();
});
