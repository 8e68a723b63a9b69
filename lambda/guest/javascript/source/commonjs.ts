/**
 * What a source has of CommonJS: found in its syntax, not in its text, which may mention the same words
 * for other reasons. Loaded when first needed, as the parsers are large.
 */

import type { AnyNode, Pattern } from 'acorn';
import { initSync, parse as lexExports } from 'cjs-module-lexer';
import { childrenOf } from './mend.ts';
import { loadParser } from './parser.ts';

export interface CommonJsRequire {
  readonly specifier: string;
  /** UTF-16 units from the start of the JavaScript. */
  readonly offset: number;
}

export interface CommonJsReading {
  readonly parses: boolean;
  /** Whether code as it stands is CommonJS, rather than a script that also runs as CommonJS. */
  readonly isProgram: boolean;
  /** Whether a module without `import` and `export` is CommonJS. */
  readonly isModule: boolean;
  /** Its calls of `require` with a literal. */
  readonly requires: readonly CommonJsRequire[];
  /** Names that `import` sees, and modules that it sees those of, too. */
  readonly exports: readonly string[];
  readonly reexports: readonly string[];
}

/** A parse takes about a hundred times the length in memory. */
const MAX_LENGTH = 2 * 1024 * 1024;

type CommonJsName = 'module' | 'exports' | 'require';

/** A use of a name that the source does not declare. */
interface FreeName {
  readonly name: CommonJsName;
  readonly node: AnyNode;
  /** A `typeof` asks for the name first: where there is none, something else is done. */
  readonly isGuarded: boolean;
}

/** @returns `null` where the source does not parse */
export function readCommonJs(source: string): CommonJsReading | null {
  if (source.length > MAX_LENGTH) return readLargeCommonJs(source);
  const program = loadParser().parseSource(source, 'commonjs');
  if (program === null) return null;
  const names: FreeName[] = [];
  const requires: CommonJsRequire[] = [];
  try {
    visit(program, new Set(), false);
  } catch (error) {
    // It nests deeper than the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
  const last = program.body.at(-1);
  const isOfWrapper = ({ name, node, isGuarded }: FreeName): boolean =>
    isGuarded && name !== 'require' && last !== undefined && node.start >= last.start;
  return {
    parses: true,
    isProgram: names.some((use) => !use.isGuarded || isOfWrapper(use)),
    isModule: names.length > 0,
    requires,
    ...exportsOf(source),
  };

  function visit(node: AnyNode, bound: ReadonlySet<string>, isGuarded: boolean): void {
    const inner = isScope(node) ? new Set([...bound, ...namesDeclaredIn(node)]) : bound;
    if (node.type === 'Identifier') {
      if (isCommonJsName(node.name) && !bound.has(node.name)) {
        names.push({ name: node.name, node, isGuarded });
      }
      return;
    }
    if (node.type === 'CallExpression') readRequire(node, bound);
    const guards = isGuarded || isTypeofGuard(node);
    for (const child of expressionsOf(node)) visit(child, inner, guards);
  }

  function readRequire(
    { callee, arguments: args, start }: AnyNode & { type: 'CallExpression' },
    bound: ReadonlySet<string>,
  ): void {
    if (callee.type !== 'Identifier' || callee.name !== 'require' || bound.has('require')) return;
    const specifier = args[0] === undefined ? null : literalText(args[0]);
    if (specifier !== null) requires.push({ specifier, offset: start });
  }
}

/** The statements that programs of bundlers end with. */
function readLargeCommonJs(source: string): CommonJsReading {
  const isModule = /^(?:module\.exports\s*=|exports\.[\w$]+\s*=)/m.test(source);
  return { parses: true, isProgram: isModule, isModule, requires: [], ...exportsOf(source) };
}

let isLexerReady = false;

function exportsOf(source: string): Pick<CommonJsReading, 'exports' | 'reexports'> {
  if (!isLexerReady) initSync();
  isLexerReady = true;
  try {
    const { exports, reexports } = lexExports(source);
    return { exports: [...new Set(exports)], reexports };
  } catch {
    return { exports: [], reexports: [] };
  }
}

function isCommonJsName(name: string): name is CommonJsName {
  return name === 'module' || name === 'exports' || name === 'require';
}

function literalText(node: AnyNode): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return null;
  return node.quasis[0]?.value.cooked ?? null;
}

/** Whether a node does one thing where there is a name of CommonJS, and another where there is none. */
function isTypeofGuard(node: AnyNode): boolean {
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === 'typeof';
    case 'IfStatement':
    case 'ConditionalExpression':
      return asksForType(node.test);
    case 'LogicalExpression':
      return asksForType(node.left);
    default:
      return false;
  }
}

function asksForType(test: AnyNode): boolean {
  switch (test.type) {
    case 'UnaryExpression':
      if (test.operator !== 'typeof') return asksForType(test.argument);
      return test.argument.type === 'Identifier' && isCommonJsName(test.argument.name);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return asksForType(test.left) || asksForType(test.right);
    default:
      return false;
  }
}

/** The nodes within a node in which an identifier stands for a variable. */
function* expressionsOf(node: AnyNode): Generator<AnyNode> {
  switch (node.type) {
    case 'MemberExpression':
      yield node.object;
      if (node.computed) yield node.property;
      return;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.computed) yield node.key;
      if (node.value) yield node.value;
      return;
    case 'LabeledStatement':
      yield node.body;
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return;
    default:
      yield* childrenOf(node);
  }
}

function isScope(node: AnyNode): boolean {
  return node.type === 'Program' || isClosure(node);
}

function isClosure(node: AnyNode): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'StaticBlock'
  );
}

/** Names of CommonJS that a function or program declares; blocks are not told apart. */
function namesDeclaredIn(scope: AnyNode): Set<string> {
  const declared = new Set<string>();
  if ('params' in scope) for (const param of scope.params) addNames(param);
  if (scope.type === 'FunctionExpression' && scope.id) addNames(scope.id);
  for (const child of childrenOf(scope)) collect(child);
  return declared;

  function collect(node: AnyNode): void {
    if (node.type === 'VariableDeclarator') addNames(node.id);
    if (node.type === 'CatchClause' && node.param) addNames(node.param);
    if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
      if (node.id) addNames(node.id);
    }
    if (isClosure(node)) return;
    for (const child of childrenOf(node)) collect(child);
  }

  function addNames(pattern: Pattern): void {
    switch (pattern.type) {
      case 'Identifier':
        if (isCommonJsName(pattern.name)) declared.add(pattern.name);
        break;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          addNames(property.type === 'Property' ? property.value : property);
        }
        break;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) addNames(element);
        break;
      case 'AssignmentPattern':
        addNames(pattern.left);
        break;
      case 'RestElement':
        addNames(pattern.argument);
        break;
    }
  }
}
