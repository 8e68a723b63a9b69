/** Conformance is a ratchet: results that are not the expected ones fail, better ones as well. */

import { describe, expect, test } from '@jest/globals';
import { evaluate } from './engine-realm.ts';
import {
  differences,
  type Expected,
  expectationsOf,
  failingOf,
  type Outcome,
  readExpected,
} from './expectations.ts';
import { suites } from './suites.ts';

test('the programs of this repository end as expected', async () => {
  const outcomes = (await suites.own?.run('', evaluate)) ?? [];
  const { files, passed, total } = await readExpected('own');
  expect(differences(files, outcomes)).toEqual([]);
  expect([outcomes.filter((outcome) => outcome.passed).length, outcomes.length]).toEqual([
    passed,
    total,
  ]);
});

test('no test of the language fails that passes in QuickJS as it is shipped', async () => {
  const engine = await readExpected('test262');
  const plain = await readExpected('test262-plain');
  expect([engine.source, engine.total]).toEqual([plain.source, plain.total]);
  const outcomes = Object.entries(engine.files).flatMap(([file, entry]) =>
    failingOf(entry)
      .filter((name) => !failingOf(plain.files[file] ?? 0).includes(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(outcomes).toEqual([]);
  const failing = ({ total, passed }: Expected): number => total - passed;
  expect(failing(engine)).toBeLessThan(failing(plain) / 2);
});

describe('a difference is', () => {
  const outcome = (name: string, passed: boolean): Outcome => ({
    file: 'url.any.js',
    name,
    passed,
    message: passed ? '' : 'assertion failed',
  });
  const before = [outcome('parses', true), outcome('sorts', false), outcome('twice', false)];
  const expected = expectationsOf(before);

  const cases: readonly (readonly [string, readonly Outcome[], readonly string[]])[] = [
    ['nothing that is as before', before, []],
    [
      'a test that fails now',
      [outcome('parses', false), ...before.slice(1)],
      ['worse   url.any.js: parses: assertion failed'],
    ],
    [
      'a test that passes now',
      [outcome('parses', true), outcome('sorts', true), outcome('twice', false)],
      ['better  url.any.js: sorts'],
    ],
    [
      'a second test of the same name that fails',
      [...before, outcome('twice', false)],
      ['changed url.any.js: 4 tests rather than 3', 'worse   url.any.js: twice: assertion failed'],
    ],
    [
      'a test more, even if it passes',
      [...before, outcome('more', true)],
      ['changed url.any.js: 4 tests rather than 3'],
    ],
    ['a file that was not run', [], ['missing url.any.js: it was not run']],
    [
      'a file that nobody expects',
      [...before, { ...outcome('parses', true), file: 'new.any.js' }],
      ['new     new.any.js: no results are expected of it'],
    ],
  ];
  test.each(cases)('%s', (_, outcomes, lines) => {
    expect(differences(expected, outcomes)).toEqual(lines);
  });

  test('none of a file where all pass, as long as they do', () => {
    const all = [outcome('parses', true), outcome('sorts', true)];
    expect(expectationsOf(all)).toEqual({ 'url.any.js': 2 });
    expect(differences(expectationsOf(all), all)).toEqual([]);
    expect(
      differences(expectationsOf(all), [outcome('parses', true), outcome('sorts', false)]),
    ).toEqual(['worse   url.any.js: sorts: assertion failed']);
  });
});
