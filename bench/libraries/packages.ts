/**
 * The libraries of the benchmark and the engines it compares with. They are no dependencies: npm installs
 * them once, in a folder beside the temporary files.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Pinned, so that figures can be compared. */
const packages = {
  'isolated-vm': '7.0.1',
  mathjs: '15.1.0',
  prettier: '3.6.2',
  zod: '4.1.12',
};

export const packagesFolder: string = join(
  tmpdir(),
  `script-engine-bench-${Object.values(packages).join('-')}`,
);

export function installPackages(): void {
  if (existsSync(join(packagesFolder, 'node_modules', '.package-lock.json'))) return;
  mkdirSync(packagesFolder, { recursive: true });
  writeFileSync(join(packagesFolder, 'package.json'), JSON.stringify({ dependencies: packages }));
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund'], {
    cwd: packagesFolder,
    stdio: 'inherit',
  });
}

/** A library, and what a program does with it. */
export interface Library {
  readonly name: string;
  /** The module that the bundle is made of. */
  readonly exports: string;
  /** A module that imports the library from `./library.mjs`. */
  readonly program: string;
  /** JSON of what the program exports. */
  readonly result: string;
}

const parsers = ['acorn', 'angular', 'babel', 'estree', 'flow', 'glimmer', 'graphql', 'html'];
const otherParsers = ['markdown', 'meriyah', 'postcss', 'typescript', 'yaml'];

export const libraries: readonly Library[] = [
  {
    name: 'zod, parses an object',
    exports: `export * from 'zod'`,
    program: `import { z } from './library.mjs';
      export default z.object({ name: z.string(), age: z.number().int() }).parse({ name: 'Ada', age: 36 })`,
    result: '{"name":"Ada","age":36}',
  },
  {
    name: 'mathjs, adds two fractions',
    exports: `export * from 'mathjs'`,
    program: `import { add, fraction, number } from './library.mjs';
      export default number(add(fraction(1, 3), fraction(1, 6)))`,
    result: '0.5',
  },
  {
    name: 'prettier with its parsers, formats nothing',
    exports: [...parsers, ...otherParsers]
      .map((parser) => `export * as ${parser} from 'prettier/plugins/${parser}';`)
      .join('\n')
      .concat(`export * as prettier from 'prettier/standalone'`),
    program: `import { prettier } from './library.mjs';
      export default typeof prettier.format`,
    result: '"function"',
  },
];

/** The library in one file, as a CDN would serve it. */
export async function bundleLibrary({ exports }: Library): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: exports, resolveDir: packagesFolder },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minify: true,
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** The program and the library in one file. */
export async function bundleProgram({ program }: Library, library: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program },
    bundle: true,
    format: 'esm',
    minify: true,
    // All of it stays: the benchmark is about code that is there, not about what is used.
    treeShaking: false,
    write: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'library',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /library\.mjs$/ }, () => ({ path: 'library', namespace: 'library' }));
          onLoad({ filter: /.*/, namespace: 'library' }, () => ({ contents: library }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? '';
}
