/** Files stay short and folders small: what does not fit on a few screens has more than one subject. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MAX_LINES = 350;
const MAX_SIBLINGS = 20;

const sourceFolders = ['bench', 'build', 'infra', 'lambda'];

/** Tables of data, which are as long as what they list, and what is made from them. */
const tables: readonly string[] = ['lambda/client/wire.ts'];

interface Entry {
  readonly path: string;
  readonly folder: string;
  readonly isFile: boolean;
}

/** Everything below folders of the project. */
function entriesBelow(...folders: readonly string[]): Entry[] {
  return folders.flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true }).map((entry) => {
      const folder = relative(root, entry.parentPath);
      return { path: join(folder, entry.name), folder, isFile: entry.isFile() };
    }),
  );
}

function sourcesBelow(...folders: readonly string[]): string[] {
  const files = entriesBelow(...folders).filter(({ isFile }) => isFile);
  return files.map(({ path }) => path).filter((path) => /\.(?:ts|mjs)$/.test(path));
}

function linesOf(path: string): number {
  return readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length;
}

/** Those above a limit, with their size. */
function oversized(counts: Iterable<readonly [string, number]>, max: number): string[] {
  return [...counts].filter(([, count]) => count > max).map(([path, count]) => `${path}: ${count}`);
}

test(`no source file is longer than ${MAX_LINES} lines`, () => {
  const files = sourcesBelow(...sourceFolders).filter((path) => !tables.includes(path));
  expect(files.length).toBeGreaterThan(200);
  expect(
    oversized(
      files.map((path) => [path, linesOf(path)] as const),
      MAX_LINES,
    ),
  ).toEqual([]);
});

test(`no test is longer than ${MAX_LINES} lines, tables of cases apart`, () => {
  const files = sourcesBelow('test').filter((path) => path.endsWith('.test.ts'));
  expect(
    oversized(
      files.map((path) => [path, linesOf(path)] as const),
      MAX_LINES,
    ),
  ).toEqual([]);
});

test(`no folder has more than ${MAX_SIBLINGS} siblings`, () => {
  const folders = Map.groupBy(entriesBelow(...sourceFolders, 'test'), ({ folder }) => folder);
  const counts = [...folders].map(([folder, entries]) => [folder, entries.length] as const);
  expect(counts.length).toBeGreaterThan(50);
  expect(oversized(counts, MAX_SIBLINGS)).toEqual([]);
});

describe('what is too large', () => {
  test('is named, with its size', () => {
    expect(
      oversized(
        [
          ['a.ts', 351],
          ['b.ts', 350],
        ],
        MAX_LINES,
      ),
    ).toEqual(['a.ts: 351']);
  });

  test('is no table that has become short, or has gone', () => {
    const files = sourcesBelow(...sourceFolders);
    expect(tables.filter((path) => !files.includes(path) || linesOf(path) <= MAX_LINES)).toEqual(
      [],
    );
  });
});
