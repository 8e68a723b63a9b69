/** Tests of larger modules are written in AssemblyScript, and compiled when they run. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const compiler = join(
  createRequire(import.meta.url).resolve('assemblyscript/package.json'),
  '..',
  'bin',
  'asc.js',
);

/** Compiles a program of `fixtures/`. */
export function compileAssemblyScript(name: string, ...options: string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'assemblyscript-'));
  try {
    copyFileSync(
      join(import.meta.dirname, '../../guest/webassembly/fixtures', name),
      join(folder, 'program.ts'),
    );
    const args = ['program.ts', '--outFile', 'program.wasm', '-O', '--runtime', 'stub', ...options];
    execFileSync(process.execPath, [compiler, ...args], { cwd: folder, stdio: 'pipe' });
    return readFileSync(join(folder, 'program.wasm'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
