/** Code that comes with its request, and its modules. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { wat } from '../support/guest/wat.ts';
import { type ExecuteBody, startServedEngine } from '../support/served-engine.ts';

const { execute, fixtures } = await startServedEngine({ ENGINE_MAX_CODE_BYTES: '10000' });
const restricted = await startServedEngine({ ENGINE_CODE_ALLOWED_HOSTS: '127.0.0.1' });
const restrictedButInline = await startServedEngine({
  ENGINE_CODE_ALLOWED_HOSTS: '127.0.0.1',
  ENGINE_INLINE_CODE: 'true',
  ENGINE_IMPORTS: 'map',
});

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text);
const pinOf = (text: string) => `sha256-${sha256(text).digest('base64')}`;

/** Resolves with the failure of an import. */
async function importFailure(request: object): Promise<Record<string, unknown>> {
  const { error } = await execute(request);
  expect(error?.code).toBe('IMPORT_FAILED');
  return error?.details as Record<string, unknown>;
}

describe('code in a request', () => {
  test('runs as downloaded code does, at a URL of its own', async () => {
    const code = 'console.log("Hello, %s!", input.name); ({ answer: 42, args })';
    const response = await execute({ code, input: { name: 'Ada' }, args: ['1'] });
    expect(response).toMatchObject({
      http: 200,
      status: 'success',
      result: { answer: 42, args: ['1'] },
      stdout: 'Hello, Ada!\n',
      metadata: {
        url: 'inline:///main.js',
        codeType: 'javascript',
        detectedBy: 'default',
        downloadTimeMs: null,
        resourceSizeBytes: code.length,
        sha256: sha256(code).digest('hex'),
        imports: { requests: 0 },
      },
    });
  });

  test('may be empty, and a module', async () => {
    expect(await execute({ code: '' })).toMatchObject({ status: 'success', result: null });
    const code = 'export default (input) => [input, import.meta.url];';
    expect((await execute({ code, input: 1 })).result).toEqual([1, 'inline:///main.js']);
  });

  test('has the name of a TypeScript file where that is what it is', async () => {
    const lib = 'export type Tax = number; export const tax: Tax = 2;';
    const head = 'import { tax, type Tax } from "./lib/tax.ts";';
    const url = 'inline:///main.ts';
    const code = `${head}\nexport default (n: Tax) => [n * tax, import.meta.url];`;
    const failing = `${head}\nconst n: Tax = tax;\nthrow new RangeError(String(n));`;
    for (const type of [undefined, 'typescript']) {
      const request = { type, modules: { 'lib/tax.ts': lib } };
      const metadata = { url, codeType: 'typescript', detectedBy: type ? 'hint' : 'content' };
      for (const _run of ['first', 'second']) {
        const answer = await execute({ ...request, code, input: 3 });
        expect(answer).toMatchObject({ result: [6, url], metadata });
        expect(await execute({ ...request, code: failing })).toMatchObject({
          error: { stack: expect.stringContaining(`at ${url}:3:`), details: { url, line: 3 } },
          metadata,
        });
      }
      expect(await execute({ ...request, code, inputs: [1, 2] })).toMatchObject({
        results: [{ result: [2, url] }, { result: [4, url] }],
        metadata,
      });
    }
    expect(await execute({ code: 'const n: number = 1;\nconst m: = 2;' })).toMatchObject({
      error: { code: 'SYNTAX_ERROR', details: { url, line: 2 } },
      metadata: { url, codeType: 'typescript', detectedBy: 'content' },
    });
  });

  test('may be WebAssembly in base64', async () => {
    const bytes = wat('(module (func (export "run") (result i32) i32.const 42))');
    const response = await execute({ code: { base64: Buffer.from(bytes).toString('base64') } });
    expect(response).toMatchObject({
      result: 42,
      metadata: { url: 'inline:///main.wasm', codeType: 'wasm', detectedBy: 'content' },
    });
  });

  test('is of the language that its content shows, or else the hint', async () => {
    const base64 = Buffer.from('"ä"').toString('base64');
    expect(await execute({ code: { base64 }, type: 'javascript' })).toMatchObject({
      result: 'ä',
      metadata: { detectedBy: 'hint' },
    });
    expect(await execute({ code: '#!/usr/bin/env node\n7', type: 'wasm' })).toMatchObject({
      result: 7,
      metadata: { detectedBy: 'content' },
    });
    expect(await execute({ code: '7', type: 'wasm' })).toMatchObject({
      error: { code: 'WASM_INVALID' },
      metadata: { url: 'inline:///main.wasm' },
    });
  });

  test('fails with its own places', async () => {
    const { error } = await execute({ code: '\nnull.name' });
    expect(error).toMatchObject({
      code: 'RUNTIME_ERROR',
      stack: expect.stringContaining('at inline:///main.js:2:'),
      details: { url: 'inline:///main.js', line: 2, frame: expect.stringContaining('> 2 | null') },
    });
    expect((await execute({ code: '1 +' })).error?.code).toBe('SYNTAX_ERROR');
  });

  test.each<readonly [number, string, object]>([
    [400, 'INVALID_REQUEST', {}],
    [400, 'INVALID_REQUEST', { url: 'https://code.example/', code: '1' }],
    [400, 'INVALID_REQUEST', { code: { base64: '*' } }],
    [400, 'INVALID_REQUEST', { code: '1', modules: { '../a.js': '' } }],
    [413, 'CODE_TOO_LARGE', { code: ' '.repeat(10_001) }],
    [422, 'UNSUPPORTED_CODE', { code: '<!doctype html>' }],
    [422, 'UNSUPPORTED_CODE', { code: { base64: '/w==' } }],
    [422, 'INTEGRITY_MISMATCH', { code: '1', integrity: pinOf('2') }],
    [422, 'INTEGRITY_MISMATCH', { code: '1', integrity: { 'inline:///main.js': pinOf('2') } }],
  ])('gets %s %s where it cannot be run', async (http, code, request) => {
    expect(await execute(request)).toMatchObject({ http, result: null, error: { code } });
  });

  test('that matches its integrity value runs', async () => {
    expect(await execute({ code: '1', integrity: pinOf('1') })).toMatchObject({ result: 1 });
  });
});

describe('modules in a request', () => {
  const modules = {
    'lib/tax.js': 'import { rate } from "../rate.js"; export const tax = (sum) => sum * rate;',
    'rate.js': 'export const rate = 0.5;',
    'prices.json': '{ "apple": 4 }',
  };

  test('are imported by relative path from the code and from each other', async () => {
    const code = `import { tax } from './lib/tax.js';
      import prices from './prices.json' with { type: 'json' };
      const { rate } = await import('./rate.js');
      export default [tax(prices.apple), rate, import.meta.resolve('./lib/tax.js')];`;
    const response = await execute({ code, modules });
    expect(response).toMatchObject({
      result: [2, 0.5, 'inline:///lib/tax.js'],
      metadata: { imports: { requests: 3 }, fetch: { requests: 0 } },
    });
    expect(response.metadata.imports.bytesReceived).toBe(Object.values(modules).join('').length);
    // A second run finds what the first has compiled.
    expect((await execute({ code, modules })).result).toEqual(response.result);
    const changed = { ...modules, 'rate.js': 'export const rate = 0.25;' };
    expect((await execute({ code, modules: changed })).result).toEqual([
      1,
      0.25,
      'inline:///lib/tax.js',
    ]);
  });

  test('are imported by a script, by names of the import map, and with a query', async () => {
    const code = `const { tax } = await import('tax'); const { rate } = await import('lib/rate.js?1');
      [tax(2), rate]`;
    const imports = { tax: 'inline:///lib/tax.js', 'lib/': 'inline:///' };
    expect((await execute({ code, modules, imports })).result).toEqual([1, 0.5]);
  });

  test('import libraries by URL, and have places in errors', async () => {
    const library = fixtures.serve('export const half = (sum) => sum / 2;', { extension: '.mjs' });
    const half = { 'half.js': `export { half } from '${library}';\nexport const fail = () => x;` };
    const code =
      'import { half, fail } from "./half.js"; if (input) fail(); export default half(5)';
    expect((await execute({ code, modules: half })).result).toBe(2.5);
    expect((await execute({ code, modules: half, input: 1 })).error?.stack).toContain(
      'inline:///half.js:2:',
    );
  });

  test('are as large as code at most, and have a syntax of their own', async () => {
    const code = 'import "./a.js"';
    const large = await importFailure({ code, modules: { 'a.js': ' '.repeat(10_001) } });
    expect(large).toMatchObject({ specifier: './a.js', line: 1, causeCode: 'CODE_TOO_LARGE' });
    const broken = await importFailure({ code, modules: { 'a.js': '\n1 +' } });
    expect(broken).toMatchObject({ module: { url: 'inline:///a.js' } });
  });

  test('that are not there are named', async () => {
    const code = '\nimport "./b.js"';
    expect(await importFailure({ code, modules })).toMatchObject({
      specifier: './b.js',
      importer: 'inline:///main.js',
      line: 2,
      cause: expect.stringContaining('no such module'),
    });
    expect(await importFailure({ code })).toMatchObject({ specifier: './b.js' });
  });

  test('are no concern of code at a URL', async () => {
    const url = fixtures.serve('import "inline:///rate.js"', { extension: '.mjs' });
    expect(await importFailure({ url })).toMatchObject({ specifier: 'inline:///rate.js' });
  });

  test('count as imports: limits and pins hold them', async () => {
    const code = 'import "./lib/tax.js"; await import(input)';
    const request = { code, modules, input: './prices.json' };
    const limited = (limits: object) => importFailure({ ...request, limits });
    expect(await limited({ imports: { maxModules: 1 } })).toMatchObject({
      cause: expect.stringContaining('more than 1 modules'),
    });
    expect(await limited({ imports: { dynamic: false } })).toMatchObject({ rule: 'dynamic' });
    expect(await limited({ fetch: { maxRequests: 0 } })).toMatchObject({ rule: 'quota' });
    const integrity = { 'inline:///rate.js': pinOf('export const rate = 0;') };
    expect(await importFailure({ ...request, integrity })).toMatchObject({
      causeCode: 'INTEGRITY_MISMATCH',
      importer: 'inline:///lib/tax.js',
    });
  });

  test('need no pin beside that of the code, but those of other origins do', async () => {
    const library = fixtures.serve('export default 1', { extension: '.mjs' });
    const code = `import './rate.js'; import one from '${library}'; export default one`;
    const request = { code, modules, integrity: pinOf(code) };
    expect(await importFailure(request)).toMatchObject({ specifier: library, rule: 'integrity' });
    expect((await execute({ ...request, unpinned: true })).result).toBe(1);
  });
});

describe('where the operator restricts hosts of code', () => {
  const pinned = { code: '"secret text"', modules: { 'a.js': '1' } };

  test('code in a request is refused, whatever it is', async () => {
    const answers: (ExecuteBody & { http: number })[] = [];
    for (const request of [pinned, { code: '<html>' }, { code: { base64: 'AGFzbQ==' } }]) {
      answers.push(await restricted.execute(request));
    }
    for (const answer of answers) {
      expect(answer).toMatchObject({ http: 403, error: { code: 'CODE_NOT_ALLOWED' } });
      expect(answer.error?.message).toContain('ENGINE_INLINE_CODE');
    }
    expect(answers[0]?.metadata.sha256).toBe(sha256(pinned.code).digest('hex'));
  });

  test('data: imports are refused, too', async () => {
    const { error } = await restricted.runScript("await import('data:text/javascript,1')");
    expect(error).toMatchObject({
      code: 'IMPORT_FAILED',
      details: { causeCode: 'URL_NOT_ALLOWED' },
    });
  });

  test('both are permitted where ENGINE_INLINE_CODE says so', async () => {
    const { execute: run, fixtures: library } = restrictedButInline;
    expect((await run(pinned)).result).toBe('secret text');
    const code = 'import "./a.js"; export { default } from "data:text/javascript,export default 1"';
    expect((await run({ ...pinned, code })).result).toBe(1);
    // A library is of another origin than code in a request: held to the import map here.
    const url = library.serve('export default 2', { extension: '.mjs' });
    const importing = { code: `export { default } from '${url}'` };
    expect((await run(importing)).error?.details).toMatchObject({ rule: 'import-map' });
    expect((await run({ ...importing, imports: { library: url } })).result).toBe(2);
  });
});
