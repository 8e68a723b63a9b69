/**
 * Web-platform-tests as the yardstick: runs the `.any.js` tests of a checkout inside the realm, each
 * as one script. The tests are not part of this repository.
 */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Outcome } from './expectations.ts';
import { findTests, type WebPlatformTest } from './wpt-files.ts';
import { parseReport, testScript } from './wpt-script.ts';

/** Runs a script that prints with `console.log`. Gives what it printed, however the script ended. */
export type Evaluate = (
  script: string,
) => Promise<{ readonly output: string; readonly error: string | null }>;

/**
 * Runs all tests of an area, one after the other.
 * @param root of the checkout
 * @param area a folder or file in it (`url`, `dom/abort`)
 */
export async function runArea(root: string, area: string, evaluate: Evaluate): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const test of await findTests(root, area))
    outcomes.push(...(await runTest(root, test, evaluate)));
  return outcomes;
}

async function runTest(
  root: string,
  test: WebPlatformTest,
  evaluate: Evaluate,
): Promise<Outcome[]> {
  const harness = await readFile(path.join(root, 'resources/testharness.js'), 'utf8');
  const { output, error } = await evaluate(testScript(harness, test));
  return parseReport(test.file + test.variant, output, error);
}
