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

describe('syntax of TypeScript', () => {
  test.each([
    ['enums that merge', 'enum A { x }\nenum A { y = 5 }\n[A.x, A.y, A[5]]', [0, 5, 'y']],
    ['const enums', 'const enum A { x = 1, y }\nA.y', 2],
    ['namespaces in others', 'namespace A.B { export class C { static d = 6 } }\nA.B.C.d', 6],
    [
      'a namespace of a class',
      'class A { b = A.c }\nnamespace A { export const c = 3 }\nnew A().b',
      3,
    ],
    ['accessors', 'class A { accessor x = 1 }\nconst a = new A(); a.x++; a.x', 2],
    [
      'abstract classes',
      'abstract class A { abstract b(): number }\nnew (class extends A { b() { return 3 } })().b()',
      3,
    ],
    ['overloads', 'function f(a: number): number;\nfunction f(a: any) { return a }\nf(1)', 1],
    ['satisfies', 'const a = { b: 1 } satisfies Record<string, number>; a.b', 1],
    [
      'generics of arrow functions',
      'const f = <T,>(a: T): T => a;\nawait (async <U extends object>(b: U) => f(b))([1])',
      [1],
    ],
    [
      'declarations',
      'declare const x: number;\ndeclare module "y" { export const z: 1 }\ntypeof x',
      'undefined',
    ],
    ['unique symbols', 'const t: unique symbol = Symbol("t") as any; String(t)', 'Symbol(t)'],
    [
      'definite assignments',
      'class A { a!: number; declare b: string }\nlet z!: number; [Object.keys(new A()), z]',
      [['a'], null],
    ],
    [
      'parameter properties',
      'class A { constructor(private a: number, readonly b?: string) {} }\nnew A(3)',
      { a: 3 },
    ],
    ['import = of a namespace', 'namespace A { export const b = 4 }\nimport b = A.b;\nb', 4],
    ['export =', 'function f(n: number) { return n + 1 }\nexport = f;', 4],
    [
      'a byte-order mark and carriage returns',
      '\ufeff#!/usr/bin/env node\r\nconst a: number = 1;\r\na',
      1,
    ],
  ])('%s', async (_what, source, result) => {
    const url = fixtures.serve(source, { extension: '.ts' });
    expect(await execute({ url, input: 3 })).toMatchObject({ error: null, result });
  });
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

  test.each([
    ["import fs = require('fs');\nexport default fs", 'import … from', 13],
    ["export const a: number = require('./a.js')", 'use import', 26],
  ])('is told where a module calls require: %s', async (source, advice, column) => {
    const url = fixtures.serve(source, { extension: '.ts' });
    const { error } = await execute({ url });
    expect(error).toMatchObject({
      code: 'RUNTIME_ERROR',
      name: 'ReferenceError',
      message: expect.stringContaining(advice),
      stack: expect.stringContaining(advice),
      details: { url, line: 1, column },
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
