/** WebAssembly as compilers make it, through `POST /execute`. */

import { describe, expect, test } from '@jest/globals';
import { compiled, filesOutput, inPackage } from '../guest/webassembly/programs.ts';
import { compileAssemblyScript } from '../support/guest/assemblyscript.ts';
import { startServedEngine } from '../support/served-engine.ts';

const numbers = compileAssemblyScript('numbers.as');
const writer = compileAssemblyScript('writer.as');
const { runModule: run } = await startServedEngine({
  ENGINE_SANDBOXES: '1',
  ENGINE_TIMEOUT_MS: '20000',
});

describe('a program of a mainstream compiler', () => {
  test('C with wasi-libc: files given and read back, arguments, environment, stdin, exit code', async () => {
    const response = await run(compiled('files'), {
      args: ['one', 'two words'],
      env: { GREETING: 'hello' },
      files: { 'in/given.txt': 'a line\n', 'in/unread.bin': { base64: '/w==' } },
      stdin: 'AB',
      outputs: ['made/moved.txt', '/in/unread.bin', 'made/link.txt', 'made/out.txt', '/made'],
    });
    expect(response).toMatchObject({
      http: 200,
      status: 'error',
      stderr: 'to stderr\n',
      error: { code: 'NON_ZERO_EXIT' },
      metadata: { exitCode: 7, truncated: { files: false } },
    });
    expect(response.stdout).toBe(filesOutput);
    const content = '42 3.142 words\nappended\n';
    expect(response.files).toEqual([
      { path: '/in/unread.bin', size: 1, content: { base64: '/w==' } },
      { path: '/made/link.txt', size: 24, content },
      { path: '/made/moved.txt', size: 24, content },
    ]);
  });

  test('C++ with libc++', async () => {
    const request = { stdin: 'square 3\ncircle 2\nsquare 1.5\n' };
    expect(await run(compiled('shapes'), request)).toMatchObject({
      status: 'success',
      result: null,
      stdout: 'square 4 2.25\nsquare 4 9\ncircle 0 12\n23.25\ndestroyed\n',
      stderr: '',
      files: [],
      metadata: { exitCode: 0 },
    });
  });

  test('Rust with its standard library', async () => {
    const request = { stdin: 'the cat and the dog\nand the end' };
    expect(await run(compiled('words'), request)).toMatchObject({
      status: 'success',
      stdout: 'and 2\ncat 1\ndog 1\nend 1\nthe 3\n',
      stderr: '',
      metadata: { exitCode: 0 },
    });
  });

  test('a reactor in C with the functions of env, which fetches', async () => {
    const { logs, result, metadata } = await run(compiled('guest-abi'), {
      limits: { fetch: { allowedHosts: [] } },
    });
    expect(logs).toMatchObject([{ level: 'warn', message: 'about to fetch' }]);
    // Not allowed, as the interface of `env` spells it.
    expect([result, metadata.exitCode]).toEqual([-2, null]);
  });

  test('AssemblyScript: entrypoints with parameters, and what is wrong with them', async () => {
    const call = (entrypoint: string, ...args: string[]) => run(numbers, { entrypoint, args });
    expect(await call('fibonacci', '90')).toMatchObject({ result: '2880067194370816120' });
    expect(await call('hypotenuse', '3', '4')).toMatchObject({ result: 5 });
    expect(await call('half', '7')).toMatchObject({
      http: 200,
      error: { code: 'WASM_TRAP', message: expect.stringContaining('odd: 7') },
    });
    for (const args of [[], ['1', '2'], ['x'], ['1.5'], ['99999999999']]) {
      expect(await call('half', ...args)).toMatchObject({
        http: 400,
        error: { code: 'INVALID_REQUEST', details: [expect.anything()] },
      });
    }
    expect(await call('none')).toMatchObject({
      http: 200,
      error: { code: 'ENTRYPOINT_NOT_FOUND' },
    });
  });
});

describe('a program found inside a package', () => {
  test('esbuild, 20 MB of Go, writes the bundle of given files', async () => {
    const response = await run(inPackage('@esbuild/wasi-preview1/esbuild.wasm'), {
      args: ['--bundle', '/src/main.ts', '--format=esm', '--outdir=/out', '--sourcemap'],
      env: { PWD: '/' },
      files: {
        'src/main.ts': 'import { part } from "./part"; console.log(part as string);',
        'src/part.ts': 'export const part: string = "bündled";',
      },
      outputs: ['out/main.js'],
      limits: { memoryMb: 512 },
    });
    expect(response).toMatchObject({ status: 'success', error: null, metadata: { exitCode: 0 } });
    expect(response.files).toEqual([
      {
        path: '/out/main.js',
        size: expect.any(Number),
        content: expect.stringContaining('"b\\xFCndled"'),
      },
      { path: '/out/main.js.map', size: expect.any(Number) },
    ]);
  });

  test.each<readonly [string, string, object, RegExp]>([
    ['a module for wasi_unstable', 'demo.wasm', {}, /^hello world\n$/],
    ['Rust that prints its environment', 'tests/envvar.wasm', { env: { DOG: 'X' } }, /DOG=X/],
    ['C that reverses its input', 'tests/pipe_reverse.wasm', { stdin: 'Hi!' }, /^!iH\n$/],
  ])('%s', async (_what, path, request, stdout) => {
    expect(await run(inPackage(`@wasmer/wasi/${path}`), request)).toMatchObject({
      status: 'success',
      stdout: expect.stringMatching(stdout),
      metadata: { exitCode: 0 },
    });
  });

  test('a program for another host is told what it lacks', async () => {
    expect(await run(inPackage('@wasmer/wasi/tests/test.wasm'))).toMatchObject({
      http: 200,
      error: { code: 'WASM_LINK_ERROR', details: [{ module: 'module', name: 'external' }] },
    });
  });
});

describe('files', () => {
  test('that are too large to come back are told by their size', async () => {
    const request = { outputs: ['/given', '/big'], files: { given: 'x' }, entrypoint: 'write' };
    const { files, metadata } = await run(writer, { ...request, args: ['2000000'] });
    expect(files).toEqual([
      { path: '/big', size: 2_000_000 },
      { path: '/given', size: 1, content: 'x' },
    ]);
    expect(metadata.truncated.files).toBe(true);
  });

  test('of control characters fit into the response', async () => {
    const request = { outputs: ['/big'], entrypoint: 'write', args: ['1000000'] };
    const { files, metadata } = await run(writer, request);
    // A megabyte of NUL would be six in JSON, and seven in what Lambda makes of it.
    expect(files).toEqual([{ path: '/big', size: 1_000_000 }]);
    expect(metadata.truncated.files).toBe(true);
    const less = await run(writer, { ...request, args: ['500000'] });
    expect(less.files).toEqual([{ path: '/big', size: 500_000, content: '\0'.repeat(500_000) }]);
    expect(less.metadata.truncated.files).toBe(false);
  });

  test('of a run that is killed are not told', async () => {
    const request = { outputs: ['/given', '/big'], files: { given: 'x' }, entrypoint: 'hang' };
    const response = await run(writer, { ...request, limits: { timeoutMs: 300 } });
    expect(response).toMatchObject({ error: { code: 'TIMEOUT' }, files: [] });
  });

  test('are gone with the run', async () => {
    await run(writer, { entrypoint: 'write', args: ['10'] });
    const { files } = await run(writer, { outputs: ['/big'], entrypoint: 'nothing' });
    expect(files).toEqual([]);
  });
});

test('memory that V8 has for a module’s objects ends in MEMORY_LIMIT, and the next run is fine', async () => {
  const response = await run(endlessList);
  expect(response).toMatchObject({ http: 200, error: { code: 'MEMORY_LIMIT' } });
  expect((await run(compiled('words'), { stdin: 'a' })).stdout).toBe('a 1\n');
});

/**
 * Assembled by hand, as wabt knows no garbage collection:
 *
 *     (module
 *       (type $bytes (array (mut i64)))
 *       (type $list (struct (field (ref null $list)) (field (ref $bytes))))
 *       (func (export "run") (local $list (ref null $list))
 *         (loop $again
 *           (local.set $list
 *             (struct.new $list (local.get $list) (array.new_default $bytes (i32.const 10000))))
 *           (br $again))))
 */
const endlessList = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 15, 3, 0x5e, 0x7e, 1, 0x5f, 2, 0x63, 1, 0, 0x64, 0, 0, 0x60, 0, 0],
  ...[3, 2, 1, 2],
  ...[7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
  ...[10, 26, 1, 24, 1, 1, 0x63, 1, 0x03, 0x40],
  ...[0x20, 0, 0x41, 0x90, 0xce, 0, 0xfb, 7, 0, 0xfb, 0, 1, 0x21, 0, 0x0c, 0, 0x0b, 0x0b],
]);
