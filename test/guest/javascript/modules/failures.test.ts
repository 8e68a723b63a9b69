/** An import that fails is told with the importing module, its line, and the cause. */

import { describe, expect, test } from '@jest/globals';
import {
  codeUrl,
  type ModuleFiles,
  plainLimits,
  runCode,
} from '../../../support/guest/module-graph.ts';

const lib = 'https://code.example/app/lib.js';

interface Failure {
  readonly importer: string;
  readonly line: number;
  readonly cause: RegExp;
  readonly causeCode?: string;
  readonly module?: object;
}

describe('IMPORT_FAILED', () => {
  test.each<readonly [what: string, code: string, files: ModuleFiles, Failure]>([
    [
      'a module that is not there',
      `\n\n  import './none.js'`,
      {},
      { importer: codeUrl, line: 3, cause: /404/, causeCode: 'DOWNLOAD_FAILED' },
    ],
    [
      'a module that a module imports',
      `import './lib.js'`,
      { '/app/lib.js': `// first line\nexport * from './none.js'` },
      { importer: lib, line: 2, cause: /404/, causeCode: 'DOWNLOAD_FAILED' },
    ],
    [
      'a dynamic import that nobody catches',
      `const a = 1;\nawait import('./none.js')`,
      {},
      { importer: codeUrl, line: 2, cause: /404/, causeCode: 'DOWNLOAD_FAILED' },
    ],
    [
      'a computed dynamic import',
      `const name = './none.js';\n\nexport default await import(name)`,
      {},
      { importer: codeUrl, line: 3, cause: /404/ },
    ],
    [
      'an import that nobody waits for',
      `import('./none.js'); await new Promise((r) => setTimeout(r, 50))`,
      {},
      { importer: codeUrl, line: 1, cause: /404/ },
    ],
    [
      'a module that does not parse',
      `import './lib.js'`,
      { '/app/lib.js': 'const a = 1;\nconst b = = 2;\n' },
      {
        importer: codeUrl,
        line: 1,
        cause: /SyntaxError: .*lib\.js:2:\d+\)$/,
        causeCode: 'SYNTAX_ERROR',
        module: { url: lib, line: 2, frame: expect.stringContaining('> 2 | const b = = 2;') },
      },
    ],
    [
      'a module that does not parse, imported dynamically',
      `await import('./lib.js')`,
      { '/app/lib.js': 'return 1' },
      { importer: codeUrl, line: 1, cause: /SyntaxError: /, causeCode: 'SYNTAX_ERROR' },
    ],
    [
      'an export that is not there',
      `import './other.js';\nimport { a, b as c } from './lib.js'`,
      { '/app/lib.js': 'export const a = 1', '/app/other.js': `import { a } from './lib.js'` },
      { importer: codeUrl, line: 2, cause: /no export "b"/ },
    ],
    [
      'a default export that is not there, imported dynamically',
      `await import('./lib.js')`,
      { '/app/lib.js': `import x from './a.js'`, '/app/a.js': 'export const a = 1' },
      { importer: lib, line: 1, cause: /no export "default"/ },
    ],
    [
      'an export that several modules have',
      `import { a } from './lib.js'`,
      {
        '/app/lib.js': `export * from './a.js'; export * from './b.js'`,
        '/app/a.js': 'export const a = 1',
        '/app/b.js': 'export const a = 2',
      },
      { importer: codeUrl, line: 1, cause: /"a"/ },
    ],
    [
      'a bare specifier',
      `import 'lodash'`,
      {},
      { importer: codeUrl, line: 1, cause: /bare specifier.*`imports`.*"lodash"/ },
    ],
    [
      'a module of Node.js',
      `import fs from 'node:fs'`,
      {},
      { importer: codeUrl, line: 1, cause: /Node\.js/ },
    ],
    [
      'a URL of another scheme',
      `import 'blob:https://code.example/1'`,
      {},
      { importer: codeUrl, line: 1, cause: /not from blob:/ },
    ],
    [
      'a part of the engine',
      `await import('engine:/main.js')`,
      {},
      { importer: codeUrl, line: 1, cause: /not from engine:/ },
    ],
    [
      'a WebAssembly module',
      `import './lib.js'`,
      { '/app/lib.js': { source: Buffer.from('\0asm\x01\0\0\0', 'latin1') } },
      { importer: codeUrl, line: 1, cause: /WebAssembly module/ },
    ],
    [
      'an HTML page',
      `import './lib.js'`,
      { '/app/lib.js': '<!doctype html><title>Not found</title>' },
      { importer: codeUrl, line: 1, cause: /HTML page/ },
    ],
    [
      'what is not UTF-8',
      `import './lib.js'`,
      { '/app/lib.js': { source: Uint8Array.of(0x27, 0xff, 0x27) } },
      { importer: codeUrl, line: 1, cause: /UTF-8/ },
    ],
    [
      'JSON without its attribute, by content type',
      `import './lib.js'`,
      { '/app/lib.js': { source: '{}', contentType: 'application/json' } },
      { importer: codeUrl, line: 1, cause: /with \{ type: 'json' \}/ },
    ],
    [
      'JSON without its attribute, by name',
      `import './lib.json'`,
      { '/app/lib.json': '{}' },
      { importer: codeUrl, line: 1, cause: /with \{ type: 'json' \}/ },
    ],
    [
      'what is not JSON',
      `import './lib.js' with { type: 'json' }`,
      { '/app/lib.js': 'export default 1' },
      { importer: codeUrl, line: 1, cause: /not JSON/ },
    ],
    [
      'another type than JSON',
      `import './lib.css' with { type: 'css' }`,
      {},
      { importer: codeUrl, line: 1, cause: /"json", not "css"/ },
    ],
    [
      'another attribute than type',
      `await import('./lib.js', { with: { lazy: 'yes' } })`,
      {},
      { importer: codeUrl, line: 1, cause: /no import attribute "lazy"/ },
    ],
    [
      'one URL as JavaScript and as JSON',
      `import './lib.js'; await import('./lib.js', { with: { type: 'json' } })`,
      { '/app/lib.js': '1' },
      { importer: codeUrl, line: 1, cause: /both as JavaScript and as JSON/ },
    ],
    [
      'more modules than a run may have',
      `${Array.from({ length: 1001 }, (_, n) => `import './${n}.js';`).join('\n')}`,
      Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`/app/${n}.js`, ''])),
      { importer: codeUrl, line: 1001, cause: /1000 modules/ },
    ],
    [
      'imports that lead on and on',
      `import './0.js'`,
      Object.fromEntries(
        Array.from({ length: 200 }, (_, n) => [`/app/${n}.js`, `import './${n + 1}.js'`]),
      ),
      { importer: 'https://code.example/app/99.js', line: 1, cause: /100 imports away/ },
    ],
    [
      'more bytes than modules may have together',
      `import './a.js'; import './b.js'`,
      { '/app/a.js': ' '.repeat(11e6), '/app/b.js': ' '.repeat(11e6) },
      { importer: codeUrl, line: 1, cause: /bytes together/ },
    ],
  ])('%s', async (_, code, files, { importer, line, cause, causeCode = null, module }) => {
    const { error } = await runCode(code, files);
    expect(error).toMatchObject({
      code: 'IMPORT_FAILED',
      message: expect.stringMatching(cause),
      details: {
        importer,
        line,
        column: expect.any(Number),
        frame: expect.stringMatching(new RegExp(`> +${line} \\|`)),
        cause: expect.stringMatching(cause),
        ...(causeCode === null ? {} : { causeCode }),
        ...(module === undefined ? {} : { module }),
      },
    });
    expect(error?.message).toContain(`(${importer}:${line}:`);
  });

  test('names the limit where the code imports more modules than the run may', async () => {
    const files = { '/app/a.js': `import './b.js'`, '/app/b.js': '' };
    const limited = (maxModules: number) =>
      runCode(`import './a.js'; export default 1`, files, {
        limits: { ...plainLimits, maxModules },
      });
    expect(await limited(2)).toMatchObject({ error: null, result: 1 });
    expect(await limited(1)).toMatchObject({
      error: {
        code: 'IMPORT_FAILED',
        message: expect.stringContaining('more than 1 modules'),
        details: { importer: 'https://code.example/app/a.js' },
      },
    });
  });

  test('is not said of errors that are not about imports', async () => {
    const files = { '/app/lib.js': `JSON.parse('{')` };
    expect((await runCode(`import './lib.js'`, files)).error).toMatchObject({
      code: 'RUNTIME_ERROR',
      name: 'SyntaxError',
    });
    expect((await runCode('export default 1;\nlet = ;')).error).toMatchObject({
      code: 'SYNTAX_ERROR',
      name: 'SyntaxError',
    });
  });
});

test.each([
  ['text/plain', 'text/plain,export default 1', 'text/plain'],
  ['none', ',export default 1', 'text/plain'],
  ['a page', 'text/html;charset=utf-8,<p>', 'text/html'],
])('a data: URL that says it is no code is not run as code: %s', async (_, rest, shown) => {
  const url = `data:${rest}`;
  const contentType = rest.slice(0, rest.indexOf(','));
  const files = { [url]: { source: 'export default 1', contentType } };
  const { error } = await runCode(`import x from '${url}'; export default x`, files);
  expect(error).toMatchObject({ code: 'IMPORT_FAILED' });
  expect(error?.message).toContain(`its type is ${shown}`);
});

test.each(['text/javascript', 'application/javascript; charset=utf-8', 'text/typescript'])(
  'a data: URL of the type %s is code',
  async (contentType) => {
    const url = `data:${contentType},export default 1`;
    const files = { [url]: { source: 'export default 1', contentType } };
    expect(await runCode(`import x from '${url}'; export default x`, files)).toMatchObject({
      result: 1,
    });
  },
);
