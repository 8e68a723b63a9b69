/** Serves the TypeScript that packages ship, as a host of repositories does. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listenOnLoopback } from '../../support/servers/loopback.ts';

export interface SourceServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** What an import in TypeScript may leave out, or spell as the JavaScript that compilers make. */
const endings = ['', '.ts', '.mts', '/index.ts'] as const;

/** The file that an import means, as compilers find it. @returns `null` where there is none */
export function sourceFile(path: string): string | null {
  const typed = path.replace(/\.([cm]?)js$/, '.$1ts');
  for (const name of [path, typed]) {
    for (const ending of endings) {
      const file = name + ending;
      if (existsSync(file) && statSync(file).isFile()) return file;
    }
  }
  return null;
}

/** @param folder of packages by name */
export async function startSourceServer(folder: string): Promise<SourceServer> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = sourceFile(join(folder, decodeURIComponent(pathname)));
    if (file === null) {
      response.writeHead(404).end();
      return;
    }
    const contentType = pathname.endsWith('.ts')
      ? 'video/mp2t'
      : file.endsWith('ts')
        ? 'application/typescript'
        : 'text/javascript';
    response.writeHead(200, { 'content-type': contentType }).end(readFileSync(file));
  });
  const { port, close } = await listenOnLoopback(server);
  return { origin: `http://127.0.0.1:${port}`, close };
}
