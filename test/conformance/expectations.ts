/**
 * Expected results of a suite, as a ratchet: a test that fails and should pass is a difference, and
 * so is one that passes and should fail. Whoever makes it better writes that down with `--update`.
 */

import { readFile, writeFile } from 'node:fs/promises';

/** How one test ended. */
export interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed. */
  readonly message: string;
}

/** By file: how many tests there are where all pass, else their number and those that fail. */
export interface Expectations {
  readonly [file: string]: number | { readonly tests: number; readonly failing: readonly string[] };
}

/** What a file of expectations holds. */
export interface Expected {
  /** What was run: the commit of the checkout, where there is one. */
  readonly source: string;
  readonly passed: number;
  readonly total: number;
  readonly files: Expectations;
}

const folder = new URL('expected/', import.meta.url);

export async function readExpected(suite: string): Promise<Expected> {
  return JSON.parse(await readFile(new URL(`${suite}.json`, folder), 'utf8')) as Expected;
}

/** Writes a line for each file, and for each test that fails. */
export async function writeExpected(suite: string, expected: Expected): Promise<void> {
  const files = Object.entries(expected.files).map(([file, entry]) => {
    if (typeof entry === 'number') return `    ${JSON.stringify(file)}: ${entry}`;
    const failing = entry.failing.map((name) => `        ${JSON.stringify(name)}`).join(',\n');
    return `    ${JSON.stringify(file)}: {\n      "tests": ${entry.tests},\n      "failing": [\n${failing}\n      ]\n    }`;
  });
  const { source, passed, total } = expected;
  const head = Object.entries({ source, passed, total }).map(
    ([name, value]) => `  "${name}": ${JSON.stringify(value)},\n`,
  );
  await writeFile(
    new URL(`${suite}.json`, folder),
    `{\n${head.join('')}  "files": {\n${files.join(',\n')}\n  }\n}\n`,
  );
}

export function expectationsOf(outcomes: readonly Outcome[]): Expectations {
  const files: Record<string, Expectations[string]> = {};
  for (const [file, tests] of [...Map.groupBy(outcomes, ({ file }) => file)].sort(byName)) {
    const failing = tests.filter(({ passed }) => !passed).map(({ name }) => name);
    files[file] =
      failing.length === 0 ? tests.length : { tests: tests.length, failing: failing.sort() };
  }
  return files;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** @returns a line for each difference, none where all is as expected */
export function differences(expected: Expectations, outcomes: readonly Outcome[]): string[] {
  const actual = expectationsOf(outcomes);
  const files = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return files.flatMap((file) => {
    const [before, now] = [expected[file], actual[file]];
    if (before === undefined) return [`new     ${file}: no results are expected of it`];
    if (now === undefined) return [`missing ${file}: it was not run`];
    const lines: string[] = [];
    if (testsOf(before) !== testsOf(now)) {
      lines.push(`changed ${file}: ${testsOf(now)} tests rather than ${testsOf(before)}`);
    }
    for (const name of without(failingOf(now), failingOf(before))) {
      lines.push(`worse   ${file}: ${name}: ${messageOf(outcomes, file, name)}`);
    }
    for (const name of without(failingOf(before), failingOf(now))) {
      lines.push(`better  ${file}: ${name}`);
    }
    return lines;
  });
}

function testsOf(entry: Expectations[string]): number {
  return typeof entry === 'number' ? entry : entry.tests;
}

/** Names of the tests of a file that fail. */
export function failingOf(entry: Expectations[string]): readonly string[] {
  return typeof entry === 'number' ? [] : entry.failing;
}

/** Names of the first list that the second lacks; tests of a file may share a name. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return names.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function messageOf(outcomes: readonly Outcome[], file: string, name: string): string {
  const isIt = (outcome: Outcome): boolean =>
    outcome.file === file && outcome.name === name && !outcome.passed;
  return outcomes.find(isIt)?.message ?? '';
}
