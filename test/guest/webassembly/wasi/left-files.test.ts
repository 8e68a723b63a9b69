import { beforeAll, describe, expect, test } from '@jest/globals';
import { FileSystem } from '../../../../lambda/guest/files/filesystem.ts';
import { leftFiles } from '../../../../lambda/guest/files/left-files.ts';
import { fileRights } from '../../../../lambda/guest/webassembly/wasi/abi.ts';
import { compileAssemblyScript } from '../../../support/guest/assemblyscript.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';

const creat = 1;
let driver: Uint8Array;
beforeAll(() => {
  driver = compileAssemblyScript('wasi-driver.as');
});

const given = { '/given': 'given', '/in/text': 'text', '/in/other': 'other' };

/** What is left after WASI calls: paths, sizes, and the contents that were asked for. */
async function leftAfter(calls: readonly string[], outputs: readonly string[] = [], limits = {}) {
  const options = { files: given, outputs, limits, stdin: calls.join('\n') };
  const { outcome, left } = await runGuest(driver, options);
  expect(outcome).toMatchObject({ status: 'success' });
  return {
    truncated: left?.truncated,
    files: left?.files.map(({ path, size, content }) =>
      content === null ? [path, size] : [path, size, Buffer.from(content).toString()],
    ),
  };
}

const open = (path: string, flags = 0): string =>
  `path_open 3 0 ${path} ${flags} ${fileRights} 0 0`;

describe('what a program leaves', () => {
  test.each<readonly [string, readonly string[], readonly (readonly [string, number])[]]>([
    ['is nothing where it has only read', [open('given'), 'fd_read 4 10'], []],
    ['is a file that it has made', [open('new', creat), 'fd_write 4 abc'], [['/new', 3]]],
    ['is an empty file that it has made', [open('in/new', creat)], [['/in/new', 0]]],
    ['is a file that it has written to', [open('given'), 'fd_write 4 G'], [['/given', 5]]],
    ['is a file that it has cut', [open('given'), 'fd_filestat_set_size 4 2'], [['/given', 2]]],
    [
      'is a file under its new name',
      ['path_rename 3 in 3 out'],
      [
        ['/out/other', 5],
        ['/out/text', 4],
      ],
    ],
    ['is a second name of a file', ['path_link 3 0 given 3 z'], [['/z', 5]]],
    ['is no file that it has removed', [open('new', creat), 'path_unlink_file 3 new'], []],
    [
      'is a file that took the place of another',
      ['path_rename 3 in/text 3 given'],
      [['/given', 4]],
    ],
    [
      'is neither directory nor symbolic link',
      ['path_create_directory 3 d', 'path_symlink given 3 l'],
      [],
    ],
    [
      'is told in the order of paths',
      ['path_create_directory 3 a', open('a/b', creat), open('a.txt', creat), open('a0', creat)],
      [
        ['/a.txt', 0],
        ['/a/b', 0],
        ['/a0', 0],
      ],
    ],
  ])('%s', async (_promise, calls, files) => {
    expect(await leftAfter(calls)).toEqual({ truncated: false, files });
  });

  test('comes with contents where they are asked for, changed or not; what is not there is absent', async () => {
    const calls = [
      open('new', creat),
      'fd_write 4 abc',
      open('empty', creat),
      'path_symlink in 3 link',
    ];
    const outputs = [
      '/new',
      '/given',
      '/empty',
      '/link/text',
      '/missing',
      '/in',
      '/given/x',
      '/../given',
    ];
    expect(await leftAfter(calls, outputs)).toEqual({
      truncated: false,
      files: [
        ['/empty', 0, ''],
        ['/given', 5, 'given'],
        ['/link/text', 4, 'text'],
        ['/new', 3, 'abc'],
      ],
    });
  });

  test('has no more content than output may have, the first asked for first, none in part', async () => {
    const outputs = ['/in/text', '/given', '/in/other', '/missing'];
    expect(await leftAfter([], outputs, { maxOutputBytes: 9 })).toEqual({
      truncated: true,
      files: [
        ['/given', 5, 'given'],
        ['/in/other', 5],
        ['/in/text', 4, 'text'],
      ],
    });
  });

  test('is told of a run that fails, too', async () => {
    const { outcome, left } = await runGuest(driver, {
      stdin: [open('new', creat), 'fd_write 4 abc'].join('\n'),
      outputs: ['/new'],
      entrypoint: 'missing',
    });
    expect(outcome).toMatchObject({ error: { code: 'ENTRYPOINT_NOT_FOUND' } });
    expect(left).toEqual({ files: [], truncated: false });
  });
});

describe('of very many files', () => {
  const system = (): FileSystem => new FileSystem(1_000_000, () => 0n);

  test('a thousand are told, those asked for among them', () => {
    const files = system();
    for (let index = 0; index < 5000; index++) {
      files.makeFile(files.root, `f${String(index).padStart(4, '0')}`);
    }
    const left = leftFiles(files, ['/f4999', '/f0000'], 10);
    expect(left.truncated).toBe(true);
    expect(left.files.map(({ path }) => path)).toEqual([
      ...Array.from({ length: 999 }, (_, index) => `/f${String(index).padStart(4, '0')}`),
      '/f4999',
    ]);
    expect(left.files.filter(({ content }) => content !== null)).toHaveLength(2);
  });

  test('those too deep for any path are left out', () => {
    const files = system();
    let directory = files.root;
    for (let depth = 0; depth < 8000; depth++) {
      files.makeFile(directory, 'f');
      directory = files.makeDirectory(directory, 'd'.repeat(255));
    }
    const left = leftFiles(files, [], 10);
    expect(left.files.at(-1)?.path.length).toBeLessThanOrEqual(4097);
    expect([left.files.length, left.truncated]).toEqual([16, true]);
  });
});
