/**
 * Runs prebuilt tests of WebAssembly/wasi-testsuite (branch `prod/testsuite-all`) and prints how many
 * pass: `node test/conformance/wasi.ts FOLDER`, where FOLDER holds directories with a `manifest.json`,
 * `*.wasm` and optional `*.json` that say arguments, environment, directories and what is expected.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { GuestFiles } from '../../lambda/contract/run-inputs.ts';
import { createWasmRuntime } from '../../lambda/guest/webassembly/runtime.ts';
import { runGuest } from '../support/guest/wasm-guest.ts';

interface TestCase {
  readonly args?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly dirs?: readonly string[];
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit_code?: number;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node test/conformance/wasi.ts FOLDER');

/** Suites of the same repository for what this engine does not claim: later WASI, and threads. */
const otherInterfaces = /wasip[23]|wasi-threads/;

const failures: string[] = [];
let total = 0;
for (const manifest of filesBelow(folder).filter((path) => basename(path) === 'manifest.json')) {
  const suite = dirname(manifest);
  if (otherInterfaces.test(suite)) continue;
  const tests = readdirSync(suite).filter((name) => name.endsWith('.wasm'));
  for (const test of tests.sort()) {
    total += 1;
    const failure = await runTest(join(suite, test));
    if (failure !== null) failures.push(`${relative(folder, join(suite, test))}: ${failure}`);
  }
}
for (const failure of failures) console.log(`FAIL ${failure}`);
console.log(`${total - failures.length}/${total} passed`);
process.exitCode = failures.length === 0 && total > 0 ? 0 : 1;

async function runTest(path: string): Promise<string | null> {
  const wanted = readCase(path.replace(/\.wasm$/, '.json'));
  const dirs = wanted.dirs ?? [];
  const run = await runGuest(readFileSync(path), {
    runtime: createWasmRuntime({ preopens: dirs }),
    args: wanted.args ?? [],
    env: wanted.env ?? {},
    stdin: wanted.stdin ?? null,
    files: Object.assign(
      {},
      ...dirs.map((dir) => directoryFiles(join(dirname(path), dir), `/${dir}`)),
    ),
  });
  const { outcome, stdout, stderr } = run;
  const exitCode = outcome.exitCode ?? (outcome.status === 'error' ? outcome.error.code : 0);
  if (exitCode !== (wanted.exit_code ?? 0)) {
    const why = outcome.status === 'error' ? outcome.error.message : '';
    return `exit ${exitCode}. ${why} ${stderr.trim().replace(/\s+/g, ' ')}`;
  }
  if (wanted.stdout !== undefined && wanted.stdout !== stdout)
    return `stdout ${JSON.stringify(stdout)}`;
  if (wanted.stderr !== undefined && wanted.stderr !== stderr)
    return `stderr ${JSON.stringify(stderr)}`;
  return null;
}

function readCase(path: string): TestCase {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestCase;
  } catch {
    return {};
  }
}

function directoryFiles(directory: string, prefix: string): GuestFiles {
  const files: Record<string, GuestFiles[string]> = { [`${prefix}/`]: null };
  for (const path of filesBelow(directory)) {
    files[`${prefix}/${relative(directory, path)}`] = { base64: readFileSync(path, 'base64') };
  }
  return files;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}
