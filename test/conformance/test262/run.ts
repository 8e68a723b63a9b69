/**
 * tc39/test262 as the yardstick of the language: its tests of the language and of the built-ins, each
 * in a realm of its own. The tests are not part of this repository.
 */

import path from 'node:path';
import type { Outcome } from '../expectations.ts';
import { runInEngine } from './engine.ts';
import { findTests, type LanguageTest } from './files.ts';
import { runInPlainQuickJs } from './plain.ts';
import { judge, programOf, type RunProgram } from './program.ts';

/** What the engine claims of the language. */
const TEST262_AREAS: readonly string[] = ['language', 'built-ins'];

/** By the name of the realm that the command line has. */
export const languageRealms: { readonly [name: string]: RunProgram } = {
  engine: runInEngine,
  plain: runInPlainQuickJs,
};

/**
 * Runs all tests, one after the other.
 * @param root of the checkout
 * @param area a folder or file of its `test`, the only one to run
 */
export async function runLanguageAreas(
  root: string,
  area: string | undefined,
  run: RunProgram,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const areas = area === undefined ? TEST262_AREAS : [area];
  const found = await Promise.all(areas.map((name) => findTests(root, name)));
  for (const test of found.flat()) {
    for (const mode of test.modes) {
      const message = judge(test, await run(programOf(root, test, mode)));
      outcomes.push({
        file: areaOf(test),
        name: `${path.basename(test.file)}${test.modes.length > 1 ? ` (${mode})` : ''}`,
        passed: message === null,
        message: (message ?? '').slice(0, 300),
      });
    }
  }
  return outcomes;
}

/** Its folder: the tests are too many to list each. */
function areaOf({ file }: LanguageTest): string {
  return path.dirname(file).slice('test/'.length);
}
