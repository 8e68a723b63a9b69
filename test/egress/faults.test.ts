import type { Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Egress, EgressOptions, EgressRecord } from '../../lambda/egress/egress.ts';
import {
  download,
  egressTo,
  fetchFrom,
  serve,
  serveRaw,
  sessionOf,
  type TestServer,
} from '../support/servers/egress.ts';

const servers: TestServer[] = [];
const layers: Egress[] = [];

function trusting(options: Partial<EgressOptions> = {}): Egress {
  const egress = egressTo(servers, options);
  layers.push(egress);
  return egress;
}

afterEach(async () => {
  await Promise.all(layers.splice(0).map((egress) => egress.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function raw(answer: (socket: Socket, request: string) => void): Promise<TestServer> {
  const server = await serveRaw(answer);
  servers.push(server);
  return server;
}

async function settled(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const ok = 'HTTP/1.1 200 OK\r\n';

interface Fault {
  readonly name: string;
  readonly answer: (socket: Socket) => void;
  readonly code: string;
  readonly reason?: string;
}

function drip(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** Writes as fast as the other side takes it, without end. */
function flood(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

const faults: readonly Fault[] = [
  { name: 'never answers', answer: () => {}, code: 'DOWNLOAD_TIMEOUT' },
  { name: 'drips its headers', answer: (socket) => drip(socket, 'H', 20), code: 'DOWNLOAD_FAILED' },
  {
    name: 'drips header fields',
    answer: (socket) => {
      socket.write(ok);
      drip(socket, 'a: b\r\n', 20);
    },
    code: 'DOWNLOAD_TIMEOUT',
  },
  {
    name: 'drips its body',
    answer: (socket) => {
      socket.write(`${ok}Content-Length: 100000\r\n\r\n`);
      drip(socket, 'x', 20);
    },
    code: 'DOWNLOAD_TIMEOUT',
  },
  {
    name: 'drips chunks',
    answer: (socket) => {
      socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`);
      drip(socket, '1\r\nx\r\n', 20);
    },
    code: 'DOWNLOAD_TIMEOUT',
  },
  {
    name: 'sends informational responses for ever',
    answer: (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n', 5),
    code: 'DOWNLOAD_TIMEOUT',
  },
  {
    name: 'closes at once',
    answer: (socket) => socket.end(),
    code: 'DOWNLOAD_FAILED',
    reason: 'UND_ERR_SOCKET',
  },
  {
    name: 'resets at once',
    answer: (socket) => socket.resetAndDestroy(),
    code: 'DOWNLOAD_FAILED',
    reason: 'ECONNRESET',
  },
  {
    name: 'resets within its headers',
    answer: (socket) => socket.write(`${ok}Content-`, () => socket.resetAndDestroy()),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'resets within its body',
    answer: (socket) =>
      socket.write(`${ok}Content-Length: 10\r\n\r\nhalf`, () => socket.resetAndDestroy()),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'closes within its body',
    answer: (socket) => socket.end(`${ok}Content-Length: 10\r\n\r\nhalf`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'closes within a chunk',
    answer: (socket) => socket.end(`${ok}Transfer-Encoding: chunked\r\n\r\na\r\nhalf`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'closes without the last chunk',
    answer: (socket) => socket.end(`${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'sends a chunk size that is none',
    answer: (socket) => socket.end(`${ok}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'sends a chunk size beyond all bounds',
    answer: (socket) => socket.end(`${ok}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'sends chunk extensions for ever',
    answer: (socket) => {
      socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n1;`);
      flood(socket, 'a'.repeat(1_000));
    },
    code: 'DOWNLOAD_',
  },
  {
    name: 'has a length and chunks',
    answer: (socket) =>
      socket.end(
        `${ok}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ncode\r\n0\r\n\r\n`,
      ),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has two lengths',
    answer: (socket) => socket.end(`${ok}Content-Length: 4\r\nContent-Length: 5\r\n\r\ncode!`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has a negative length',
    answer: (socket) => socket.end(`${ok}Content-Length: -4\r\n\r\ncode`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has a length beyond all bounds',
    answer: (socket) => socket.end(`${ok}Content-Length: 99999999999999999999\r\n\r\ncode`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has a header line without a name',
    answer: (socket) => socket.end(`${ok}: nothing\r\nContent-Length: 4\r\n\r\ncode`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has a space before a colon',
    answer: (socket) => socket.end(`${ok}Content-Length : 4\r\n\r\ncode`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has a header of 20 KB',
    answer: (socket) => socket.end(`${ok}A: ${'x'.repeat(20_000)}\r\n\r\n`),
    code: 'DOWNLOAD_FAILED',
    reason: 'UND_ERR_HEADERS_OVERFLOW',
  },
  {
    name: 'sends headers for ever',
    answer: (socket) => {
      socket.write(ok);
      flood(socket, 'a: b\r\n'.repeat(100));
    },
    code: 'DOWNLOAD_FAILED',
    reason: 'UND_ERR_HEADERS_OVERFLOW',
  },
  {
    name: 'sends a body for ever, in chunks',
    answer: (socket) => {
      socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`);
      flood(socket, `400\r\n${'x'.repeat(1_024)}\r\n`);
    },
    code: 'CODE_TOO_LARGE',
  },
  {
    name: 'sends a chunk for each byte',
    answer: (socket) => {
      socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`);
      flood(socket, '1\r\nx\r\n'.repeat(1_000));
    },
    code: 'DOWNLOAD_FAILED',
    reason: 'network',
  },
  {
    name: 'sends a body for ever, until it closes',
    answer: (socket) => {
      socket.write(`${ok}\r\n`);
      flood(socket, 'x'.repeat(1_024));
    },
    code: 'CODE_TOO_LARGE',
  },
  {
    name: 'sends an error page for ever',
    answer: (socket) => {
      socket.write('HTTP/1.1 500 Oops\r\n\r\n');
      flood(socket, 'x'.repeat(1_024));
    },
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'redirects with a body without end',
    answer: (socket) => {
      socket.write('HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n');
      flood(socket, 'x'.repeat(1_024));
    },
    code: 'URL_NOT_ALLOWED',
  },
  {
    name: 'redirects to itself',
    answer: (socket) =>
      socket.write(
        'HTTP/1.1 302 Found\r\nLocation: /\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      ),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'redirects to two places',
    answer: (socket) =>
      socket.end(
        'HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nLocation: http://10.0.0.2/\r\n\r\n',
      ),
    code: 'URL_NOT_ALLOWED',
  },
  {
    name: 'switches protocols unasked',
    answer: (socket) =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'continues unasked',
    answer: (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n'),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'is no HTTP server',
    answer: (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'speaks HTTP/0.9',
    answer: (socket) => socket.end('<html>code</html>'),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'has a status beyond three digits',
    answer: (socket) => socket.end('HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'says gzip and sends text',
    answer: (socket) => socket.end(`${ok}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\ncode`),
    code: 'DOWNLOAD_FAILED',
    reason: 'Z_DATA_ERROR',
  },
  {
    name: 'cuts its gzip short',
    answer: (socket) => {
      const body = gzipSync('code'.repeat(100)).subarray(0, 20);
      socket.write(`${ok}Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n`);
      socket.end(body);
    },
    code: 'DOWNLOAD_FAILED',
    reason: 'Z_BUF_ERROR',
  },
  {
    name: 'compresses four times over',
    answer: (socket) =>
      socket.end(`${ok}Content-Encoding: gzip, gzip, gzip, gzip\r\nContent-Length: 4\r\n\r\ncode`),
    code: 'DOWNLOAD_FAILED',
  },
  {
    name: 'sends empty blocks of deflate for ever',
    answer: (socket) => {
      socket.write(`${ok}Content-Encoding: deflate\r\n\r\n`);
      flood(socket, '\0\0\0\xff\xff'.repeat(1_000));
    },
    code: 'CODE_TOO_LARGE',
  },
];

describe('a server that', () => {
  test.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const server = await raw((socket) => {
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
    await settled(() => server.connections.size === 0);
  });

  test('falls silent within its body is given up before the download is over', async () => {
    const server = await raw((socket) => socket.write(`${ok}Content-Length: 10\r\n\r\nhalf`));
    const egress = trusting({ downloadTimeoutMs: 25_000 });
    await expect(download(egress, `${server.origin}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_TIMEOUT',
      message: expect.stringContaining('stopped sending in the middle'),
    });
  });

  test('is not there', async () => {
    const server = await serve(() => {});
    await server.close();
    servers.push(server);
    await expect(download(trusting(), `${server.origin}/`)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('nothing is listening there'),
      details: { reason: 'ECONNREFUSED' },
    });
  });
});

test('who gives up while connecting leaves no socket behind', async () => {
  // Accepts connections, and never answers the TLS handshake.
  const server = await raw(() => {});
  const origin = `https://127.0.0.1:${server.port}`;
  const egress = trusting({ trustedOrigins: [origin], downloadTimeoutMs: 50 });
  await expect(download(egress, `${origin}/`)).rejects.toMatchObject({ code: 'DOWNLOAD_TIMEOUT' });
  await settled(() => server.connections.size === 0);
  const session = sessionOf(egress);
  const fetches = Array.from({ length: 10 }, () =>
    fetchFrom(session, `${origin}/`, { timeoutMs: 20 }),
  );
  for (const { error } of await Promise.all(fetches)) expect(error?.kind).toBe('timeout');
  await settled(() => server.connections.size === 0);
}, 4_000);

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
    const server = await raw((socket) => (closes ? socket.end(response) : socket.write(response)));
    const egress = trusting();
    const { bytes } = await download(egress, `${server.origin}/`);
    expect(Buffer.from(bytes).toString()).toBe('code');
    expect((await fetchFrom(sessionOf(egress), `${server.origin}/`)).text).toBe('code');
  });

  test('an answer before the request has been read', async () => {
    const answer = 'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno';
    const server = await raw((socket) => socket.end(answer));
    const session = sessionOf(trusting(), { maxRequestBytes: 8_000_000, maxTotalBytes: 9_000_000 });
    const outcome = await fetchFrom(session, `${server.origin}/`, {
      method: 'POST',
      body: new Uint8Array(8_000_000),
    });
    // Node.js's own fetch may lose such an answer to the reset that follows it, too.
    expect(outcome.status === 413 || outcome.error?.kind === 'network').toBe(true);
    await settled(() => server.connections.size === 0);
  });

  test('a second response on the connection answers no later request', async () => {
    const one = `${ok}Content-Length: 4\r\n\r\ncode`;
    const server = await raw((socket) => socket.write(one + one.replace('code', 'evil')));
    const egress = trusting();
    for (let i = 0; i < 5; i += 1) {
      const { bytes } = await download(egress, `${server.origin}/${i}`);
      expect(Buffer.from(bytes).toString()).toBe('code');
    }
  });

  test('a connection that dies just as it is used again', async () => {
    let answers = 0;
    const server = await raw((socket) => {
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
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(body);
    });
    servers.push(server);
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

test('after 1,000 faulty downloads no socket and no timer is left', async () => {
  const before = process.getActiveResourcesInfo();
  let next = 0;
  const server = await raw((socket) => {
    socket.setDefaultEncoding('latin1');
    faults[next % faults.length]?.answer(socket);
    next += 1;
  });
  const egress = trusting({ downloadTimeoutMs: 100 });
  const attempt = () => download(egress, `${server.origin}/`).catch(() => null);
  for (let done = 0; done < 1_000; done += 50) {
    await Promise.all(Array.from({ length: 50 }, attempt));
  }
  await settled(() => server.connections.size === 0);
  const count = (resources: readonly string[], name: string) =>
    resources.filter((resource) => resource === name).length;
  await settled(() => count(process.getActiveResourcesInfo(), 'TCPSocketWrap') === 0);
  const after = process.getActiveResourcesInfo();
  expect(count(after, 'Timeout')).toBeLessThanOrEqual(count(before, 'Timeout') + 1);
}, 60_000);
