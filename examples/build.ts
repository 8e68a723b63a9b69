/**
 * Compiles the WebAssembly examples from `source/`. The results are committed, so that nobody needs
 * a compiler to try them; the same sources and compilers give the same bytes.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import wabt from 'wabt';

const examplesDirectory = import.meta.dirname;
const sourceDirectory = join(examplesDirectory, 'source');
const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');

/** Sources of the WebAssembly examples, relative to `source/`. */
export function exampleSources(): readonly string[] {
  return readdirSync(sourceDirectory, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) !== '')
    .sort();
}

/** The file that holds the module compiled from a source. */
export function moduleName(source: string): string {
  return `${basename(source, extname(source))}.wasm`;
}

/**
 * Compiles one example with the compiler for its extension: wabt and AssemblyScript come from npm,
 * clang is the machine's own.
 * @param source one of {@link exampleSources}
 * @param target where the module is written; overwritten
 * @throws what the compiler printed, or `ENOENT` where clang is not installed
 */
export async function compileExample(source: string, target: string): Promise<void> {
  // Compilers run in the source's folder, for the bytes must not depend on where the project is.
  const cwd = dirname(join(sourceDirectory, source));
  const file = basename(source);
  switch (extname(source)) {
    case '.wat':
      return compileText(join(cwd, file), target);
    case '.ts':
      run(process.execPath, [asc, file, '--outFile', target, '-O', '--runtime', 'stub'], cwd);
      return;
    case '.c':
      run('clang', ['--target=wasm32-wasi', '-O2', '-s', '-Wall', file, '-o', target], cwd);
      return;
    default:
      throw new Error(`No compiler for ${source}`);
  }
}

async function compileText(path: string, target: string): Promise<void> {
  const { parseWat } = await wabt();
  const module = parseWat(basename(path), readFileSync(path, 'utf8'));
  try {
    module.validate();
    writeFileSync(target, module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}

function isMissingProgram(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

if (import.meta.main) {
  for (const source of exampleSources()) {
    const name = moduleName(source);
    try {
      await compileExample(source, join(examplesDirectory, name));
      console.log(`${name} ← ${source}`);
    } catch (error) {
      if (!isMissingProgram(error)) throw error;
      console.error(
        `${name}: left as it is, because clang is not installed. ` +
          'Debian has it: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32',
      );
    }
  }
}
