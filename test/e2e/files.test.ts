/** `stdin`, `files` and `outputs`: what a script has of them, and what the response says. */

import { describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const { execute, runModule } = await startServedEngine({
  ENGINE_MAX_FILES_BYTES: '1000',
  ENGINE_MAX_OUTPUT_BYTES: '500',
});

describe('a script', () => {
  test('sees stdin and the files of the request', async () => {
    const code = `const bytes = files.read('/data.bin');
      [stdin, files.list(), files.text('in/a.txt'), files.text('in/../in/./a.txt'),
        bytes instanceof Uint8Array, [...bytes]]`;
    const request = {
      stdin: 'line\nä\0',
      files: { 'in/a.txt': 'ä€', 'data.bin': { base64: 'AAH/' }, 'empty/': '' },
    };
    expect(await execute({ code, ...request })).toMatchObject({
      result: ['line\nä\0', ['/data.bin', '/in/a.txt'], 'ä€', 'ä€', true, [0, 1, 255]],
      files: [],
      metadata: { missingOutputs: [] },
    });
    expect((await execute({ code: '[stdin, files.list()]' })).result).toEqual(['', []]);
  });

  test('leaves files, whose contents the response has where outputs asks for them', async () => {
    const code = `files.write('out/report.txt', 'total: ' + files.text('n'));
      files.write('/bytes', new Uint8Array([0, 255]).subarray(1));
      files.write('n', '8');
      files.write('n', '');
      files.write('unasked', new DataView(new ArrayBuffer(3)));
      files.list()`;
    const outputs = ['out/report.txt', 'bytes', 'given', 'none', 'out/none', 'given/none'];
    const response = await execute({ code, files: { n: '7', given: 'g' }, outputs });
    expect(response).toMatchObject({
      result: ['/bytes', '/given', '/n', '/out/report.txt', '/unasked'],
      metadata: { missingOutputs: ['/none', '/out/none', '/given/none'] },
    });
    expect(response.files).toEqual([
      { path: '/bytes', size: 1, content: { base64: '/w==' } },
      { path: '/given', size: 1, content: 'g' },
      { path: '/n', size: 0 },
      { path: '/out/report.txt', size: 8, content: 'total: 7' },
      { path: '/unasked', size: 3 },
    ]);
  });

  test('leaves them also where it fails, and none where it is another run', async () => {
    const code = `files.write('a', 'b'); throw new Error('late')`;
    expect(await execute({ code, outputs: ['a'] })).toMatchObject({
      error: { code: 'RUNTIME_ERROR' },
      files: [{ path: '/a', content: 'b' }],
    });
    expect((await execute({ code: 'files.list()' })).result).toEqual([]);
  });

  test('gets errors with the codes of Node.js', async () => {
    const code = `const failed = (work) => {
        try { work(); return 'no error'; } catch (error) { return [error.code ?? error.name, error.message]; }
      };
      [
        () => files.read('none'), () => files.text(''), () => files.read('a/b'), () => files.read('d'),
        () => files.read('/'), () => files.read('../a'), () => files.read('x'.repeat(256)),
        () => files.read('a\\0'), () => files.read('a/'), () => files.write('d', ''),
        () => files.write('a/b', ''), () => files.write('d/', ''), () => files.write('../../a', ''),
        () => files.write('a', 'x'.repeat(1001)), () => files.write('new', 'x'.repeat(1001)),
        () => files.read(1), () => files.write('a', {}), () => files.write('a'),
      ].map(failed)`;
    const { result } = await execute({ code, files: { a: 'kept', 'd/': '' } });
    const codes = (result as [string, string][]).map(([name]) => name);
    expect(codes.join(' ')).toBe(
      'ENOENT ENOENT ENOTDIR EISDIR EISDIR EACCES ENAMETOOLONG EINVAL ENOTDIR EISDIR ' +
        'ENOTDIR EISDIR EACCES ENOSPC ENOSPC TypeError TypeError TypeError',
    );
    expect((result as [string, string][])[0]?.[1]).toBe(
      "ENOENT: no such file or directory, read 'none'",
    );
    const after = `try { files.write('a', 'x'.repeat(1001)) } catch {}
      try { files.write('n/new', 'x'.repeat(1001)) } catch {}
      [files.list(), files.text('a')]`;
    expect((await execute({ code: after, files: { a: 'kept' } })).result).toEqual([['/a'], 'kept']);
  });

  test('has an error with a place where it is not caught', async () => {
    const { error } = await execute({ code: '1;\nfiles.read("none")' });
    expect(error).toMatchObject({
      code: 'RUNTIME_ERROR',
      name: 'Error',
      details: { line: 2 },
      stack: expect.stringContaining('inline:///main.js:2:'),
    });
  });

  test('may declare its own of these names', async () => {
    const code = 'const files = [1]; let stdin = 2; [files, stdin]';
    expect((await execute({ code, stdin: 'x', files: { a: '' } })).result).toEqual([[1], 2]);
    const module = 'export default (() => { stdin = 1; files = 2; return [stdin, files]; })()';
    expect((await execute({ code: module })).result).toEqual([1, 2]);
  });

  test('is not fooled by what it has replaced itself', async () => {
    const code = `Array.prototype[Symbol.iterator] = null; String.prototype.slice = null;
      Object.prototype.get = null; JSON.parse = null;
      let code; try { files.read('none') } catch (error) { code = error.code }
      files.write('a', 'b');
      code + files.text('a') + files.list()[0]`;
    expect((await execute({ code })).result).toBe('ENOENTb/a');
  });

  test('that is an import may use them, each run its own', async () => {
    const modules = {
      'lib.js': `export const text = files.text('a') + stdin; // ${'x'.repeat(300)}`,
    };
    const code = `import { text } from './lib.js'; export default text`;
    for (const [a, stdin] of ['ab', 'cd']) {
      const response = await execute({ code, modules, files: { a }, stdin });
      expect(response.result).toBe(`${a}${stdin}`);
    }
  });

  test('gets no contents that do not fit', async () => {
    const code = `files.write('large', 'x'.repeat(501)); files.write('small', 'x')`;
    expect(await execute({ code, outputs: ['large', 'small'] })).toMatchObject({
      files: [
        { path: '/large', size: 501 },
        { path: '/small', size: 1, content: 'x' },
      ],
      metadata: { missingOutputs: [], truncated: { files: true } },
    });
  });

  test('that runs out of time is told which outputs are missing', async () => {
    const request = { code: `for (;;);`, outputs: ['a'], limits: { timeoutMs: 100 } };
    expect(await execute(request)).toMatchObject({
      error: { code: 'TIMEOUT' },
      metadata: { missingOutputs: ['/a'] },
    });
  });
});

describe('a WASI program', () => {
  /** Makes a file in a folder that it does not make. */
  const program = `(module
    (import "wasi_snapshot_preview1" "path_open"
      (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 100) "a/b/out.txt")
    (func (export "_start")
      (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 11)
        (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))))`;

  test('finds the folders of its outputs, and is told which are missing', async () => {
    const outputs = ['a/b/out.txt', 'a/none.txt'];
    expect(await runModule(program, { outputs })).toMatchObject({
      status: 'success',
      files: [{ path: '/a/b/out.txt', size: 0, content: '' }],
      metadata: { missingOutputs: ['/a/none.txt'] },
    });
    expect(await runModule(program)).toMatchObject({ error: { code: 'NON_ZERO_EXIT' } });
  });

  test('that cannot have its outputs runs all the same', async () => {
    const response = await runModule(program, { files: { a: '' }, outputs: ['a/b/out.txt'] });
    expect(response).toMatchObject({
      error: { code: 'NON_ZERO_EXIT' },
      metadata: { missingOutputs: ['/a/b/out.txt'] },
    });
  });

  test('without WASI leaves no outputs', async () => {
    const response = await runModule('(module (func (export "run")))', { outputs: ['a'] });
    expect(response.metadata.missingOutputs).toEqual(['/a']);
  });
});
