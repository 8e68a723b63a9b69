import { beforeAll, describe, expect, test } from '@jest/globals';
import { errno, fileRights, oflags } from '../../../../lambda/guest/webassembly/wasi/abi.ts';
import { compileAssemblyScript } from '../../../support/guest/assemblyscript.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';
import { links, trailingSlash } from './trailing-slash.ts';
import { transcripts } from './transcripts.ts';

let driver: Uint8Array;
beforeAll(() => {
  driver = compileAssemblyScript('wasi-driver.as');
});

const names = new Map(Object.entries(errno).map(([name, code]) => [String(code), name]));

/** `0 4` as `ok 4`, `44` as `noent`. */
function named(answer: string, call: string): string {
  if (call.startsWith('fill_')) return answer;
  const [code = '', ...results] = answer.split(' ');
  return [code === '0' ? 'ok' : (names.get(code) ?? answer), ...results].join(' ');
}

async function answers(
  calls: readonly string[],
  options: Parameters<typeof runGuest>[1] = {},
): Promise<string[]> {
  const run = await runGuest(driver, { ...options, stdin: calls.join('\n') });
  expect(run.outcome).toMatchObject({ status: 'success', exitCode: 0 });
  return run.stderr
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => named(line, calls[index] ?? '').trimEnd());
}

describe('files in memory', () => {
  test.each(Object.entries(transcripts))('%s', async (_promise, transcript) => {
    const calls = transcript.map(([call]) => call);
    const told = await answers(calls);
    expect(told.map((answer, index) => [calls[index], answer])).toEqual(
      transcript.map(([call, answer]) => [call, answer.trimEnd()]),
    );
  });

  describe.each(['/', '//'])('a symbolic link with %s behind it', (slashes) => {
    test.each(trailingSlash)('%s', async (call, ...expected) => {
      const setup = [
        'path_create_directory 3 dir',
        'path_create_directory 3 other',
        `path_open 3 0 file ${oflags.creat} 0 0 0`,
        'fd_close 4',
        ...Object.entries(links).map(([link, target]) => `path_symlink ${target} 3 ${link}`),
      ];
      const after = ['dir', 'other', 'file', ...Object.keys(links)].map(
        (path) => `path_filestat_get 3 0 ${path}`,
      );
      for (const [index, link] of Object.keys(links).entries()) {
        const calls = [...setup, call.replace('@', `${link}${slashes}`), ...after];
        const got = await answers(calls);
        expect(`${link} ${got[setup.length]}`).toBe(`${link} ${expected[index]}`);
        for (const answer of got.slice(setup.length + 1)) expect(answer).toMatch(/^ok/);
      }
    });
  });

  test('folders on the way to an output are there, also for a program that makes them itself', async () => {
    const outputs = ['/out/deep/a', '/in/b/c', '/in/text.txt/d'];
    const options = { outputs, files: { '/in/text.txt': '' } };
    const create = (path: string) => `path_open 3 0 ${path} ${oflags.creat} 0 0 0`;
    expect(await answers([create('out/deep/a'), create('in/b/c')], options)).toEqual([
      'ok 4',
      'ok 5',
    ]);
    const made = ['path_create_directory 3 out', 'path_create_directory 3 out/deep'];
    expect(await answers([...made, create('out/deep/a'), made[0] ?? ''], options)).toEqual([
      'ok',
      'ok',
      'ok 4',
      'exist',
    ]);
    const looks = ['path_filestat_get 3 0 out', create('in/text.txt/d'), create('other/a')];
    expect(await answers(looks, options)).toEqual(['ok type 3 links 1 size 0', 'notdir', 'noent']);
  });

  test('/tmp is there for temporary files, unless the request has something else there', async () => {
    const calls = ['path_filestat_get 3 0 tmp', `path_open 3 0 tmp/new ${oflags.creat} 0 0 0`];
    expect(await answers(calls)).toEqual(['ok type 3 links 1 size 0', 'ok 4']);
    const removed = ['path_remove_directory 3 tmp', 'path_remove_directory 3 tmp'];
    expect(await answers(['path_create_directory 3 tmp', ...removed])).toEqual([
      'exist',
      'ok',
      'noent',
    ]);
    expect(await answers(calls, { files: { '/tmp/': null } })).toEqual([
      'ok type 3 links 1 size 0',
      'ok 4',
    ]);
    expect(await answers(calls, { files: { '/tmp': 'text' } })).toEqual([
      'ok type 4 links 1 size 4',
      'notdir',
    ]);
    expect(await answers(['path_filestat_get 3 0 tmp/a'], { files: { '/tmp/a': '' } })).toEqual([
      'ok type 4 links 1 size 0',
    ]);
  });

  test('the files of the request are there, and what a run writes is gone after it', async () => {
    const files = {
      '/in/text.txt': 'text',
      '/in/bytes': { base64: Buffer.from('bytes').toString('base64') },
      '/empty/': null,
    };
    const calls = [
      'path_open 3 0 in/text.txt 0 2 0 0',
      'fd_read 4 100',
      'path_filestat_get 3 0 in/bytes',
      'path_filestat_get 3 0 empty',
      'path_open 3 0 new 9 0 0 0',
    ];
    for (const _run of [1, 2]) {
      expect(await answers(calls, { files })).toEqual([
        'ok 4',
        'ok text',
        'ok type 4 links 1 size 5',
        'ok type 3 links 1 size 0',
        'ok 5',
      ]);
      expect(await answers(['path_filestat_get 3 0 new'], { files })).toEqual(['noent']);
    }
  });

  test('what is given and what is written stay together within the quota', async () => {
    const calls = [
      `path_open 3 0 new 9 ${fileRights} 0 0`,
      'fd_write 4 12345',
      'fd_write 4 6',
      'fd_filestat_set_size 4 6',
      'fd_allocate 4 0 6',
      'fd_pwrite 4 x 9007199254740990',
      'fd_pwrite 4 x 1099511627776',
      'fd_filestat_get 4',
      'path_unlink_file 3 given',
      'fd_write 4 67890',
      'fd_write 4 x',
      'fd_filestat_set_size 4 0',
      'fd_pwrite 4 1234567890 0',
    ];
    const files = { '/given': '12345' };
    expect(await answers(calls, { files, limits: { maxFilesBytes: 10 } })).toEqual([
      'ok 4',
      'ok 5',
      'nospc',
      'nospc',
      'nospc',
      'nospc',
      'nospc',
      'ok type 4 links 1 size 5',
      'ok',
      'ok 5',
      'nospc',
      'ok',
      'ok 10',
    ]);
  });

  test('files of a request that contradict or do not fit are an invalid request', async () => {
    for (const [files, maxFilesBytes] of [
      [{ '/a': 'x', '/a/b': 'y' }, 100],
      [{ '/a': 'too much' }, 4],
    ] as const) {
      const { outcome } = await runGuest(driver, { files, limits: { maxFilesBytes } });
      expect(outcome).toMatchObject({
        status: 'error',
        error: { code: 'INVALID_REQUEST', details: [{ path: 'files' }] },
      });
    }
  });
});
