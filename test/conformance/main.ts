/**
 * `npm run conformance -- SUITE [FOLDER]`: runs a suite, and fails where its results differ from
 * `expected/SUITE.json`, for better or worse.
 *
 *     npm run conformance -- wpt ../wpt            a checkout of web-platform-tests/wpt
 *     npm run conformance -- wasi ../wasi-testsuite   its branch prod/testsuite-all
 *     npm run conformance -- components ../component-model   a checkout of WebAssembly/component-model
 *     npm run conformance -- componentized         a component of componentize-js; npm installs that beside this
 *     npm run conformance -- test262 ../test262    a checkout of tc39/test262
 *     npm run conformance -- packages              packages that many use; npm installs them beside this
 *     npm run conformance -- typescript            packages that ship their TypeScript
 *     npm run conformance -- own                   what `npm test` runs, too
 *
 * `--update` writes the results as expected ones. `--realm plain` runs test262 in QuickJS as
 * quickjs-emscripten ships it; its results are `expected/test262-plain.json`, and a test compares the two.
 * For looking: `--area url` runs one area of wpt, of test262 or of the packages and prints what fails,
 * `--realm node` does that of wpt in Node.js itself.
 */

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import {
  differences,
  expectationsOf,
  type Outcome,
  readExpected,
  writeExpected,
} from './expectations.ts';
import { languageSuite, suites } from './suites.ts';
import type { Evaluate } from './wpt.ts';

/** Realms to run in: each a module of this folder that exports `evaluate`. */
const realms: { readonly [name: string]: () => Promise<{ readonly evaluate: Evaluate }> } = {
  engine: () => import('./engine-realm.ts'),
  node: () => import('./node-realm.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    update: { type: 'boolean', default: false },
    area: { type: 'string' },
    realm: { type: 'string', default: 'engine' },
  },
});
const [name = '', folder = ''] = positionals;
const isLanguage = name === 'test262';
const suite = isLanguage ? languageSuite(values.realm) : suites[name];
const realm = realms[isLanguage ? 'engine' : values.realm];
const isPlain = isLanguage && values.realm === 'plain';
/** What is expected of a suite, in a file of its name. */
const expectedName = isPlain ? 'test262-plain' : name;
if (suite === undefined || realm === undefined || (suite.needsFolder && folder === '')) {
  console.error(
    'usage: npm run conformance -- wpt|wasi|components|test262 FOLDER | componentized | packages | typescript | own  [--update] [--area AREA] [--realm engine|node|plain]',
  );
  process.exit(2);
}
const { evaluate } = await realm();

if (values.area !== undefined || values.realm === 'node') {
  const outcomes = await suite.run(folder, evaluate, values.area);
  for (const outcome of outcomes.filter(({ passed }) => !passed)) {
    console.log(`${outcome.file}: ${outcome.name}: ${outcome.message}`);
  }
  console.log(share(outcomes));
} else {
  await check(await suite.run(folder, evaluate));
}

async function check(outcomes: readonly Outcome[]): Promise<void> {
  if (values.update) {
    await writeExpected(expectedName, {
      source: suite?.needsFolder ? commitOf(folder) : 'this repository',
      passed: outcomes.filter(({ passed }) => passed).length,
      total: outcomes.length,
      files: expectationsOf(outcomes),
    });
    console.log(`${share(outcomes)}; expected/${expectedName}.json has that now`);
    return;
  }
  const expected = await readExpected(expectedName);
  const found = differences(expected.files, outcomes);
  for (const line of found) console.log(line);
  console.log(`${share(outcomes)}; ${found.length} differences`);
  if (found.length === 0) return;
  process.exitCode = 1;
  const source = suite?.needsFolder ? commitOf(folder) : expected.source;
  if (source !== expected.source) {
    console.log(`The results expected are those of ${expected.source}; this is ${source}.`);
  }
}

function share(outcomes: readonly Outcome[]): string {
  return `${outcomes.filter(({ passed }) => passed).length}/${outcomes.length} passed`;
}

function commitOf(checkout: string): string {
  try {
    const git = ['-C', checkout, 'rev-parse', 'HEAD'];
    return execFileSync('git', git, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'a folder without a commit';
  }
}
