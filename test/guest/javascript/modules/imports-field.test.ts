/** The field `imports` maps specifiers to URLs. */

import { describe, expect, test } from '@jest/globals';
import { runCode } from '../../../support/guest/module-graph.ts';

describe('the field imports', () => {
  const show = 'export default import.meta.url';

  test.each<readonly [what: string, Record<string, string>, specifier: string, url: string]>([
    ['maps a bare specifier', { lib: 'https://cdn.example/lib.js' }, 'lib', '/lib.js'],
    ['maps what begins alike', { 'lib/': 'https://cdn.example/l/' }, 'lib/a/b.js', '/l/a/b.js'],
    [
      'maps by the longest beginning',
      { 'lib/': 'https://cdn.example/short/', 'lib/a/': 'https://cdn.example/long/' },
      'lib/a/b.js',
      '/long/b.js',
    ],
    [
      'maps a whole specifier rather than its beginning',
      { 'lib/': 'https://cdn.example/l/', 'lib/a.js': 'https://cdn.example/exact.js' },
      'lib/a.js',
      '/exact.js',
    ],
    ['maps scoped names', { '@a/b': 'https://cdn.example/ab.js' }, '@a/b', '/ab.js'],
    ['maps node: specifiers', { 'node:fs': 'https://cdn.example/fs.js' }, 'node:fs', '/fs.js'],
    [
      'maps URLs',
      { 'https://old.example/': 'https://cdn.example/' },
      'https://old.example/x.js',
      '/x.js',
    ],
    ['maps relative URLs', { './x.js': 'https://cdn.example/y.js' }, './x.js', '/y.js'],
    [
      'maps names of properties',
      { constructor: 'https://cdn.example/c.js' },
      'constructor',
      '/c.js',
    ],
  ])('%s', async (_, imports, specifier, path) => {
    const url = `https://cdn.example${path}`;
    const files = { [url]: show };
    const name = JSON.stringify(specifier);
    for (const code of [
      `import url from ${name}; export default url`,
      `(await import(${name})).default`,
    ]) {
      expect(await runCode(code, files, { imports })).toMatchObject({ error: null, result: url });
    }
  });

  test('holds for modules too, but for nothing that is mapped already', async () => {
    const imports = {
      a: 'https://cdn.example/b.js',
      'https://cdn.example/b.js': 'https://cdn.example/c.js',
    };
    const files = {
      'https://cdn.example/b.js': `${show}; export { default as inner } from 'a'`,
      'https://cdn.example/c.js': 'export default "mapped twice"',
    };
    const code = `import { default as a, inner } from 'a'; export default [a, inner]`;
    const url = 'https://cdn.example/b.js';
    expect(await runCode(code, files, { imports })).toMatchObject({ result: [url, url] });
  });

  test('does not lead out of where it points', async () => {
    const imports = { 'lib/': 'https://cdn.example/lib/' };
    expect(await runCode(`import 'lib/../../secret.js'`, {}, { imports })).toMatchObject({
      error: { code: 'IMPORT_FAILED', message: expect.stringContaining('leads out of') },
    });
  });
});
