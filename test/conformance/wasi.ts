/** Tests of WebAssembly/wasi-testsuite, and programs in the same form: compiled, then run and compared. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { GuestFiles } from '../../lambda/contract/run-inputs.ts';
import { createWasmRuntime } from '../../lambda/guest/webassembly/runtime.ts';
import { runGuest } from '../support/guest/wasm-guest.ts';
import { wat } from '../support/guest/wat.ts';
import type { Outcome } from './expectations.ts';

interface TestCase {
  readonly args?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly dirs?: readonly string[];
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit_code?: number;
}

/** Suites of the same repository for what this engine does not claim: later WASI, and threads. */
const otherInterfaces = /wasip[23]|wasi-threads/;

/**
 * Runs the programs below a folder, each a test of its own.
 * @param folder holds directories with a `manifest.json`, modules (`*.wasm`, or `*.wat` as text) and
 * optional `*.json` that give arguments, environment, directories and what is expected
 */
export async function runWasi(folder: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const manifests = filesBelow(folder).filter((path) => basename(path) === 'manifest.json');
  for (const suite of manifests.map(dirname).filter((path) => !otherInterfaces.test(path))) {
    const programs = readdirSync(suite).filter((name) => /\.wa(?:sm|t)$/.test(name));
    for (const program of programs.sort()) {
      const path = join(suite, program);
      const failure = await runTest(path);
      const file = relative(folder, path);
      outcomes.push({
        file,
        name: 'the program',
        passed: failure === null,
        message: failure ?? '',
      });
    }
  }
  return outcomes;
}

async function runTest(path: string): Promise<string | null> {
  const wanted = readCase(path.replace(/\.wa(?:sm|t)$/, '.json'));
  const dirs = wanted.dirs ?? [];
  const code = path.endsWith('.wat') ? wat(readFileSync(path, 'utf8')) : readFileSync(path);
  const run = await runGuest(code, {
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
