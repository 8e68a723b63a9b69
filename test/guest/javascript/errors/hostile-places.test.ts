/** Stacks and source maps are what the code made of them: they cost little, and hide no error. */

import { describe, expect, test } from '@jest/globals';
import type { GuestError } from '../../../../lambda/contract/protocol.ts';
import { withPlaces } from '../../../../lambda/guest/javascript/errors/error-places.ts';
import { clampColumn, codeFrame } from '../../../../lambda/guest/javascript/errors/source-text.ts';

const url = 'https://code.example/main.js';

function errorWith(stack: string): GuestError {
  return { code: 'RUNTIME_ERROR', name: 'Error', message: 'boom', stack, details: null };
}

const at = (line: number, column: number) => `Error: boom\n    at f (${url}:${line}:${column})`;

function placesOf(source: string, stack: string) {
  const sourceOf = (asked: string) => (asked === url ? source : undefined);
  const error = withPlaces(errorWith(stack), sourceOf, () => true);
  return { ...error, details: error.details as Record<string, unknown> | null };
}

const withMap = (map: unknown) =>
  `let a;\nthrow a;\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(
    typeof map === 'string' ? map : JSON.stringify(map),
  ).toString('base64')}`;

const plainMap = { version: 3, sources: ['a.ts'], sourcesContent: ['let b'], mappings: 'AAAA' };

describe('a place in a written stack', () => {
  test.each([
    ['a column of ten million', at(1, 10_000_000), 1, 7],
    ['a column beyond all numbers', at(1, Number('1e300')), 1, 7],
    ['column 0', at(2, 0), 2, 1],
  ])('is kept to its line: %s', (_, stack, line, column) => {
    const { details, message } = placesOf(
      'let a;\nthrow a;',
      stack.replace('1e+300', '9'.repeat(300)),
    );
    expect(message).toBe('boom');
    expect(details).toMatchObject({ url, line, column });
    expect(String(details?.frame).length).toBeLessThan(200);
  });

  test('in a line that the text does not have is reported without its frame', () => {
    const { details } = placesOf('let a', at(99, 3));
    expect(details).toEqual({ url, line: 99, column: 1, frame: null });
  });
});

describe('an error of code with a map is reported, where the map has', () => {
  test.each<[string, unknown]>([
    ['an index outside of its sources', { ...plainMap, mappings: 'AAgqBA;AAgqBA' }],
    ['no sources', { ...plainMap, sources: [] }],
    ['sources that are no texts', { ...plainMap, sources: [{}, 5] }],
    ['contents that are no texts', { ...plainMap, sourcesContent: [5] }],
    ['mappings that are no text', { ...plainMap, mappings: 5 }],
    ['mappings that are no mappings', { ...plainMap, mappings: '~~~;ü' }],
    ['negative lines', { ...plainMap, mappings: 'AAHH;AAHH' }],
    ['places beyond its text', { ...plainMap, mappings: 'AA+/////D+/////D;AA+/////D+/////D' }],
    ['another version', { ...plainMap, version: 2 }],
    ['sections', { version: 3, sections: [] }],
    ['no object', 'null'],
    ['no JSON', '{"version":3'],
    ['a list', '[]'],
    ['a million sources', { ...plainMap, sources: Array.from({ length: 1_000_000 }, () => '') }],
    ['a million lines', { ...plainMap, mappings: ';'.repeat(1_000_000) }],
  ])('%s', (_, map) => {
    const { code, message, details } = placesOf(withMap(map), at(2, 7));
    expect({ code, message }).toEqual({ code: 'RUNTIME_ERROR', message: 'boom' });
    expect(JSON.stringify(details).length).toBeLessThan(1000);
    expect(Number.isSafeInteger(details?.line)).toBe(true);
  });

  test('a right one', () => {
    const map = { ...plainMap, mappings: 'AAAA;AAAA,IAAI' };
    expect(placesOf(withMap(map), at(2, 7)).details).toMatchObject({
      url: 'https://code.example/a.ts',
      line: 1,
      column: 5,
    });
  });
});

test('a stack of thousands of frames in one long line costs little', () => {
  const line = 'é😀'.repeat(500_000);
  const source = `${line}\n${withMap({ ...plainMap, mappings: 'AAAA' })}`;
  const stack = ['Error: boom', ...Array(3000).fill(`    at f (${url}:1:900000)`)].join('\n');
  const before = process.cpuUsage();
  const error = placesOf(source, stack);
  const { user } = process.cpuUsage(before);
  expect(error.details).toMatchObject({ line: 1 });
  // 3,000 times through a line of 1.5 MB would be a minute.
  expect(user / 1e6).toBeLessThan(15);
});

test('lines are found and counted in characters', () => {
  expect(clampColumn('é😀b\n\nx', { line: 1, column: 9 })).toEqual({ line: 1, column: 4 });
  expect(clampColumn('a\n\nx', { line: 2, column: 9 })).toEqual({ line: 2, column: 1 });
  expect(codeFrame('a\n\nx', { line: 3, column: 1 })).toBe('  1 | a\n  2 |\n> 3 | x\n    | ^');
  expect(codeFrame('a\n', { line: 2, column: 1 })).toBe('  1 | a\n> 2 |\n    | ^');
  expect(codeFrame('a', { line: 2, column: 1 })).toBe(null);
  expect(codeFrame('a', { line: 0, column: 1 })).toBe(null);
});
