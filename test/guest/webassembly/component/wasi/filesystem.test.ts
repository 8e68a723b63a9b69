import { describe, expect, test } from '@jest/globals';
import type {
  HostResource,
  HostValue,
} from '../../../../../lambda/guest/webassembly/component/host.ts';
import { inspect, Wasi2Host, type Wasi2Options } from '../../../../support/guest/wasi2-host.ts';

const files = { '/a.txt': 'alpha', '/dir/b.txt': 'beta', '/dir/sub/c.txt': 'gamma' };

/** A host, and calls of the methods of descriptors and streams by their short names. */
async function open(options: Wasi2Options = { files }) {
  const host = new Wasi2Host(options);
  const root = await host.root();
  const call = (name: string, self: HostResource, ...args: HostValue[]) =>
    host.call(`wasi:filesystem/types#[method]descriptor.${name}`, self, ...args);
  const stream = (name: string, self: HostResource, ...args: HostValue[]) =>
    host.call(`wasi:io/streams#[method]${name}`, self, ...args);
  const openAt = async (
    path: string,
    flags: string[] = ['read'],
    openFlags: string[] = [],
    base = root,
  ) => (await call('open-at', base, ['symlink-follow'], path, openFlags, flags)) as HostResource;
  return { host, root, call, stream, openAt };
}

const err = (code: string) => ({ err: code });
const text = (content: string) => Buffer.from(content);
const noChange = { tag: 'no-change' };

describe('paths from the one directory that is open', () => {
  const follow = ['symlink-follow'];
  const steps: readonly (readonly [string, readonly HostValue[], unknown])[] = [
    ['stat-at', [[], '../etc/passwd'], err('not-permitted')],
    ['stat-at', [[], 'dir/../../x'], err('not-permitted')],
    ['stat-at', [[], '/a.txt'], err('not-permitted')],
    ['stat-at', [[], ''], err('no-entry')],
    ['stat-at', [[], 'a\0b'], err('invalid')],
    ['stat-at', [[], 'x'.repeat(300)], err('name-too-long')],
    ['stat-at', [[], 'x/'.repeat(4000)], err('name-too-long')],
    ['stat-at', [[], 'a.txt/b'], err('not-directory')],
    ['create-directory-at', ['new'], undefined],
    ['create-directory-at', ['new'], err('exist')],
    ['create-directory-at', ['none/new'], err('no-entry')],
    ['remove-directory-at', ['dir'], err('not-empty')],
    ['remove-directory-at', ['a.txt'], err('not-directory')],
    ['unlink-file-at', ['dir'], err('is-directory')],
    ['unlink-file-at', ['none'], err('no-entry')],
    ['symlink-at', ['dir/b.txt', 'link'], undefined],
    ['symlink-at', ['/etc/passwd', 'bad'], err('not-permitted')],
    ['symlink-at', ['../../etc', 'up'], undefined],
    ['stat-at', [follow, 'up/passwd'], err('not-permitted')],
    ['symlink-at', ['round', 'round'], undefined],
    ['stat-at', [follow, 'round'], err('loop')],
    ['readlink-at', ['link'], 'dir/b.txt'],
    ['readlink-at', ['a.txt'], err('invalid')],
    ['rename-at', ['dir', '<root>', 'dir/sub/inner'], err('invalid')],
    ['rename-at', ['a.txt', '<root>', 'dir'], err('is-directory')],
    ['rename-at', ['dir', '<root>', 'a.txt'], err('not-directory')],
    ['rename-at', ['new', '<root>', 'renamed'], undefined],
    ['rename-at', ['a.txt', '<root>', 'renamed/a.txt'], undefined],
    ['stat-at', [[], 'a.txt'], err('no-entry')],
    ['link-at', [[], 'renamed/a.txt', '<root>', 'hard'], undefined],
    ['link-at', [[], 'renamed/a.txt', '<root>', 'hard'], err('exist')],
    ['link-at', [[], 'dir', '<root>', 'hard-dir'], err('not-permitted')],
    ['link-at', [[], 'none', '<root>', 'x'], err('no-entry')],
    ['unlink-file-at', ['renamed/a.txt'], undefined],
    ['remove-directory-at', ['renamed'], undefined],
  ];

  test('lead where POSIX says, and never out of it', async () => {
    const { root, call } = await open();
    for (const [name, args, expected] of steps) {
      const given = args.map((argument) => (argument === '<root>' ? root : argument));
      const result = inspect(await call(name, root, ...given));
      expect([name, args, result]).toEqual([name, args, expected]);
    }
    expect(await call('stat-at', root, [], 'hard')).toMatchObject({ size: 5n, 'link-count': 1n });
    expect(await call('stat-at', root, [], 'link')).toMatchObject({
      type: 'symbolic-link',
      size: 9n,
    });
    expect(await call('stat-at', root, follow, 'link')).toMatchObject({
      type: 'regular-file',
      size: 4n,
    });
  });
});

describe('open-at', () => {
  const cases: readonly (readonly [string, string[], string[], string])[] = [
    ['none', ['read'], [], 'no-entry'],
    ['a.txt', ['read'], ['directory'], 'not-directory'],
    ['a.txt', ['read'], ['create', 'exclusive'], 'exist'],
    ['dir', ['read', 'write'], [], 'is-directory'],
    ['dir', ['read'], ['truncate'], 'is-directory'],
    ['dir', ['read'], ['create', 'directory'], 'invalid'],
    ['new/', ['write'], ['create'], 'is-directory'],
    ['../x', ['write'], ['create'], 'not-permitted'],
  ];

  test.each(cases)('of %s with %j %j fails with %s', async (path, flags, openFlags, code) => {
    const { openAt } = await open();
    expect(await openAt(path, flags, openFlags)).toEqual(err(code));
  });

  test('gives what is there, or makes it', async () => {
    const { call, openAt, root } = await open();
    const dir = await openAt('dir');
    expect(await call('get-type', dir)).toBe('directory');
    expect(await call('get-flags', dir)).toEqual(['read', 'mutate-directory']);
    const made = await openAt('made.txt', ['read', 'write'], ['create', 'exclusive'], dir);
    expect(await call('get-type', made)).toBe('regular-file');
    expect(await call('get-flags', made)).toEqual(['read', 'write']);
    const again = await openAt('dir/made.txt');
    expect(await call('is-same-object', made, again)).toBe(true);
    expect(await call('is-same-object', made, root)).toBe(false);
    expect(await call('open-at', root, [], 'dir/made.txt', ['truncate'], ['write'])).toBeDefined();
  });

  test('does not follow a link where it is not asked to', async () => {
    const { call, root } = await open();
    await call('symlink-at', root, 'a.txt', 'link');
    expect(await call('open-at', root, [], 'link', [], ['read'])).toEqual(err('loop'));
  });
});

describe('an open file', () => {
  test('is read and written at offsets, and sized', async () => {
    const { call, openAt } = await open();
    const file = await openAt('a.txt', ['read', 'write']);
    const steps: readonly (readonly [string, readonly HostValue[], unknown])[] = [
      ['read', [3n, 1n], ['lph', false]],
      ['read', [99n, 1n], ['lpha', true]],
      ['read', [2n ** 64n - 1n, 2n ** 64n - 1n], ['', true]],
      ['write', [text('ALPHA'), 7n], 5n],
      ['read', [99n, 0n], ['alpha\0\0ALPHA', true]],
      ['write', [text('x'), 2n ** 63n], err('file-too-large')],
      ['set-size', [2n], undefined],
      ['set-size', [4n], undefined],
      ['set-size', [2n ** 64n - 1n], err('file-too-large')],
      ['set-size', [2n ** 40n], err('insufficient-space')],
      ['read', [99n, 0n], ['al\0\0', true]],
      ['advise', [0n, 0n, 'will-need'], undefined],
      ['sync', [], undefined],
      ['sync-data', [], undefined],
      ['read-directory', [], err('not-directory')],
      ['create-directory-at', ['x'], err('not-directory')],
    ];
    for (const [name, args, expected] of steps) {
      expect([name, args, inspect(await call(name, file, ...args))]).toEqual([
        name,
        args,
        expected,
      ]);
    }
  });

  test('that was not opened for it is neither read nor written', async () => {
    const { call, openAt } = await open();
    const [reading, writing] = [await openAt('a.txt'), await openAt('a.txt', ['write'])];
    for (const [name, file, args] of [
      ['write', reading, [text('x'), 0n]],
      ['set-size', reading, [0n]],
      ['write-via-stream', reading, [0n]],
      ['append-via-stream', reading, []],
      ['read', writing, [1n, 0n]],
      ['read-via-stream', writing, [0n]],
    ] as const) {
      expect([name, await call(name, file, ...args)]).toEqual([name, err('bad-descriptor')]);
    }
  });

  test('has the times that it is given', async () => {
    const { call, openAt, root } = await open();
    const file = await openAt('a.txt', ['write']);
    const datetime = { seconds: 1_000_000_000n, nanoseconds: 7 };
    const timestamp = { tag: 'timestamp', value: datetime };
    const { 'status-change-timestamp': _, ...before } = (await call('stat', file)) as {
      [field: string]: HostValue;
    };
    expect(await call('set-times', file, noChange, timestamp)).toBeUndefined();
    expect(await call('stat', file)).toMatchObject({
      ...before,
      'data-modification-timestamp': datetime,
    });
    expect(
      await call('set-times-at', root, [], 'a.txt', timestamp, { tag: 'now' }),
    ).toBeUndefined();
    expect(await call('stat-at', root, [], 'a.txt')).toMatchObject({
      'data-access-timestamp': datetime,
      'data-modification-timestamp': { seconds: expect.any(BigInt) },
    });
    const beyond = { tag: 'timestamp', value: { seconds: 2n ** 64n - 1n, nanoseconds: 0 } };
    expect(await call('set-times', file, beyond, noChange)).toEqual(err('overflow'));
  });

  test('has a hash that changes with it', async () => {
    const { call, openAt, root } = await open();
    const file = await openAt('a.txt', ['write']);
    const before = await call('metadata-hash', file);
    expect(await call('metadata-hash-at', root, [], 'a.txt')).toEqual(before);
    await call('write', file, text('longer than it was'), 0n);
    expect(await call('metadata-hash', file)).not.toEqual(before);
  });
});

describe('streams of a file', () => {
  test('read from an offset to the end', async () => {
    const { call, stream, openAt } = await open();
    const input = (await call('read-via-stream', await openAt('a.txt'), 2n)) as HostResource;
    expect(inspect(await stream('input-stream.read', input, 2n))).toBe('ph');
    expect(inspect(await stream('input-stream.blocking-read', input, 99n))).toBe('a');
    expect(inspect(await stream('input-stream.read', input, 9n))).toEqual({
      err: { tag: 'closed' },
    });
  });

  test('write from an offset, and at the end', async () => {
    const { call, stream, openAt } = await open();
    const file = await openAt('a.txt', ['read', 'write']);
    const output = (await call('write-via-stream', file, 3n)) as HostResource;
    const appending = (await call('append-via-stream', file)) as HostResource;
    await stream('output-stream.write', output, text('12'));
    await stream('output-stream.write', appending, text('-end'));
    await stream('output-stream.blocking-write-and-flush', output, text('34'));
    expect(inspect(await call('read', file, 99n, 0n))).toEqual(['alp1234nd', true]);
  });

  test('go on when the descriptor and the name are gone', async () => {
    const { call, stream, openAt, root } = await open();
    const file = await openAt('a.txt');
    const input = (await call('read-via-stream', file, 0n)) as HostResource;
    file[Symbol.dispose]?.();
    expect(await call('unlink-file-at', root, 'a.txt')).toBeUndefined();
    expect(inspect(await stream('input-stream.read', input, 99n))).toBe('alpha');
  });

  test.each([
    ['dir', 'read-via-stream', [0n], 'is-directory'],
    ['dir', 'write-via-stream', [0n], 'bad-descriptor'],
    ['dir', 'append-via-stream', [], 'bad-descriptor'],
    ['dir', 'advise', [0n, 0n, 'normal'], 'bad-descriptor'],
    ['dir', 'read', [0n, 0n], 'bad-descriptor'],
  ] as const)('%s has no %s', async (path, name, args, code) => {
    const { call, openAt } = await open();
    expect(await call(name, await openAt(path), ...args)).toEqual(err(code));
  });

  test('tell which limit was met, and are closed then', async () => {
    const { host, call, stream, openAt } = await open({ limits: { maxFilesBytes: 100 } });
    const file = await openAt('big', ['write'], ['create']);
    const output = (await call('write-via-stream', file, 0n)) as HostResource;
    expect(await stream('output-stream.write', output, new Uint8Array(60))).toBeUndefined();
    const failure = await stream('output-stream.write', output, new Uint8Array(60));
    const error = (failure as { err: { tag: string; value: HostResource } }).err;
    expect(error).toMatchObject({ tag: 'last-operation-failed' });
    expect(await host.call('wasi:filesystem/types#filesystem-error-code', error.value)).toBe(
      'insufficient-space',
    );
    expect(await host.call('wasi:http/types#http-error-code', error.value)).toBeUndefined();
    expect(await host.call('wasi:io/error#[method]error.to-debug-string', error.value)).toContain(
      'insufficient-space',
    );
    expect(await stream('output-stream.check-write', output)).toEqual({ err: { tag: 'closed' } });
    expect(await stream('output-stream.write', output, text('x'))).toEqual({
      err: { tag: 'closed' },
    });
    expect(await call('stat', file)).toMatchObject({ size: 60n });
  });
});

describe('a directory', () => {
  const next = 'wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry';

  test('lists what is in it, also while it is emptied', async () => {
    const { host, root, call, openAt } = await open();
    const dir = await openAt('dir');
    const entries = (await call('read-directory', dir)) as HostResource;
    expect(await host.call(next, entries)).toEqual({ type: 'regular-file', name: 'b.txt' });
    await call('unlink-file-at', dir, 'b.txt');
    expect(await host.call(next, entries)).toEqual({ type: 'directory', name: 'sub' });
    expect(await host.call(next, entries)).toBeUndefined();
    expect(await host.call(next, entries)).toBeUndefined();
    expect(await call('read-directory', root)).toBeDefined();
  });

  test('is full when the quota is', async () => {
    const { root, call } = await open({ limits: { maxFilesBytes: 20 } });
    expect(await call('symlink-at', root, 'x'.repeat(21), 'link')).toEqual(
      err('insufficient-space'),
    );
    let result: unknown;
    for (let made = 0; result === undefined && made < 20_000; made += 1) {
      result = await call('create-directory-at', root, `d${made}`);
    }
    expect(result).toEqual(err('insufficient-space'));
  });
});
