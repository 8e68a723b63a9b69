/**
 * The files of the playground: the build has compressed them once, and they are served as they are. Of what
 * the start-up loads it shares as little as it can: each module that both import costs every cold start a file.
 */

import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { EngineError } from '../contract/errors.ts';
import type { HttpRequest } from './event.ts';

export interface ServedFile {
  readonly kind: 'file';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ReadableStream<Uint8Array>;
  readonly base64: boolean;
  /** Length of the body. */
  readonly bytes: number;
}

/** @throws {EngineError} (rejects) NOT_FOUND */
export type Playground = (
  request: HttpRequest,
  acceptEncoding: string | null,
) => Promise<ServedFile>;

const page = 'index.html';
const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/**
 * The page runs its own script, and nothing else: nothing inline, nothing of another origin, and no text
 * becomes markup. It sends requests to its own origin alone, and nobody may frame it.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const commonHeaders = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'accept-encoding',
} as const;

/**
 * @param folder its files by name, each with `.br` behind it
 * @param streams whether a body may be bytes; where not, they are base64, for gateways that decode it
 */
export async function openPlayground(folder: URL, streams: boolean): Promise<Playground> {
  const names = (await readdir(folder)).map((name) => name.replace(/\.br$/, ''));
  const files = new Map<string, Buffer<ArrayBuffer>>();
  for (const name of names) files.set(name, await readFile(new URL(`${name}.br`, folder)));

  return async ({ path, decodesBase64 }, acceptEncoding) => {
    const name = path === '/' ? page : path.slice(path.lastIndexOf('/') + 1);
    const compressed = files.get(name);
    if (compressed === undefined || (name === page && path !== '/')) {
      throw new EngineError('NOT_FOUND', 'The playground has no such file');
    }
    const headers = {
      ...commonHeaders,
      // The names of all files but the page carry the hash of what is in them.
      'cache-control': name === page ? 'no-cache' : 'public, max-age=31536000, immutable',
      'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
    };
    if (!acceptsBrotli(acceptEncoding) || !(streams || decodesBase64)) {
      const body = await textOf(compressed);
      return { kind: 'file', headers, body, base64: false, bytes: Buffer.byteLength(body) };
    }
    return {
      kind: 'file',
      headers: { ...headers, 'content-encoding': 'br' },
      body: streams ? new Blob([compressed]).stream() : compressed.toString('base64'),
      base64: !streams,
      bytes: compressed.byteLength,
    };
  };
}

function textOf(compressed: Buffer<ArrayBuffer>): Promise<string> {
  const decompressed = new DecompressionStream('brotli');
  return new Response(new Blob([compressed]).stream().pipeThrough(decompressed)).text();
}

/** RFC 9110, 12.5.3; who names it with a weight of 0 does not want it. */
function acceptsBrotli(header: string | null): boolean {
  return /(?:^|,)\s*br\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(header ?? '');
}
