import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { GuestFetchResult } from '../../../../../lambda/contract/calls.ts';
import { type GuestOptions, runGuest } from '../../../../support/guest/wasm-guest.ts';
import { compiled, filesOutput } from '../../programs.ts';

const component = (name: string): Uint8Array =>
  readFileSync(join(import.meta.dirname, 'programs', `${name}.wasm`));

describe('a program of wasi-libc or Rust does as a component what it does as a module', () => {
  const cases: readonly (readonly [string, GuestOptions])[] = [
    [
      'files',
      {
        args: ['one', 'two words'],
        env: { GREETING: 'hello' },
        files: { '/in/given.txt': 'a line\n' },
        outputs: ['/made/moved.txt'],
        stdin: 'AB',
      },
    ],
    ['shapes', { stdin: 'square 3\ncircle 2\nsquare 1.5\n' }],
    ['words', { stdin: 'the cat and the dog\nand the end', outputs: ['/report.txt'] }],
  ];

  test.each(cases)('%s', async (name, options) => {
    const asModule = await runGuest(compiled(name), options);
    const asComponent = await runGuest(component(name), options);
    expect(asComponent.printed).toBe(asModule.printed);
    expect(asComponent.left).toEqual(asModule.left);
    expect(asComponent.outcome.status).toBe(asModule.outcome.status);
  });

  test('but the adapter tells no exit code other than 0 and 1', async () => {
    const run = await runGuest(component('files'), cases[0]?.[1]);
    expect(run).toMatchObject({
      stderr: 'to stderr\n',
      outcome: { error: { code: 'NON_ZERO_EXIT' }, exitCode: 1 },
    });
    expect(run.stdout).toBe(filesOutput);
  });

  test('and has its files under the same quota', async () => {
    const run = await runGuest(component('files'), {
      ...cases[0]?.[1],
      limits: { maxFilesBytes: 16 },
    });
    expect(run.outcome).toMatchObject({ status: 'error' });
    expect(run.left?.files.every(({ size }) => size <= 16)).toBe(true);
  });
});

describe('a component asks by wasi:http', () => {
  const answer = (status: number, body: string): GuestFetchResult => ({
    ok: true,
    response: { status, statusText: '', headers: [], url: '', redirected: false },
    body: Buffer.from(body),
    rest: null,
  });

  test('and prints what it gets', async () => {
    const body = 'grüße '.repeat(5000);
    const run = await runGuest(component('ask'), {
      stdin: '/data?x=1',
      respond: () => answer(200, body),
    });
    expect(run).toMatchObject({ stdout: body, outcome: { status: 'success', exitCode: 0 } });
    expect(run.requests).toEqual([
      {
        url: 'https://example.com/data?x=1',
        method: 'GET',
        headers: [['x-asked-by', 'a component']],
        hasBody: false,
        redirect: 'manual',
        timeoutMs: null,
        whole: false,
        upload: null,
      },
    ]);
  });

  test('and sees the status', async () => {
    const run = await runGuest(component('ask'), {
      stdin: '/',
      respond: () => answer(404, 'none'),
    });
    expect(run).toMatchObject({ stdout: 'none', outcome: { exitCode: 1 } });
  });

  test.each([
    ['not-allowed', null, 15],
    ['network', 'ENOTFOUND', 1],
    ['network', 'ECONNREFUSED', 6],
    ['timeout', null, 33],
    ['quota', null, 38],
  ] as const)('and is told why it failed: %s %s', async (kind, causeCode, code) => {
    const run = await runGuest(component('ask'), {
      stdin: '/',
      respond: () => ({ ok: false, error: { kind, message: 'why', causeCode } }),
    });
    expect(run.stdout).toBe(`failed: case ${String(code).padStart(2, '0')}`);
  });

  test('and what it asks for in a wrong way is never sent', async () => {
    const run = await runGuest(component('ask'), { stdin: 'no path' });
    expect(run).toMatchObject({ requests: [], outcome: { exitCode: 1 } });
  });

  test('and waits no longer than the run may', async () => {
    const run = await runGuest(component('ask'), {
      stdin: '/',
      limits: { timeoutMs: 100 },
      respond: () => new Promise(() => {}),
    });
    expect(run.outcome).toMatchObject({ error: { code: 'TIMEOUT' } });
  });
});
