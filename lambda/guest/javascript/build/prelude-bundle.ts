/** Turns the prelude's TypeScript, and the packages it uses, into modules for QuickJS; at build time. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PreludeModules } from './image-build.ts';
import { streamResults } from './stream-results.ts';

const folder = fileURLToPath(new URL('../prelude/', import.meta.url));

/** @throws {Error} where the prelude does not compile */
export async function bundlePrelude(): Promise<PreludeModules> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const { outputFiles } = await build({
    // Each file stays a module of its own: names of functions and classes are what scripts see.
    entryPoints: files.filter((file) => file.endsWith('.ts')).map((file) => folder + file),
    outbase: folder,
    outdir: '/',
    bundle: true,
    splitting: true,
    write: false,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'es2023',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [streamResults],
  });
  return {
    main: '/main.js',
    sources: new Map(outputFiles.map(({ path, text }) => [path, text])),
  };
}
