/** The programs, each in one file with the packages that it imports, as people bring them. */

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Program {
  /** Its path in the folder `programs`, and the version where there are several. */
  readonly name: string;
  /** An ES module. Its default export is the result, or a function that gives it. */
  readonly source: string;
}

const folder = fileURLToPath(new URL('programs/', import.meta.url));

/** Programs that run with another version of a package, too. */
const versions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'compilers/typescript.mjs': { typescript: 'typescript-6' },
};

/** Of Node.js: packages import them, and do without them in browsers. */
const nodeModule = /^(?:node:)?(?:crypto|fs|module|os|path|perf_hooks|url)$/;

/** @param area the only folder or file to bundle */
export async function bundlePrograms(packagesFolder: string, area = ''): Promise<Program[]> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const programs: Program[] = [];
  for (const path of paths) {
    if (!path.endsWith('.mjs') || !path.startsWith(area)) continue;
    programs.push({ name: path, source: await bundle(path, packagesFolder) });
    const alias = versions[path];
    if (alias === undefined) continue;
    const name = `${path}?${Object.values(alias)}`;
    programs.push({ name, source: await bundle(path, packagesFolder, alias) });
  }
  return programs;
}

async function bundle(
  path: string,
  packagesFolder: string,
  alias: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { outputFiles } = await build({
    // Packages are found from there, not from here.
    stdin: { contents: await readFile(join(folder, path), 'utf8'), resolveDir: packagesFolder },
    absWorkingDir: packagesFolder,
    alias,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    minify: true,
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.browser': 'true',
      global: 'globalThis',
    },
    plugins: [
      {
        name: 'without Node.js',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: nodeModule }, (found) => ({ path: found.path, namespace: 'none' }));
          onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {}' }));
        },
      },
    ],
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
