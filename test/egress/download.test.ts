import { createHash } from 'node:crypto';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Egress, EgressOptions, EgressRecord } from '../../lambda/egress/egress.ts';
import { download, egressTo, serve, type TestServer } from '../support/servers/egress.ts';

type Listener = Parameters<typeof serve>[0];

let server: TestServer;
let egress: Egress;

async function start(listener: Listener, options: Partial<EgressOptions> = {}): Promise<string> {
  server = await serve(listener);
  egress = egressTo([server], options);
  return server.origin;
}

afterEach(async () => {
  await egress.close();
  await server.close();
});

const code = 'export default 6 * 7;\n';

describe('a download', () => {
  test('has the bytes, their hash, their type and their final URL', async () => {
    const origin = await start((_, response) => {
      response.setHeader('content-type', 'text/javascript; charset=utf-8');
      response.end(code);
    });
    const result = await download(egress, `${origin}/a.js?x=1#part`);
    expect(Buffer.from(result.bytes).toString()).toBe(code);
    expect(result).toMatchObject({
      url: `${origin}/a.js?x=1`,
      contentType: 'text/javascript; charset=utf-8',
      sha256: createHash('sha256').update(code).digest('hex'),
    });
  });

  test('says who asks, and nothing of the host', async () => {
    process.env.HTTP_PROXY = 'http://127.0.0.1:1';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'host-secret';
    const origin = await start(
      (request, response) => response.end(JSON.stringify(request.headers)),
      {
        version: '1.2.3',
      },
    );
    const { bytes } = await download(egress, `${origin}/`);
    delete process.env.HTTP_PROXY;
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
      host: origin.slice('http://'.length),
      connection: 'keep-alive',
      'user-agent': 'script-engine/1.2.3',
      accept: 'text/javascript, text/typescript, application/wasm, */*;q=0.5',
      'accept-encoding': 'gzip, deflate, br, zstd',
    });
  });

  test('keeps the connection for the next one', async () => {
    const origin = await start((_, response) => response.end(code));
    for (let i = 0; i < 20; i += 1) await download(egress, `${origin}/`);
    expect(server.accepted()).toBeLessThanOrEqual(2);
  });

  test('does not use a connection that was left alone too long, as in a frozen environment', async () => {
    const origin = await start((_, response) => response.end(code));
    const again = async (): Promise<number> => {
      await download(egress, `${origin}/`);
      // The client takes the connection back after that.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return server.accepted();
    };
    const before = await again();
    expect(await again()).toBe(before);
    const hourLater = Date.now() + 3_600_000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => hourLater);
    const after = await again().finally(() => clock.mockRestore());
    expect(after).toBe(before + 1);
  });

  test.each([
    ['by its length', true],
    ['in chunks', false],
  ])('comes whole in many pieces, %s', async (_, hasLength) => {
    const pieces = Array.from({ length: 500 }, (_, i) =>
      Buffer.alloc(1 + (i % 300), 97 + (i % 26)),
    );
    const whole = Buffer.concat(pieces);
    const origin = await start(async (_, response) => {
      if (hasLength) response.setHeader('content-length', whole.length);
      for (const piece of pieces) {
        response.write(piece);
        await new Promise(setImmediate);
      }
      response.end();
    });
    const { bytes } = await download(egress, `${origin}/`);
    expect(Buffer.compare(bytes, whole)).toBe(0);
  });

  test('may be empty', async () => {
    const origin = await start((_, response) => response.writeHead(204).end());
    expect((await download(egress, `${origin}/`)).bytes).toHaveLength(0);
  });

  test.each([
    ['gzip', gzipSync(code)],
    ['x-gzip', gzipSync(code)],
    ['GZIP', gzipSync(code)],
    ['deflate', deflateSync(code)],
    ['deflate', deflateRawSync(code)],
    ['br', brotliCompressSync(code)],
    ['zstd', zstdCompressSync(code)],
    [
      'zstd',
      Buffer.concat([code.slice(0, 9), code.slice(9)].map((part) => zstdCompressSync(part))),
    ],
    ['identity', Buffer.from(code)],
    ['', Buffer.from(code)],
    ['deflate, gzip', gzipSync(deflateSync(code))],
    ['gzip, br, zstd', zstdCompressSync(brotliCompressSync(gzipSync(code)))],
  ])('is decompressed: %j', async (encoding, body) => {
    const origin = await start((_, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(body);
    });
    const { bytes } = await download(egress, `${origin}/`);
    expect(Buffer.from(bytes).toString()).toBe(code);
  });

  test('is limited to what JavaScript or WebAssembly may have, by its first bytes', async () => {
    const origin = await start(
      (request, response) => {
        const [, kind, size] = request.url?.split('/') ?? [];
        const body = Buffer.alloc(Number(size), ' ');
        if (kind === 'wasm') Buffer.from('\0asm').copy(body);
        // In pieces, so that the magic number arrives in two.
        response.write(body.subarray(0, 2));
        setTimeout(() => response.end(body.subarray(2)), 5);
      },
      { maxCodeBytes: 1_000, maxWasmBytes: 2_000 },
    );
    expect((await download(egress, `${origin}/js/1000`)).bytes).toHaveLength(1_000);
    expect((await download(egress, `${origin}/wasm/2000`)).bytes).toHaveLength(2_000);
    await expect(download(egress, `${origin}/js/1001`)).rejects.toMatchObject({
      code: 'CODE_TOO_LARGE',
      message: expect.stringContaining('1000 bytes'),
    });
    await expect(download(egress, `${origin}/wasm/2001`)).rejects.toMatchObject({
      code: 'CODE_TOO_LARGE',
      message: expect.stringContaining('2000 bytes'),
    });
  });

  test.each([301, 302, 303, 307, 308])('follows a redirect with status %d', async (status) => {
    const origin = await start((request, response) => {
      if (request.url === '/moved') response.end(code);
      else response.writeHead(status, { location: '/moved' }).end('moved');
    });
    expect((await download(egress, `${origin}/`)).url).toBe(`${origin}/moved`);
    expect(server.accepted()).toBe(1);
  });

  test('follows 5 redirects, not 6', async () => {
    const origin = await start((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end(code);
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect((await download(egress, `${origin}/5`)).bytes).toHaveLength(code.length);
    await expect(download(egress, `${origin}/6`)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: 'More than 5 redirects.',
    });
  });

  test.each([400, 401, 403, 404, 410, 429, 500, 503])('fails with status %d', async (status) => {
    const origin = await start((_, response) => response.writeHead(status).end('<html>'));
    await expect(download(egress, `${origin}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      details: { status },
    });
  });

  test('fails where a redirect leads nowhere', async () => {
    const origin = await start((_, response) =>
      response.writeHead(302, { location: 'http://[' }).end(),
    );
    await expect(download(egress, `${origin}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('redirects to an invalid URL'),
    });
  });

  test('ends with its caller', async () => {
    const origin = await start(() => {});
    const caller = new AbortController();
    const pending = egress.download({
      url: `${origin}/`,
      integrity: null,
      runId: 'run',
      signal: caller.signal,
    });
    setTimeout(() => caller.abort(), 20);
    await expect(pending).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    await expect(
      egress.download({ url: `${origin}/`, integrity: null, runId: 'run', signal: caller.signal }),
    ).rejects.toMatchObject({ message: 'The download was aborted.' });
    const signal = AbortSignal.timeout(20);
    await expect(
      egress.download({ url: `${origin}/`, integrity: null, runId: 'run', signal }),
    ).rejects.toMatchObject({ code: 'DOWNLOAD_TIMEOUT' });
  });
});

describe('the hosts that code may come from', () => {
  test.each([
    [['127.0.0.1'], true],
    [['127.1'], true],
    [['*'], true],
    [['example.com', '127.0.0.1'], true],
    [['example.com'], false],
    [['*.0.0.1'], false],
    [[], false],
  ])('%j', async (codeAllowedHosts, allowed) => {
    // A pattern that is no host at all stops the start instead.
    if (codeAllowedHosts.includes('*.0.0.1')) {
      expect(() => egressTo([], { codeAllowedHosts })).not.toThrow();
    }
    const origin = await start((_, response) => response.end(code), { codeAllowedHosts });
    const outcome = download(egress, `${origin}/`);
    if (allowed) await expect(outcome).resolves.toMatchObject({ url: `${origin}/` });
    else {
      await expect(outcome).rejects.toMatchObject({
        code: 'URL_NOT_ALLOWED',
        details: { rule: 'host' },
      });
      expect(server.accepted()).toBe(0);
    }
  });
});

describe('an integrity value', () => {
  const digest = (algorithm: string, text = code) =>
    `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;
  const other = digest('sha512', 'other');

  test.each([
    digest('sha256'),
    digest('sha384'),
    digest('sha512'),
    `${digest('sha256')} ${digest('sha512')}`,
    `  ${digest('sha384')}\n`,
    `${other} ${digest('sha512')}`,
    `${digest('sha256', 'weaker hashes do not count')} ${digest('sha512')}`,
    `${digest('sha256')}?ct=application/javascript`,
  ])('that matches: %j', async (integrity) => {
    const origin = await start((_, response) => response.end(code));
    expect((await download(egress, `${origin}/`, integrity)).bytes).toHaveLength(code.length);
  });

  test.each([
    digest('sha256', 'other'),
    digest('sha384', 'other'),
    other,
    `${digest('sha256')} ${other}`,
  ])('that differs: %j', async (integrity) => {
    const origin = await start((_, response) => response.end(code));
    await expect(download(egress, `${origin}/`, integrity)).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
      message: expect.stringContaining('sha'),
    });
  });

  test.each([
    '',
    ' ',
    'sha256',
    'sha256-',
    'sha256-abc',
    'md5-1B2M2Y8AsgTpgAmY7PhCfg==',
    `sha1-${createHash('sha1').update(code).digest('base64')}`,
    createHash('sha256').update(code).digest('hex'),
    `SHA256-${createHash('sha256').update(code).digest('base64')}`,
    `${digest('sha256')}x`,
    `${digest('sha256')} nonsense`,
    `sha512-${createHash('sha256').update(code).digest('base64')}`,
    `sha256-${createHash('sha256').update(code).digest('base64url')}_`,
  ])('that is malformed is rejected before anything is sent: %j', async (integrity) => {
    const origin = await start((_, response) => response.end(code));
    await expect(download(egress, `${origin}/`, integrity)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(server.accepted()).toBe(0);
  });
});

describe('the record of outbound requests', () => {
  test('has each hop, and no secret of its URL', async () => {
    const records: EgressRecord[] = [];
    const origin = await start(
      (request, response) => {
        if (request.url === '/final?key=s3cret') response.end(code);
        else response.writeHead(302, { location: '/final?key=s3cret' }).end('moved');
      },
      { onRequest: (record) => records.push(record) },
    );
    await download(egress, `${origin}/start?token=s3cret`);
    await download(egress, 'http://10.0.0.1/?token=s3cret').catch(() => {});
    await download(egress, 'http://user:s3cret@example.com/').catch(() => {});
    const common = { runId: 'run', purpose: 'code', method: 'GET', scheme: 'http', bytesSent: 0 };
    expect(records).toMatchObject([
      {
        ...common,
        host: '127.0.0.1',
        port: server.port,
        address: '127.0.0.1',
        status: 302,
        bytesReceived: 5,
        outcome: 'performed',
      },
      { ...common, status: 200, bytesReceived: code.length, outcome: 'performed', rule: null },
      {
        ...common,
        host: '10.0.0.1',
        port: 80,
        address: '10.0.0.1',
        outcome: 'refused',
        rule: 'address',
        status: null,
      },
      { ...common, host: 'example.com', outcome: 'refused', rule: 'credentials' },
    ]);
    expect(JSON.stringify(records)).not.toContain('s3cret');
  });
});
