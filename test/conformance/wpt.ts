/**
 * Web-platform-tests as the yardstick: runs the `.any.js` tests of a checkout inside the realm and
 * counts what passes. The tests are not part of this repository.
 *
 *     node test/conformance/wpt.ts [--failures] [--realm=node] FOLDER AREA…
 *
 * FOLDER is a checkout of web-platform-tests, AREA a folder or file in it (`url`, `dom/abort`).
 */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findTests, type WebPlatformTest } from './wpt-files.ts';
import { parseReport, type Subtest, testScript } from './wpt-script.ts';

/** Runs a script that prints with `console.log`. Gives what it printed, however the script ended. */
export type Evaluate = (
  script: string,
) => Promise<{ readonly output: string; readonly error: string | null }>;

export interface AreaResult {
  readonly area: string;
  readonly passed: number;
  readonly total: number;
  readonly failures: readonly string[];
}

/** Realms to run in, by name: each a module of this folder that exports `evaluate`. */
const realms: { readonly [name: string]: () => Promise<{ readonly evaluate: Evaluate }> } = {
  engine: () => import('./wpt-engine-realm.ts'),
  node: () => import('./wpt-node-realm.ts'),
};

/** Runs all tests of an area, one after the other. */
export async function runArea(root: string, area: string, evaluate: Evaluate): Promise<AreaResult> {
  const subtests: Subtest[] = [];
  for (const test of await findTests(root, area))
    subtests.push(...(await runTest(root, test, evaluate)));
  const failed = subtests.filter((subtest) => !subtest.passed);
  return {
    area,
    passed: subtests.length - failed.length,
    total: subtests.length,
    failures: failed.map(({ file, name, message }) => `${file}: ${name}: ${message}`),
  };
}

async function runTest(
  root: string,
  test: WebPlatformTest,
  evaluate: Evaluate,
): Promise<Subtest[]> {
  const harness = await readFile(path.join(root, 'resources/testharness.js'), 'utf8');
  const { output, error } = await evaluate(testScript(harness, test));
  return parseReport(test.file, output, error);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      failures: { type: 'boolean', default: false },
      realm: { type: 'string', default: 'engine' },
    },
  });
  const [root, ...areas] = positionals;
  const realm = realms[values.realm];
  if (root === undefined || areas.length === 0 || realm === undefined) {
    throw new Error(
      `Usage: wpt.ts [--failures] [--realm=${Object.keys(realms).join('|')}] FOLDER AREA…`,
    );
  }
  const { evaluate } = await realm();
  for (const area of areas) {
    const { passed, total, failures } = await runArea(root, area, evaluate);
    const share = total === 0 ? '–' : `${((100 * passed) / total).toFixed(1)} %`;
    console.log(`${area.padEnd(48)} ${`${passed}/${total}`.padStart(13)} ${share.padStart(8)}`);
    if (values.failures) for (const failure of failures) console.log(`  ${failure}`);
  }
}

if (import.meta.main) await main();
