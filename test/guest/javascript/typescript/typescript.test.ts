/** TypeScript runs as what is left of it without its types, and its errors have their places in it. */

import { describe, expect, test } from '@jest/globals';
import type { RunMessage } from '../../../../lambda/contract/protocol.ts';
import { codeUrl, type ModuleFiles, runCode } from '../../../support/guest/module-graph.ts';
import { countedTransformers } from '../../../support/guest/typescript.ts';

const url = codeUrl.replace('.js', '.ts');
const typed: Partial<RunMessage> = { url, codeType: 'typescript' };

async function resultOf(code: string, files: ModuleFiles = {}): Promise<unknown> {
  const { result, error } = await runCode(code, files, typed);
  return error === null ? result : `${error.name}: ${error.message}`;
}

describe('the syntax of TypeScript', () => {
  test.each<readonly [what: string, code: string, result: unknown]>([
    [
      'types',
      'interface Item { qty: number }\nconst items: Item[] = [{ qty: 2 }];\nexport default items.reduce((n: number, i) => n + i.qty, 0);',
      2,
    ],
    [
      'a script whose result is its last value',
      'type A = number; const a: A = 2; (a as number) + 1',
      3,
    ],
    [
      'imports of types alone, which leave a script',
      'import type { A } from "./gone.ts"; const a: A = 2; a',
      2,
    ],
    [
      'enum',
      'enum A { x, y = "Y", z = 4 } const enum B { b = 1 << 3 } export default [A.x, A[0], A.y, A.z, B.b]',
      [0, 'x', 'Y', 4, 8],
    ],
    [
      'namespace',
      'namespace N { export const a = 1; export namespace M { export function f(): number { return a + 1 } } } export default N.M.f()',
      2,
    ],
    [
      'a namespace of types',
      'declare namespace N { const x: number } namespace T { export type A = 1 } export default 1 as T.A',
      1,
    ],
    [
      'parameter properties',
      'class A { constructor(private x: number, public readonly y = x * 2, z?: string) {} get sum() { return this.x + this.y } } export default [new A(2).sum, new A(1).y]',
      [6, 2],
    ],
    [
      'satisfies and as const',
      'const a = { x: 1 } as const satisfies { x: number }; export default a',
      { x: 1 },
    ],
    [
      'accessor',
      'class A { accessor x: number = 1; static accessor y = 2; accessor #z = 3\n accessor ["w" + 1]: string = "w"\n accessor u; get z() { return this.#z++ } get own() { return Object.keys(this) } } const a = new A(); a.x += 4; A.y++; export default [a.x, A.y, a.z, a.z, (a as any).w1, a.u ?? null, a.own]',
      [5, 3, 3, 4, 'w', null, []],
    ],
    [
      'overloads',
      'function f(a: string): string; function f(a: number): number; function f(a: any) { return a } export default [f(1), f("a")]',
      [1, 'a'],
    ],
    [
      'abstract classes',
      'abstract class A { abstract f(): number; g() { return this.f() } } class B extends A { override f() { return 7 } } export default new B().g()',
      7,
    ],
    [
      'declare',
      'declare const gone: string; declare function f(): void; declare global { var x: number } class A { declare y: number; z!: string } export default [typeof gone, "y" in new A(), "z" in new A()]',
      ['undefined', false, true],
    ],
    [
      'generics in arrow functions',
      'const f = <T,>(x: T): T => x; const g = async <T extends object>(x: T) => x; export default [f<number>(1), await g({ a: 1 })]',
      [1, { a: 1 }],
    ],
    [
      'assertions and non-null',
      'const a: any = { b: { c: 1 } }; export default (<any>a)!.b!.c as number',
      1,
    ],
    [
      'predicates, this parameters, definite and optional members',
      'class A { x?: number; f(this: A): asserts this is A {} } function g(x: unknown): x is string { return typeof x === "string" } export default g("a")',
      true,
    ],
    [
      'using',
      'const log: string[] = []; { using a: Disposable = { [Symbol.dispose]() { log.push("end") } } } export default log',
      ['end'],
    ],
    [
      'what breaks lines within types',
      'const f = (a: number)\n  : number | \n  string => a\nconst b = f(1)\n;[1].map(String)\nexport default b',
      1,
    ],
  ])('%s', async (_what, code, result) => {
    expect(await resultOf(code)).toEqual(result);
  });

  test('imports and exports of types and values', async () => {
    const files = {
      '/app/a.ts': `import { type B, b } from './b.mts'; export type { B } from './b.mts';
        export enum Color { Red = 'red' } export interface A { b: B } export const a: A = { b }; export default class {}`,
      '/app/b.mts': 'export type B = number; export const b: B = 5; export { type B as C }',
    };
    const code = `import Default, { a, Color, type A } from './a.ts'; import * as all from './a.ts';
      const x: A = a; export default [x, Color.Red, typeof Default, Object.keys(all)]`;
    const result = [{ b: 5 }, 'red', 'function', ['Color', 'a', 'default']];
    expect(await resultOf(code, files)).toEqual(result);
  });
});

describe('the language of code', () => {
  const typedCode = 'const a: number = 1; a';
  const program = 'const f = (a: number) => a + 1; f(1)';

  test('is TypeScript where only that parses, and nothing says what it is', async () => {
    const run = await runCode(program, {}, { isGuessed: true });
    expect([run.codeType, run.result]).toEqual(['typescript', 2]);
    const again = await runCode(program, {}, { isGuessed: true });
    expect([again.codeType, again.result]).toEqual(['typescript', 2]);
  });

  test('is that of a module, too, and its imports of types load nothing', async () => {
    const code = `import type { A } from './gone.ts'; import { b } from './b.ts'; const a: A = b; export default a`;
    const files = { '/app/b.ts': 'export const b: number = 3' };
    const run = await runCode(code, files, { isGuessed: true });
    expect(run).toMatchObject({ codeType: 'typescript', result: 3 });
    expect(run.downloads).toEqual(['https://code.example/app/b.ts']);
  });

  test('is what its server says', async () => {
    const { error } = await runCode(typedCode, {}, {});
    expect(error).toMatchObject({ code: 'SYNTAX_ERROR' });
  });

  test('stays JavaScript where it is neither', async () => {
    const run = await runCode('let x = ;', {}, { isGuessed: true });
    expect(run).toMatchObject({ codeType: 'javascript', error: { code: 'SYNTAX_ERROR' } });
  });

  test.each<readonly [what: string, path: string, contentType: string | null, result: unknown]>([
    ['an extension', '/app/a.ts', 'text/plain', 1],
    ['a content type', '/app/a', 'application/typescript; charset=utf-8', 1],
    ['a content type of films with an extension', '/app/a.ts', 'video/mp2t', 1],
    ['the text itself', '/app/a', 'text/plain', 1],
    ['nothing', '/app/a.js', 'text/plain', 'SyntaxError'],
    ['a content type of JavaScript', '/app/a.ts', 'text/javascript', 'SyntaxError'],
    ['TSX', '/app/a.tsx', 'text/plain', 'it is TSX: compile it to JavaScript first'],
  ])('of an imported module shows by %s', async (_what, path, contentType, expected) => {
    const files = { [path]: { source: 'export const a: number = 1', contentType } };
    const code = `import { a } from '${path}'; export default a`;
    const { result, error } = await runCode(code, files);
    if (typeof expected === 'number') expect(result).toBe(expected);
    else expect(error?.message).toContain(expected);
  });

  test('is part of what is kept of a text', async () => {
    const source = 'const a = 1 as any\nexport default a';
    const files = { '/app/a.ts': source, '/app/a.js': source };
    const first = await runCode("import a from './a.ts'; export default a", files);
    expect(first.result).toBe(1);
    const second = await runCode("import a from './a.js'; export default a", files);
    expect(second.error?.code).toBe('IMPORT_FAILED');
  });
});

describe('an error has its place in the TypeScript', () => {
  const lines = [
    'interface A { b: string }',
    'const a: A | null = null as any;',
    'function fail(what: string): never { throw new RangeError(what) }',
    'const x: number = 1; fail("no" as string);',
  ].join('\n');
  const enumLines = `enum E { a, b }\n${lines.slice(lines.indexOf('\n') + 1)}`;
  const inClass = [
    'class A {',
    '  constructor(private readonly name: string) {}',
    '  greet(): string {',
    '    const text: string = this.name; throw new TypeError(text as string);',
    '  }',
    '}',
    'new A("x").greet();',
  ].join('\n');

  test.each<readonly [what: string, code: string, line: number, column: number]>([
    ['at run time', lines, 3, 58],
    ['at run time, where the program is written anew', enumLines, 3, 58],
    ['in a class that is written anew', inClass, 4, 56],
    ['where characters of two units stand in types', 'const a: "😀" = null as any; null.x', 1, 33],
  ])('%s', async (_what, code, line, column) => {
    const { error } = await runCode(code, {}, typed);
    expect(error?.details).toMatchObject({ url, line, column });
    const shown = code.split('\n')[line - 1];
    expect(JSON.stringify(error?.details)).toContain(
      JSON.stringify(`> ${line} | ${shown}`).slice(1, -1),
    );
  });

  test.each<readonly [what: string, code: string, message: string, line: number, column: number]>([
    ['of syntax', 'interface A { b: string }\nconst é: number = ;', 'Expression expected', 2, 19],
    ['of syntax beside an enum', 'enum A { x }\nconst é: number = ;', 'Expression expected', 2, 19],
    [
      'of syntax that is left to JavaScript',
      'const a: number = 1;\nconst b: string = "", a = 2',
      'redefinition',
      2,
      25,
    ],
    ['of decorators', 'const a: number = 1;\n@dec class A {}', 'Decorators do not run here', 2, 1],
  ])('%s', async (_what, code, message, line, column) => {
    const { error } = await runCode(code, {}, typed);
    expect(error).toMatchObject({
      code: 'SYNTAX_ERROR',
      name: 'SyntaxError',
      details: { url, line, column },
    });
    expect(error?.message).toContain(message);
    expect(error?.stack).toContain(`${url}:${line}:${column}`);
  });

  test.each([
    ['TypeScript', 'const a: number = 1;\nexport default <div className="a">{a}</div>', typed],
    [
      'TypeScript in brackets',
      'export const A = (): any => (\n  <div>\n    text\n  </div>\n)',
      typed,
    ],
    ['JavaScript', 'const a = 1;\nexport default <div className="a">{a}</div>', {}],
    ['what is neither', 'const a: number = 1;\nexport default <A b />', { isGuessed: true }],
  ])('of JSX in %s', async (_what, code, message) => {
    const { error } = await runCode(code, {}, message);
    expect(error).toMatchObject({
      code: 'UNSUPPORTED_CODE',
      message: expect.stringContaining('JSX does not run here'),
    });
    expect(error?.details).toMatchObject({ line: expect.any(Number) });
  });

  test('of a module', async () => {
    const code = `import type { B } from './b.ts';\nimport { a } from './a.ts';\nexport default a`;
    const broken = await runCode(
      code,
      { '/app/a.ts': 'type A = 1;\nexport const a: A = ;' },
      typed,
    );
    expect(broken.error).toMatchObject({
      code: 'IMPORT_FAILED',
      details: {
        line: 2,
        column: 1,
        causeCode: 'SYNTAX_ERROR',
        cause: 'SyntaxError: Expression expected (https://code.example/app/a.ts:2:21)',
        module: { line: 2, column: 21 },
      },
    });
    const throwing = await runCode(
      code,
      { '/app/a.ts': 'enum A { x }\nexport const a: A = (null as any).x;' },
      typed,
    );
    expect(throwing.error?.details).toMatchObject({
      url: 'https://code.example/app/a.ts',
      line: 2,
      column: 34,
    });
  });

  test('of an import, which stands behind types', async () => {
    const code = 'type A = 1; enum B { b }\nconst x: A = 1; import { gone } from "./a.ts"; gone';
    const { error } = await runCode(code, { '/app/a.ts': 'export type gone = 1' }, typed);
    expect(error?.details).toMatchObject({ line: 2, column: 17 });
    expect(error?.message).toContain('a type is imported by `import type`');
  });

  test('that has no frames', async () => {
    const { error } = await runCode('const a: number = 1;\nthrow "no" as string', {}, typed);
    expect(error?.details).toMatchObject({ line: 2, column: 1 });
  });
});

describe('what is kept of TypeScript', () => {
  const code = `import { b } from './kept.ts'; enum E { a = 4 } export default E.a + b`;
  const files = {
    '/app/kept.ts': 'namespace N { export const b = 1 } export const b: number = N.b',
  };

  test('needs no transformation in a second run', async () => {
    expect((await runCode(code, files, typed)).result).toBe(5);
    const before = countedTransformers();
    expect((await runCode(code, files, typed)).result).toBe(5);
    expect(countedTransformers()).toBe(before);
  });

  test('is not taken for JavaScript of the same text, nor the other way round', async () => {
    // In JavaScript it compares, in TypeScript it calls.
    const text = `${' '.repeat(300)}const f = (...args) => args.length, a = 2, b = 1; [f<a>(b)].length && f<a>(b)`;
    const results = [];
    for (const codeType of ['javascript', 'typescript', 'javascript', 'typescript'] as const) {
      results.push((await runCode(text, {}, { codeType })).result);
    }
    expect(results).toEqual([false, 1, false, 1]);
  });
});

test('what nests too deeply is reported, and harms nothing that comes after it', async () => {
  const nested = `let x: ${'('.repeat(5000)}number${')'.repeat(5000)}`;
  const deep = await runCode(nested, {}, typed);
  expect(deep.error?.code).toBe('STACK_OVERFLOW');
  expect((await runCode('let x: number = 5; x', {}, typed)).result).toBe(5);
});
