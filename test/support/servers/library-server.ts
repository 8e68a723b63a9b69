/** Serves packages as CDNs do: their own files, or all of a package in one ES module. */

import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listenOnLoopback } from './loopback.ts';

export interface LibraryServer {
  readonly origin: string;
  /** @returns the URL of a program: the same one each time */
  serve(source: string): string;
  close(): Promise<void>;
}

/** Packages of a version do not change. */
const headers = { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' };

const root = new URL('../../../', import.meta.url);

/**
 * `/node_modules/…` are files as they are installed, `/bundle/NAME` is a package for browsers in one
 * file.
 */
export async function startLibraryServer(): Promise<LibraryServer> {
  const programs = new Map<string, string>();
  const bundles = new Map<string, Promise<string>>();

  async function answer(path: string): Promise<string | Uint8Array | null> {
    const [, folder, name = ''] = /^\/(\w+)\/(.+)$/.exec(path) ?? [];
    if (folder === 'program') return programs.get(name) ?? null;
    if (folder === 'node_modules') return await readFile(new URL(`.${path}`, root));
    if (folder !== 'bundle') return null;
    const bundle = bundles.get(name) ?? bundlePackage(name);
    bundles.set(name, bundle);
    return await bundle;
  }

  const server = createServer((request, response) => {
    answer(request.url ?? '').then(
      (body) => {
        if (body === null) response.writeHead(404).end();
        else response.writeHead(200, headers).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  const { port, close } = await listenOnLoopback(server);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    serve(source) {
      const name = `${hash('sha256', source)}.js`;
      programs.set(name, source);
      return `${origin}/program/${name}`;
    },
    close,
  };
}

async function bundlePackage(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from '${name}'; import * as all from '${name}'; export default all.default ?? all;`,
      resolveDir: fileURLToPath(root),
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    minify: true,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  });
  return outputFiles[0]?.text ?? '';
}
