import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import type { Egress } from '../../lambda/egress/egress.ts';
import { download, egressTo, serve, serveTls, type TestServer } from '../support/servers/egress.ts';

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const day = 24 * 60 * 60 * 1_000;

async function authority(name: string): Promise<Certificate> {
  const pem = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: pem.private, cert: pem.cert };
}

async function certificate(
  host: string,
  ca: Certificate | null,
  from = -day,
  until = day,
): Promise<Certificate> {
  const pem = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + from),
    notAfterDate: new Date(Date.now() + until),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
    ...(ca === null ? {} : { ca }),
  });
  return { key: pem.private, cert: pem.cert };
}

const servers: { [name: string]: TestServer } = {};
let egress: Egress;

/** The same server under the name that its certificate is, or is not, for. */
function urlOf(name: string): string {
  return `https://site.test:${servers[name]?.port}`;
}

beforeAll(async () => {
  const ca = await authority('Test Authority');
  const stranger = await authority('Unknown Authority');
  const answer: Parameters<typeof serve>[0] = (request, response) => {
    if (request.url === '/down') {
      response.writeHead(302, { location: `${servers.plain?.origin}/` }).end();
    } else response.end('code');
  };
  const certificates = {
    good: await certificate('site.test', ca),
    expired: await certificate('site.test', ca, -2 * day, -day),
    early: await certificate('site.test', ca, day, 2 * day),
    otherHost: await certificate('other.test', ca),
    selfSigned: await certificate('site.test', null),
    untrusted: await certificate('site.test', stranger),
  };
  for (const [name, pair] of Object.entries(certificates)) {
    servers[name] = await serveTls(pair, answer);
  }
  servers.plain = await serve((request, response) => {
    if (request.url === '/up') response.writeHead(302, { location: `${urlOf('good')}/` }).end();
    else response.end('code');
  });
  egress = egressTo(Object.values(servers), {
    trustedOrigins: [
      ...Object.keys(servers).map(urlOf),
      servers.plain.origin,
      `http://127.0.0.1:${servers.good?.port}`,
      `https://127.0.0.1:${servers.good?.port}`,
    ],
    extraCa: [ca.cert],
    resolver: async () => [{ address: '127.0.0.1', family: 4 }],
  });
});

afterAll(async () => {
  await egress.close();
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

describe('TLS', () => {
  test('a certificate of a known authority, for the host, within its time is accepted', async () => {
    expect((await download(egress, `${urlOf('good')}/`)).bytes).toHaveLength(4);
  });

  test.each([
    ['expired', 'CERT_HAS_EXPIRED', 'has expired'],
    ['early', 'CERT_NOT_YET_VALID', 'is not valid yet'],
    ['otherHost', 'ERR_TLS_CERT_ALTNAME_INVALID', 'is for another host name'],
    ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'is self-signed'],
    ['untrusted', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'is not issued by a known'],
    ['plain', 'ERR_SSL_WRONG_VERSION_NUMBER', 'check that the port speaks HTTPS'],
  ])('a server that is %s is named as such', async (name, reason, message) => {
    await expect(download(egress, `${urlOf(name)}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(message),
      details: { reason },
    });
  });

  test('an IP address is not covered by a certificate for a name', async () => {
    await expect(download(egress, `${servers.good?.origin}/`)).rejects.toMatchObject({
      details: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });

  test('is not switched off by the environment', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const fresh = egressTo([], {
        trustedOrigins: [urlOf('selfSigned')],
        resolver: async () => [{ address: '127.0.0.1', family: 4 }],
      });
      await expect(download(fresh, `${urlOf('selfSigned')}/`)).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
      });
      await fresh.close();
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  test('a TLS port spoken to in plain HTTP fails', async () => {
    await expect(download(egress, `http://127.0.0.1:${servers.good?.port}/`)).rejects.toMatchObject(
      { code: 'DOWNLOAD_FAILED' },
    );
  });

  test('a redirect leads from http to https, never back', async () => {
    expect((await download(egress, `${servers.plain?.origin}/up`)).url).toBe(`${urlOf('good')}/`);
    await expect(download(egress, `${urlOf('good')}/down`)).rejects.toMatchObject({
      code: 'URL_NOT_ALLOWED',
      details: { rule: 'downgrade' },
    });
  });
});
