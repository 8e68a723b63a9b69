/** What a server can do wrong, as a table: each answers a download, and what the download fails with. */

import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export const ok = 'HTTP/1.1 200 OK\r\n';

export interface Fault {
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

export const faults: readonly Fault[] = [
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
