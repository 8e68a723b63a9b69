/** Many inputs in one request. */

import { describe, expect, test } from '@jest/globals';
import { wat } from '../support/guest/wat.ts';
import { sandboxesOf } from '../support/processes.ts';
import { startServedEngine } from '../support/served-engine.ts';
import { until } from '../support/until.ts';

const { engine, execute, fixtures } = await startServedEngine({
  ENGINE_SANDBOXES: '2',
  ENGINE_MAX_OUTPUT_BYTES: '100000',
  ENGINE_MAX_LOG_ENTRIES: '50',
  ENGINE_MAX_RESULT_BYTES: '100000',
  ENGINE_FETCH_MAX_REQUESTS: '2',
});
const small = await startServedEngine({ ENGINE_SANDBOXES: '1', ENGINE_CODE_CACHE_BYTES: '0' });

type Body = Awaited<ReturnType<typeof execute>>;

function resultsOf({ results = [] }: Body): unknown[] {
  return results.map(({ result }) => result);
}

function codesOf({ results = [] }: Body): (string | null)[] {
  return results.map(({ error }) => error?.code ?? null);
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('many inputs', () => {
  test('get a run each, in their order, of code that is downloaded once', async () => {
    const url = fixtures.serve('console.log("in", input); input * 2', { extension: '.js' });
    const body = await execute({ url, inputs: numbers(1000) });
    expect(body).toMatchObject({
      http: 200,
      status: 'success',
      result: null,
      stdout: '',
      logs: [],
      files: [],
      error: null,
      metadata: { url, codeType: 'javascript', exitCode: null },
    });
    expect(resultsOf(body)).toEqual(numbers(1000).map((input) => input * 2));
    expect(body.results?.[7]).toEqual({
      status: 'success',
      result: 14,
      stdout: 'in 7\n',
      stderr: '',
      logs: [],
      error: null,
      executionTimeMs: expect.any(Number),
      cpuTimeMs: expect.any(Number),
      memoryPeakBytes: expect.any(Number),
      fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
      truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
    });
    expect(fixtures.hits(url)).toBe(1);
  });

  test('may be any JSON, and one', async () => {
    const inputs = [null, 'ü\u2028', [1, { a: [] }], { __proto__: null, toString: 1 }, -0.5];
    expect(resultsOf(await execute({ code: 'input', inputs }))).toEqual(inputs);
    expect(resultsOf(await execute({ code: 'input', inputs: [7] }))).toEqual([7]);
    const body = await execute({ code: 'typeof input' });
    expect([body.result, 'results' in body]).toEqual(['undefined', false]);
  });

  test('find a pristine realm each', async () => {
    const code = `const found = [globalThis.left, [].left, input.left, Object.isFrozen(input), Math.random()];
      globalThis.left = Array.prototype.left = Object.prototype.left = 'left';
      JSON.stringify = () => 'spoilt';
      found`;
    const found = resultsOf(await execute({ code, inputs: Array(100).fill({}) })) as unknown[][];
    expect(new Set(found.map((one) => JSON.stringify(one.slice(0, 4))))).toEqual(
      new Set(['[null,null,null,true]']),
    );
    expect(new Set(found.map((one) => one[4])).size).toBe(100);
  });

  test('go on where one of them loops, throws or kills its sandbox', async () => {
    const module = wat(`(module
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 8))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (i32.eq (i32.load8_u (i32.const 16)) (i32.const 51)) (then (loop $again (br $again))))
        (if (i32.eq (i32.load8_u (i32.const 16)) (i32.const 52)) (then unreachable))))`);
    const code = { base64: Buffer.from(module).toString('base64') };
    const limits = { timeoutMs: 2000 };
    const wasm = await execute({ code, inputs: [1, 2, 3, 4, 5, 6, 7, 8], limits });
    const [, , third, fourth] = codesOf(wasm);
    expect([third, fourth]).toEqual(['TIMEOUT', 'WASM_TRAP']);
    expect(codesOf(wasm).filter((code) => code !== null).length).toBe(2);
    expect(wasm.error).toMatchObject({
      code: 'BATCH_FAILED',
      details: { succeeded: 6, failed: 2 },
    });

    const script = `console.log('before', input);
      if (input === 3) for (;;);
      if (input === 5) throw new TypeError('five');
      input`;
    const javascript = await execute({ code: script, inputs: numbers(12), limits });
    const expected = numbers(12).map((n) =>
      n === 3 ? 'TIMEOUT' : n === 5 ? 'RUNTIME_ERROR' : null,
    );
    expect(codesOf(javascript)).toEqual(expected);
    expect(javascript.results?.[3]?.stdout).toBe('before 3\n');
    expect(javascript.results?.[5]?.error).toMatchObject({ name: 'TypeError', message: 'five' });
  });

  test('lose one run with a sandbox that dies', async () => {
    const gate = Promise.withResolvers<void>();
    const url = fixtures.answer((_, response) => void gate.promise.then(() => response.end('ok')));
    const code = `if (input === 1) await fetch('${url}'); input`;
    const before = sandboxesOf(engine.pid);
    const ending = execute({ code, inputs: numbers(20) });
    await until(() => fixtures.hits(url) === 1);
    // One of them waits for the answer; the other has ended all the rest, or will.
    for (const pid of before) process.kill(pid, 'SIGKILL');
    gate.resolve();
    const codes = codesOf(await ending);
    expect(codes[1]).toBe('SANDBOX_CRASHED');
    expect(codes.filter((one) => one !== null && one !== 'SANDBOX_CRASHED')).toEqual([]);
    expect(codes.filter((one) => one === 'SANDBOX_CRASHED').length).toBeLessThanOrEqual(2);
  });

  test('share the caps of output and results', async () => {
    const code = `console.log('x'.repeat(3000)); console.error('y'.repeat(10));
      app_log('info', 'logged'); 'z'.repeat(input)`;
    const inputs = [60_000, 60_000, ...Array(98).fill(10)];
    const { results = [], metadata } = await execute({ code, inputs });
    const sum = (text: 'stdout' | 'stderr') =>
      results.reduce((total, result) => total + result[text].length, 0);
    expect([sum('stdout'), sum('stderr')]).toEqual([100_000, 1100]);
    expect(results.reduce((total, { logs }) => total + logs.length, 0)).toBe(50);
    expect(metadata.truncated).toMatchObject({ stdout: true, stderr: false, logs: true });
    const lost = results.filter(({ error }) => error !== null);
    expect(lost.map(({ error }) => error?.code)).toEqual(['RESULT_TOO_LARGE']);
    expect(results[50]?.result).toBe('z'.repeat(10));
  });

  test('have limits and quotas each', async () => {
    const url = fixtures.serve('answer');
    const code = `const texts = [];
      for (let n = 0; n < input; n++) texts.push(await (await fetch('${url}')).text());
      texts.length`;
    const body = await execute({ code, inputs: [2, 2, 3, 2] });
    expect(codesOf(body)).toEqual([null, null, 'RUNTIME_ERROR', null]);
    expect(body.results?.map(({ fetch }) => fetch.requests)).toEqual([2, 2, 2, 2]);
    expect(body.metadata.fetch.requests).toBe(8);
  });

  test('have the same files, outputs, args and env', async () => {
    const code = `files.write('out.txt', files.text('in.txt') + input + args[0] + env.A);
      files.write('other.txt', ''); stdin`;
    const given = { files: { 'in.txt': 'in' }, args: ['x'], env: { A: 'y' }, stdin: 's' };
    const body = await execute({ code, inputs: [1, 2], outputs: ['out.txt', 'no.txt'], ...given });
    expect(body.results?.map(({ files, result }) => [files, result])).toEqual([
      [[{ path: '/out.txt', size: 5, content: 'in1xy' }], 's'],
      [[{ path: '/out.txt', size: 5, content: 'in2xy' }], 's'],
    ]);
    expect(body.metadata.missingOutputs).toEqual(['/no.txt']);
  });
});

describe('code for many inputs', () => {
  test('imports each module once in a sandbox at most', async () => {
    for (const served of [{ execute, fixtures }, small]) {
      const library = served.fixtures.serve('export const twice = (n) => 2 * n;', {
        extension: '.js',
      });
      const code = `import { twice } from '${library}'; export default (n) => twice(n)`;
      const body = await served.execute({ code, inputs: numbers(200) });
      expect(resultsOf(body)).toEqual(numbers(200).map((n) => 2 * n));
      expect(served.fixtures.hits(library)).toBeLessThanOrEqual(2);
    }
  });

  test('loads what a run chooses in that run only', async () => {
    const library = fixtures.serve('export const a = 1', { extension: '.mjs' });
    const chosen = numbers(3).map((n) =>
      fixtures.serve(`globalThis.loaded = (globalThis.loaded ?? 0) + 1; export const b = ${n}`, {
        extension: '.mjs',
      }),
    );
    const code = `import { a } from '${library}';
      export default async (url) => [a, (await import(url)).b, globalThis.loaded];`;
    const url = fixtures.serve(code, { extension: '.mjs' });
    // One module more than that would fail.
    const limits = { imports: { maxModules: 2 } };
    const inputs = numbers(30).map((n) => chosen[n % 3]);
    const body = await execute({ url, inputs, limits });
    expect(resultsOf(body)).toEqual(numbers(30).map((n) => [1, n % 3, 1]));
  });

  test('may be TypeScript, and may turn out to be', async () => {
    const code = 'enum Kind { A = 1 }\nconst add = (n: number): number => n + Kind.A;\nadd(input)';
    const body = await execute({ code, inputs: [1, 2, 3] });
    expect(resultsOf(body)).toEqual([2, 3, 4]);
    expect(body.metadata).toMatchObject({ codeType: 'typescript', detectedBy: 'content' });
  });

  test('that does not parse fails for each', async () => {
    const body = await execute({ code: '1 +', inputs: [1, 2] });
    expect(body).toMatchObject({ http: 200, error: { code: 'BATCH_FAILED' } });
    expect(codesOf(body)).toEqual(['SYNTAX_ERROR', 'SYNTAX_ERROR']);
  });

  test('that cannot be had fails once', async () => {
    const url = fixtures.serve('', { status: 404 });
    const body = await execute({ url, inputs: [1, 2] });
    expect(body).toMatchObject({ http: 502, error: { code: 'DOWNLOAD_FAILED' } });
    expect(body).not.toHaveProperty('results');
  });

  test('may be WebAssembly, which reads each input from stdin', async () => {
    const module = wat(`(module
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 1000))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`);
    const inputs = numbers(100).map((n) => ({ n }));
    const { results = [] } = await execute({
      url: fixtures.serve(module, { extension: '.wasm' }),
      inputs,
    });
    expect(results.map(({ stdout }) => stdout)).toEqual(inputs.map((one) => JSON.stringify(one)));
  });
});

describe('many inputs and others', () => {
  test('are served at the same time, also by one sandbox', async () => {
    const batch = (id: number) =>
      small.execute({ code: `/* ${id} */ input + ${id}`, inputs: numbers(100) });
    const single = (id: number) => small.execute({ code: `${id} // ${'x'.repeat(id)}` });
    const batches = numbers(8).map(batch);
    const singles = await Promise.all(numbers(30).map(single));
    expect(singles.map(({ result }) => result)).toEqual(numbers(30));
    for (const [id, body] of (await Promise.all(batches)).entries()) {
      expect(resultsOf(body)).toEqual(numbers(100).map((n) => n + id));
    }
  });

  test('wait for no more than a run that is under way', async () => {
    const ended: string[] = [];
    const code = 'const end = Date.now() + 60; while (Date.now() < end); input';
    const batch = small.execute({ code, inputs: numbers(60) }).then(() => ended.push('batch'));
    await until(async () => (await small.engine.health()).sandboxes.busy === 1);
    await small.execute({ code: '1' });
    ended.push('single');
    await batch;
    expect(ended).toEqual(['single', 'batch']);
  });

  test('are not run once their client has gone', async () => {
    const hits = small.fixtures.serve('');
    const code = `await fetch('${hits}'); const end = Date.now() + 50; while (Date.now() < end);`;
    const client = new AbortController();
    const ending = small.engine.execute({ code, inputs: numbers(200) }, client.signal);
    await until(() => small.fixtures.hits(hits) > 0);
    client.abort();
    await expect(ending).rejects.toThrow();
    await until(async () => (await small.engine.health()).sandboxes.busy === 0);
    const ran = small.fixtures.hits(hits);
    expect(ran).toBeLessThan(150);
    await small.execute({ code: '1' });
    expect(small.fixtures.hits(hits)).toBe(ran);
  });
});

test.each([
  ['of which there are 1,001', { inputs: numbers(1001) }],
  ['of which there are none', { inputs: [] }],
  ['beside an input', { inputs: [1], input: 1 }],
])('inputs %s are refused', async (_, request) => {
  expect(await execute({ code: '1', ...request })).toMatchObject({
    http: 400,
    error: { code: 'INVALID_REQUEST', details: [{ path: 'inputs' }] },
  });
});
