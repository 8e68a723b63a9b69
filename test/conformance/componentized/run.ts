/**
 * Makes a component of examples/components/orders.js by componentize-js (12 MB, with a JavaScript engine
 * in it), and calls it here and by jco: the results must be the same. npm installs both beside this.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import type { Outcome } from '../expectations.ts';
import { installPackages } from '../packages/installed.ts';
import { type Case, cases } from './cases.ts';

const packages = {
  '@bytecodealliance/componentize-js': '0.23.0',
  '@bytecodealliance/jco': '1.35.0',
};
const examples = fileURLToPath(new URL('../../../examples/components/', import.meta.url));
/** Each case runs so often: later runs are of the component that is kept. */
const RUNS = 2;

export async function runComponentized(): Promise<Outcome[]> {
  const folder = installPackages(packages);
  const code = componentOf(folder);
  await transpile(folder, code);
  const oracle = fileURLToPath(new URL('oracle.ts', import.meta.url));
  const quiet = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
  const lines = execFileSync(process.execPath, [quiet, oracle, folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const expected = lines
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const outcomes: Outcome[] = [];
  for (const [at, each] of cases.entries()) {
    for (let run = 1; run <= RUNS; run += 1) {
      const found = await answerOf(code, each);
      const passed = isDeepStrictEqual(found, expected[at]);
      const message = passed ? '' : `${shown(found)}, and by jco ${shown(expected[at])}`;
      outcomes.push({ file: each.entrypoint, name: `${each.name}, run ${run}`, passed, message });
    }
  }
  return outcomes;
}

/** Made once, by the example's own script. */
function componentOf(folder: string): Uint8Array {
  const path = join(folder, 'orders.wasm');
  if (!existsSync(path)) {
    for (const name of ['orders.js', 'orders.wit', 'componentize.mjs']) {
      cpSync(join(examples, name), join(folder, name));
    }
    execFileSync(process.execPath, ['componentize.mjs'], { cwd: folder, stdio: 'inherit' });
  }
  return new Uint8Array(readFileSync(path));
}

async function transpile(folder: string, code: Uint8Array): Promise<void> {
  const entry = join(folder, 'node_modules/@bytecodealliance/jco/dist/api.js');
  const jco = (await import(pathToFileURL(entry).href)) as {
    transpile(
      component: Uint8Array,
      options: { readonly name: string },
    ): Promise<{ readonly files: { readonly [name: string]: Uint8Array } }>;
  };
  const { files } = await jco.transpile(code, { name: 'orders' });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'orders', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  }
}

async function answerOf(code: Uint8Array, { entrypoint, args }: Case): Promise<unknown> {
  const { outcome } = await runGuest(code, {
    entrypoint,
    args,
    limits: { timeoutMs: 30_000, cpuMs: 30_000 },
  });
  if (outcome.status === 'success') return { result: JSON.parse(outcome.resultJson) };
  return outcome.error.code === 'RUNTIME_ERROR'
    ? { error: outcome.error.details }
    : { failure: outcome.error };
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}
