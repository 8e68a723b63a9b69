/** What authors of TypeScript are promised, over HTTP. */

import { describe, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const { execute, fixtures } = await startServedEngine();

const program = 'interface Item { qty: number }\nconst items: Item[] = [{ qty: 2 }];\nitems[0].qty';

describe('TypeScript is known', () => {
  test.each<
    readonly [
      what: string,
      extension: string,
      contentType: string | undefined,
      type: string | undefined,
      detectedBy: string,
    ]
  >([
    ['its extension', '.ts', undefined, undefined, 'extension'],
    ['its extension, of a text', '.mts', 'text/plain; charset=utf-8', undefined, 'extension'],
    ['its content type', '', 'application/typescript', undefined, 'content-type'],
    ['a content type of films', '.ts', 'video/mp2t', undefined, 'content-type'],
    ['the hint', '', 'text/plain', 'typescript', 'hint'],
    ['what it is', '', 'text/plain', undefined, 'content'],
  ])('by %s', async (_what, extension, contentType, type, detectedBy) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const url = fixtures.serve(program, { extension, headers });
    for (const _run of ['first', 'second']) {
      expect(await execute({ url, type })).toMatchObject({
        http: 200,
        result: 2,
        metadata: { codeType: 'typescript', detectedBy },
      });
    }
  });

  test.each([
    ['#!/usr/bin/env node', '.ts', 'extension', 'typescript'],
    ['#!/usr/bin/env -S node --import tsx', '', 'content', 'typescript'],
    ['#!/usr/bin/env -S deno run', '', 'content', 'typescript'],
    ['#!/usr/bin/env -S deno run', '.ts', 'extension', 'typescript'],
  ])('after %s in a file %s', async (line, extension, detectedBy, codeType) => {
    const url = fixtures.serve(`${line}\n${program}`, { extension });
    const { result, metadata } = await execute({ url });
    expect([result, metadata.detectedBy, metadata.codeType]).toEqual([2, detectedBy, codeType]);
  });

  test.each([
    ['', { 'content-type': 'text/javascript' }, undefined, 'content-type'],
    ['.js', {}, undefined, 'extension'],
    ['', {}, 'javascript', 'hint'],
  ])(
    'not where it is declared as JavaScript: %s %o %s',
    async (extension, headers, type, detectedBy) => {
      const url = fixtures.serve(program, { extension, headers });
      expect(await execute({ url, type })).toMatchObject({
        http: 200,
        error: { code: 'SYNTAX_ERROR' },
        metadata: { codeType: 'javascript', detectedBy },
      });
    },
  );
});

describe('what is no TypeScript', () => {
  test.each([
    ['.tsx', {}, 'TSX'],
    ['.jsx', {}, 'JSX'],
    ['', { 'content-type': 'text/jsx' }, 'JSX'],
    ['.ts', {}, 'JSX'],
  ])('is named: %s %o', async (extension, headers, name) => {
    const url = fixtures.serve('export default <p>{1 as number}</p>;', { extension, headers });
    expect(await execute({ url })).toMatchObject({
      http: 422,
      error: { code: 'UNSUPPORTED_CODE', message: expect.stringContaining(name) },
    });
  });

  test('has the place at which it does not parse', async () => {
    const url = fixtures.serve('const a: number = 1;\nconst b: = 2;', { extension: '.ts' });
    expect(await execute({ url })).toMatchObject({
      http: 200,
      error: {
        code: 'SYNTAX_ERROR',
        name: 'SyntaxError',
        stack: expect.stringContaining(`at ${url}:2:10`),
        details: {
          url,
          line: 2,
          column: 10,
          frame: expect.stringContaining('> 2 | const b: = 2;'),
        },
      },
      metadata: { codeType: 'typescript' },
    });
  });

  test('ends at the limits of its run, however long it is', async () => {
    const unit = 'enum E$ { a = 1 }\n';
    let source = '';
    for (let index = 0; source.length < 4_500_000; index++) source += unit.replace('$', `${index}`);
    const url = fixtures.serve(source, { extension: '.ts' });
    const { error } = await execute({ url, limits: { timeoutMs: 200 } });
    expect(error?.code).toMatch(/^(TIMEOUT|MEMORY_LIMIT)$/);
    const small = fixtures.serve('let x: number = 1; x', { extension: '.ts' });
    expect(await execute({ url: small })).toMatchObject({ result: 1 });
  });
});
