import { describe, expect, test } from '@jest/globals';
import {
  type Complaint,
  guestFiles,
  outputPaths,
  type RequestFile,
} from '../../lambda/api/files.ts';

function check(files: Record<string, RequestFile>, maxBytes = 1000) {
  const complaints: Complaint[] = [];
  const result = guestFiles(files, maxBytes, (complaint) => complaints.push(complaint));
  return { result, complaints };
}

describe('files of a request', () => {
  test('get absolute, normal paths', () => {
    const { result, complaints } = check({
      'a.txt': 'a',
      './b//c/../d.txt': 'd',
      '/e/f': { base64: 'AAECAw==' },
      'empty/': '',
      'also-empty/.': '',
      '/': '',
      'b/': '',
    });
    expect(complaints).toEqual([]);
    expect(result).toEqual({
      '/a.txt': 'a',
      '/b/d.txt': 'd',
      '/e/f': { base64: 'AAECAw==' },
      '/empty': null,
      '/also-empty': null,
      '/b': null,
    });
  });

  test('may be named like members of Object.prototype', () => {
    const { result } = check({ constructor: 'c', toString: 't', '/__proto__': 'p' });
    expect(Object.entries(result)).toEqual([
      ['/constructor', 'c'],
      ['/toString', 't'],
      ['/__proto__', 'p'],
    ]);
  });

  test.each<readonly [string, Record<string, RequestFile>, RegExp]>([
    ['leaves /', { '../a': '' }, /leaves/],
    ['leaves / in the middle', { 'a/../../a': '' }, /leaves/],
    ['leaves / from /', { '/..': '' }, /leaves/],
    ['has no path', { '': '' }, /empty/],
    ['has NUL in its path', { 'a\0b': '' }, /NUL/],
    ['has a lone surrogate in its path', { 'a\ud800': '' }, /Unicode/],
    ['has too long a name', { [`${'ü'.repeat(128)}`]: '' }, /255/],
    ['has too long a path', { [`${'a/'.repeat(2100)}a`]: '' }, /4096/],
    ['is the root directory', { '.': 'text' }, /directory/],
    ['is a directory with content', { 'a/': 'text' }, /directory/],
    ['is a file twice', { a: '1', '/a': '1' }, /contradicts/],
    ['is a file and a directory', { a: '1', 'a/': '' }, /contradicts/],
    ['is a directory and a file', { 'a/': '', './a': '' }, /contradicts/],
    ['lies below a file', { 'a/b/c': '1', 'a/b': '2' }, /below the file \/a\/b/],
    ['lies deep below a file', { a: '1', 'a-b': '', 'a/b/c/d/e': '2' }, /below the file \/a$/],
    ['is a directory below a file', { a: '1', 'a/b/': '' }, /below the file \/a$/],
    ['has base64 of a wrong length', { a: { base64: 'AAE' } }, /base64/],
    ['has base64 with a foreign letter', { a: { base64: 'AA*=' } }, /base64/],
    ['has base64 with a line break', { a: { base64: 'AAEC\nAw==' } }, /base64/],
    ['has base64 with padding inside', { a: { base64: 'A=ECAw==' } }, /base64/],
    ['has base64url', { a: { base64: '_-_-' } }, /base64/],
  ])('are refused where one %s', (_, files, reason) => {
    const { complaints } = check(files);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]?.reason).toMatch(reason);
    expect(complaints[0]?.path).toMatch(/^files\./);
  });

  test('may have as many bytes as the operator allows, and not one more', () => {
    const files = { a: 'ü'.repeat(250), b: { base64: Buffer.alloc(500).toString('base64') } };
    expect(check(files, 1000).complaints).toEqual([]);
    expect(check(files, 999).complaints).toEqual([
      { path: 'files', reason: expect.stringMatching(/1000 bytes.*999.*ENGINE_MAX_FILES_BYTES/) },
    ]);
  });

  test('are checked in time that grows with their number, not its square', () => {
    const deep = `${'a/'.repeat(2000)}`;
    const files: Record<string, RequestFile> = {};
    for (let index = 0; index < 1200; index++) files[`${deep}${index}`] = '';
    expect(check(files).complaints).toEqual([]);
  });
});

describe('outputs of a request', () => {
  test('get absolute, normal paths, each once', () => {
    const complaints: Complaint[] = [];
    const paths = outputPaths(['a.txt', '/a.txt', './b//c/../d', '..a/b '], (complaint) =>
      complaints.push(complaint),
    );
    expect(paths).toEqual(['/a.txt', '/b/d', '/..a/b ']);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['leaves /', '../a', /leaves/],
    ['is empty', '', /empty/],
    ['has NUL in it', 'a\0b', /NUL/],
    ['has a lone surrogate', 'a\ud800', /Unicode/],
    ['has too long a name', 'x'.repeat(256), /255/],
    ['is too long', `${'a/'.repeat(2100)}a`, /4096/],
    ['is the root directory', '/', /directory/],
    ['ends as a directory does', 'a/', /directory/],
    ['ends in a dot', 'a/.', /directory/],
  ])('are refused where one %s', (_, path, reason) => {
    const complaints: Complaint[] = [];
    outputPaths(['fine', path], (complaint) => complaints.push(complaint));
    expect(complaints).toEqual([{ path: 'outputs.1', reason: expect.stringMatching(reason) }]);
  });
});
