import * as ts from 'typescript';

const source = `
import type { A } from './a';
enum Color { Red = 1, Green = Red << 2, Blue = 'blue'.length }
namespace Space { export const inner = 1; }
@sealed class Box<T extends object> { constructor(private readonly value: T, public count = 0) {} get size(): number { return Object.keys(this.value).length; } }
export const sum = (...numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
export default new Box({ a: 1 } satisfies Record<string, number>);
const wrong: string = sum(1, 2);
let x = <const>['a', 'b'];
`;
const library = `
interface Array<T> { length: number; [n: number]: T; reduce<U>(f: (a: U, b: T) => U, start: U): U; }
interface Boolean {} interface Function {} interface CallableFunction extends Function {} interface NewableFunction extends Function {}
interface IArguments {} interface Number {} interface Object {} interface RegExp {} interface String { length: number; }
interface ReadonlyArray<T> { readonly length: number; }
interface ObjectConstructor { keys(o: object): string[]; } declare var Object: ObjectConstructor;
type Record<K extends keyof any, T> = { [P in K]: T };
declare function sealed(...args: any[]): void;
`;

const options = {
  target: ts.ScriptTarget.ES2020,
  module: ts.ModuleKind.ESNext,
  strict: true,
  noLib: true,
  experimentalDecorators: true,
  sourceMap: true,
};
const files = { '/main.ts': source, '/lib.d.ts': library, '/a.ts': 'export type A = string;' };
const written = {};
const host = {
  getSourceFile: (name, target) =>
    name in files ? ts.createSourceFile(name, files[name], target) : undefined,
  getDefaultLibFileName: () => '/lib.d.ts',
  writeFile: (name, text) => {
    written[name] = text;
  },
  getCurrentDirectory: () => '/',
  getCanonicalFileName: (name) => name,
  useCaseSensitiveFileNames: () => true,
  getNewLine: () => '\n',
  fileExists: (name) => name in files,
  readFile: (name) => files[name],
};
const program = ts.createProgram(['/main.ts', '/lib.d.ts'], options, host);
program.emit();
const checker = program.getTypeChecker();
const diagnostics = ts
  .getPreEmitDiagnostics(program)
  .map(({ code, start, messageText }) => [
    code,
    start,
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  ]);
const types = [];
ts.forEachChild(program.getSourceFile('/main.ts'), (node) => {
  if (ts.isVariableStatement(node)) {
    const { name } = node.declarationList.declarations[0];
    types.push([name.getText(), checker.typeToString(checker.getTypeAtLocation(name))]);
  }
});

export default [
  ts.transpileModule(
    `const a = b?.c ?? \`\${d}\`; for (const [x] of y) f(async () => { await x })`,
    {
      compilerOptions: { target: ts.ScriptTarget.ES5 },
    },
  ).outputText,
  written,
  diagnostics,
  types,
  ts
    .createPrinter()
    .printNode(
      ts.EmitHint.Unspecified,
      ts.factory.createNumericLiteral(0x1f),
      program.getSourceFile('/main.ts'),
    ),
];
