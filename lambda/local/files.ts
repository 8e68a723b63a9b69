/** The files of a folder over HTTP, as a plain web server sends them. */

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { allLanguages } from '../contract/languages.ts';
import { refuse } from './refusal.ts';

const contentTypes: ReadonlyMap<string, string> = new Map([
  ['.c', 'text/plain; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.json', 'application/json'],
  ['.ts', 'text/plain; charset=utf-8'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.wat', 'text/plain; charset=utf-8'],
  ...allLanguages.flatMap(({ extensions, contentTypes: [contentType], format }) =>
    extensions.map((extension): [string, string] => [
      `.${extension}`,
      format === 'text' ? `${contentType}; charset=utf-8` : contentType,
    ]),
  ),
]);

/**
 * Answers with the file that a URL path names below a folder. Nothing outside the folder, behind a
 * symbolic link that leaves it, or in a hidden file is ever served.
 * @param folder its real path
 * @param path as it stands in the URL, percent-encoded, relative to the folder
 */
export async function serveFile(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const allow = 'GET, HEAD';
    refuse(response, 'METHOD_NOT_ALLOWED', `There is only ${allow} here`, { allow });
    return;
  }
  const file = await findFile(folder, path);
  if (file === null) {
    refuse(response, 'NOT_FOUND', 'There is no such file');
    return;
  }
  const headers = {
    // A file that is edited is seen at once; one that is not costs a 304.
    'cache-control': 'no-cache',
    etag: `"${file.mtimeMs.toString(36)}-${file.size.toString(36)}"`,
    'x-content-type-options': 'nosniff',
  };
  if (request.headers['if-none-match'] === headers.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'content-length': file.size,
    'content-type': contentTypes.get(extname(file.path)) ?? 'application/octet-stream',
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file.path), response).catch(() => response.destroy());
}

interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

async function findFile(folder: string, path: string): Promise<FoundFile | null> {
  try {
    const name = decodeURIComponent(path);
    if (name.split(/[/\\]/).some((segment) => segment.startsWith('.'))) return null;
    const real = await realpath(join(folder, name));
    if (!real.startsWith(folder + sep)) return null;
    const stats = await stat(real);
    return stats.isFile() ? { path: real, size: stats.size, mtimeMs: stats.mtimeMs } : null;
  } catch {
    // Not percent-encoded UTF-8, a NUL in it, or no such file.
    return null;
  }
}
