/** Builds the playground: one page, its script and its style, compressed. */

import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';

const root = new URL('../', import.meta.url);
const sources = new URL('lambda/playground/', root);
const compress = promisify(brotliCompress);

interface Example {
  readonly title: string;
  readonly request: { readonly url: string; readonly [field: string]: unknown };
}

/** @param folder gets each file with `.br` behind its name */
export async function buildPlayground(folder: URL, common: BuildOptions): Promise<void> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['main.ts', 'style.css'].map((name) => fileURLToPath(new URL(name, sources))),
    outdir: fileURLToPath(folder),
    entryNames: '[name]-[hash]',
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    define: { EXAMPLES: JSON.stringify(await inlineExamples()) },
  });
  let page = await readFile(new URL('index.html', sources), 'utf8');
  for (const { path, contents } of outputFiles) {
    const name = basename(path);
    page = page.replace(`"${name.replace(/-[0-9A-Z]+\./, '.')}"`, `"playground/${name}"`);
    await writeFile(new URL(`${name}.br`, folder), await compress(contents));
  }
  await writeFile(new URL('index.html.br', folder), await compress(page));
}

/** The examples with their code in the place of its URL, so that they run wherever the page is served. */
async function inlineExamples(): Promise<object[]> {
  const read = (path: string) => readFile(new URL(path.replace(/^\//, ''), root));
  const examples: readonly Example[] = JSON.parse(String(await read('examples/requests.json')));
  return Promise.all(
    examples.map(async ({ title, request: { url, ...request } }) => {
      const bytes = await read(url);
      const code = url.endsWith('.wasm') ? { base64: bytes.toString('base64') } : String(bytes);
      return { title, request: { code, ...request } };
    }),
  );
}
