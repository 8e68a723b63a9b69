import { describe, expect, test } from '@jest/globals';
import { createWasmRuntime } from '../../../lambda/guest/webassembly/runtime.ts';
import { compileAssemblyScript } from '../../support/guest/assemblyscript.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { compiled, filesOutput, inPackage } from './programs.ts';

describe('programs of mainstream compilers', () => {
  test('C with wasi-libc: files, links, directories, time, streams, exit code', async () => {
    const run = await runGuest(compiled('files'), {
      args: ['one', 'two words'],
      env: { GREETING: 'hello' },
      files: { '/in/given.txt': 'a line\n' },
      stdin: 'AB',
    });
    expect(run).toMatchObject({ stderr: 'to stderr\n', outcome: { exitCode: 7 } });
    expect(run.stdout).toBe(filesOutput);
  });

  test('C++ with libc++: containers, streams, virtual calls, static objects', async () => {
    const run = await runGuest(compiled('shapes'), { stdin: 'square 3\ncircle 2\nsquare 1.5\n' });
    expect(run).toMatchObject({ stderr: '', outcome: { status: 'success', exitCode: 0 } });
    expect(run.stdout).toBe('square 4 2.25\nsquare 4 9\ncircle 0 12\n23.25\ndestroyed\n');
  });

  test('Rust with its standard library: input by lines, maps, files', async () => {
    const run = await runGuest(compiled('words'), { stdin: 'the cat and the dog\nand the end' });
    expect(run).toMatchObject({
      stdout: 'and 2\ncat 1\ndog 1\nend 1\nthe 3\n',
      stderr: '',
      outcome: { status: 'success', exitCode: 0 },
    });
  });

  test('C as a reactor with the functions of env', async () => {
    const body = 'x'.repeat(500);
    const run = await runGuest(compiled('guest-abi'), {
      respond: () => ({
        ok: true,
        response: {
          status: 200,
          statusText: 'OK',
          headers: [],
          url: 'https://api.example.com/',
          redirected: false,
        },
        body: Buffer.from(body),
        rest: null,
      }),
    });
    expect(run.logs).toEqual([{ level: 'warn', message: 'about to fetch', fields: {} }]);
    expect(run.requests).toHaveLength(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 200, body });
    expect(run.outcome).toMatchObject({ resultJson: String(run.stdout.length) });
  });

  test('AssemblyScript: exports with strings of arguments, abort with its place', async () => {
    const code = compileAssemblyScript('numbers.as');
    const call = (entrypoint: string, ...args: string[]) => runGuest(code, { entrypoint, args });
    expect((await call('fibonacci', '90')).outcome).toMatchObject({
      resultJson: '"2880067194370816120"',
    });
    expect((await call('hypotenuse', '3', '4')).outcome).toMatchObject({ resultJson: '5' });
    expect((await call('half', '7')).outcome).toMatchObject({
      error: {
        code: 'WASM_TRAP',
        message: expect.stringMatching(/^abort: odd: 7 in program\.ts \(/),
      },
    });
    expect((await call('fill')).outcome).toMatchObject({ error: { code: 'MEMORY_LIMIT' } });
  });
});

describe('programs found inside packages', () => {
  test('esbuild, a Go program of 20 MB, minifies TypeScript from stdin and bundles files', async () => {
    const code = inPackage('@esbuild/wasi-preview1/esbuild.wasm');
    const runtime = createWasmRuntime();
    const first = await runGuest(code, {
      runtime,
      args: ['--loader=ts', '--minify'],
      stdin: 'const answer: number = 40 + 2; export default answer;',
    });
    expect(first).toMatchObject({
      stdout: 'const e=42;export default 42;\n',
      stderr: '',
      outcome: { exitCode: 0 },
    });
    const [sha256 = ''] = runtime.kept();
    const second = await runGuest(code, {
      runtime,
      sha256,
      codeKept: true,
      args: ['--bundle', '/src/main.ts', '--format=esm'],
      env: { PWD: '/' },
      files: {
        '/src/main.ts': 'import { part } from "./part"; console.log(part as string);',
        '/src/part.ts': 'export const part: string = "bundled";',
      },
    });
    expect(second.stdout).toContain('var part = "bundled";');
    expect(second.outcome).toMatchObject({ exitCode: 0 });
    const failed = await runGuest(code, { runtime, sha256, codeKept: true, stdin: 'let = = 1' });
    expect(failed).toMatchObject({ outcome: { exitCode: 1, error: { code: 'NON_ZERO_EXIT' } } });
    expect(failed.stderr).toContain('Unexpected "="');
  });

  test('a module for wasi_unstable', async () => {
    const run = await runGuest(inPackage('@wasmer/wasi/demo.wasm'));
    expect(run).toMatchObject({ stdout: 'hello world\n', outcome: { exitCode: 0 } });
  });

  test('a Rust program that prints its environment', async () => {
    const run = await runGuest(inPackage('@wasmer/wasi/tests/envvar.wasm'), {
      env: { DOG: 'X', TEST: 'VALUE', TEST2: 'VALUE2' },
    });
    expect(run.stdout).toContain('DOG=X');
    expect(run.outcome).toMatchObject({ exitCode: 0 });
  });

  test('a Rust program that lists a directory, of a time when "." had to be open', async () => {
    const run = await runGuest(inPackage('@wasmer/wasi/tests/mapdir.wasm'), {
      runtime: createWasmRuntime({ preopens: ['.'] }),
      files: { '/a/': null, '/b/': null, '/file': 'x', '/other': 'y' },
    });
    expect(run.stdout).toBe('"./a"\n"./b"\n"./file"\n"./other"\n');
  });

  test('a C program that reverses its input', async () => {
    const run = await runGuest(inPackage('@wasmer/wasi/tests/pipe_reverse.wasm'), {
      stdin: 'Hello World!',
    });
    expect(run.stdout).toBe('!dlroW olleH\n');
  });

  test('a program that wants functions of its own host is told which', async () => {
    const run = await runGuest(inPackage('@wasmer/wasi/tests/test.wasm'));
    expect(run.outcome).toMatchObject({
      error: { code: 'WASM_LINK_ERROR', details: [{ module: 'module', name: 'external' }] },
    });
  });
});
