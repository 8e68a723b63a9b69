/**
 * Where something without frames may have been thrown or awaited: a text, or a promise that never
 * settles. Found in the source after the run has failed; no place is better than a wrong one.
 */

import type { AnyNode, Expression, Function as FunctionNode } from 'acorn';
import { childrenOf, contains, isFunction } from './mend.ts';
import { loadParser } from './parser.ts';
import type { PreparedSource, SourceKind } from './prepared-source.ts';

export interface Code {
  readonly url: string;
  readonly javascript: PreparedSource;
  readonly kind: SourceKind;
}

export interface LikelyPlace {
  readonly code: Code;
  /** UTF-16 units from the start of the JavaScript. */
  readonly offset: number;
}

interface Found<Node> {
  readonly code: Code;
  readonly node: Node;
}

/**
 * Where a value that is no error was thrown, or rejected with: the only place with such a value, or
 * the only one that may have any. Where nothing throws such, the only place that awaits.
 * @param text what the value is as a text
 */
export function placeOfThrown(codes: readonly Code[], text: string): LikelyPlace | null {
  const thrown = codes.flatMap((code) => {
    const nodes = nodesOf(code);
    const rejecting = rejectingNames(nodes);
    return nodes.flatMap((node) => {
      const value = thrownValue(node, rejecting);
      return value === null ? [] : [{ code, node, fit: fitOf(value, text) }];
    });
  });
  for (const fit of ['same', 'like'] as const) {
    const [found] = thrown.filter((candidate) => candidate.fit === fit);
    if (found !== undefined) return placeOf(found);
  }
  for (const fit of ['any', 'made'] as const) {
    const [found, other] = thrown.filter((candidate) => candidate.fit === fit);
    if (found !== undefined) return other === undefined ? placeOf(found) : null;
  }
  const awaits = codes.flatMap((code) => topLevelAwaits(code).map((node) => ({ code, node })));
  const [found, other] = awaits;
  return found === undefined || other !== undefined ? null : placeOf(found);
}

function thrownValue(node: AnyNode, rejecting: ReadonlySet<string>): Expression | null {
  if (node.type === 'ThrowStatement') return node.argument;
  if (node.type !== 'CallExpression') return null;
  const { callee, arguments: values } = node;
  const rejects = (name: string): boolean => rejecting.has(name) || /^reject$/i.test(name);
  const [first, , third] = values;
  // As a callback, with its argument behind the time.
  const isLater =
    callee.type === 'Identifier' &&
    callee.name === 'setTimeout' &&
    first?.type === 'Identifier' &&
    rejects(first.name);
  const isReject =
    (callee.type === 'Identifier' && rejects(callee.name)) ||
    (callee.type === 'MemberExpression' &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'reject');
  const value = isLater ? third : isReject ? first : undefined;
  return value === undefined || value.type === 'SpreadElement' ? null : value;
}

/** What the code calls the functions that reject a promise. */
function rejectingNames(nodes: readonly AnyNode[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes) {
    const [, reject] = executorOf(node)?.params ?? thenOf(node)?.params ?? [];
    if (reject?.type === 'Identifier') names.add(reject.name);
  }
  return names;
}

/** The function of `new Promise(…)`. */
function executorOf(node: AnyNode): FunctionNode | null {
  if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier') return null;
  if (node.callee.name !== 'Promise') return null;
  const [executor] = node.arguments;
  return executor?.type === 'ArrowFunctionExpression' || executor?.type === 'FunctionExpression'
    ? executor
    : null;
}

/** The `then` of an object that is awaited like a promise. */
function thenOf(node: AnyNode): FunctionNode | null {
  const isThen =
    (node.type === 'Property' || node.type === 'MethodDefinition') &&
    node.key.type === 'Identifier' &&
    node.key.name === 'then';
  if (!isThen) return null;
  const { value } = node;
  return value.type === 'ArrowFunctionExpression' || value.type === 'FunctionExpression'
    ? value
    : null;
}

/**
 * How a thrown expression fits the text: it gives just that, what looks so, perhaps, or not; `made`
 * is an object that would be an error in most programs.
 */
function fitOf(value: Expression, text: string): 'same' | 'like' | 'any' | 'made' | 'none' {
  switch (value.type) {
    case 'Literal':
      return String(value.value) === text ? 'same' : 'none';
    case 'TemplateLiteral': {
      const [first, ...rest] = value.quasis.map(({ value: { cooked } }) => cooked ?? '');
      const fits = text.startsWith(first ?? '') && rest.every((part) => text.includes(part));
      return fits ? 'like' : 'none';
    }
    case 'BinaryExpression':
      return value.left.type === 'Literal' && text.startsWith(String(value.left.value))
        ? 'like'
        : 'any';
    case 'NewExpression':
      return value.callee.type === 'Identifier' && /(Error|Exception)$/.test(value.callee.name)
        ? 'none'
        : 'made';
    case 'ObjectExpression':
    case 'ArrayExpression':
      return /^[{[]/.test(text) ? 'like' : 'none';
    default:
      return 'any';
  }
}

/** The `await` that nothing settles: one that cannot be, or the only one that may not be. */
export function placeOfStuck(codes: readonly Code[]): LikelyPlace | null {
  const awaits = codes.flatMap((code) => topLevelAwaits(code).map((node) => ({ code, node })));
  const never = awaits.find(({ node }) => neverSettles(node));
  if (never !== undefined) return placeOf(never);
  const [found, other] = awaits.filter(({ node }) => !surelySettles(node));
  if (found !== undefined) return other === undefined ? placeOf(found) : null;
  const [code] = codes;
  const result = code && resultsOf(code)[0];
  if (code === undefined || result === undefined) return null;
  return placeOf({ code, node: nodesIn(result).find(neverSettles) ?? result });
}

/** Where a source is wrong, as the parser sees it, or has the name that QuickJS says is wrong. */
export function placeOfSyntax(codes: readonly Code[], message: string): LikelyPlace | null {
  for (const code of codes) {
    const offset = loadParser().syntaxFault(code.javascript.text, code.kind);
    if (offset !== null) return { code, offset };
    const name = /'#?([^']+)'/.exec(message)?.[1];
    const declared = nodesOf(code).filter(
      (node) =>
        (node.type === 'VariableDeclarator' &&
          node.id.type === 'Identifier' &&
          node.id.name === name) ||
        (node.type === 'ExportSpecifier' &&
          node.local.type === 'Identifier' &&
          node.local.name === name),
    );
    if (declared[0] !== undefined) return placeOf({ code, node: declared[0] });
  }
  return null;
}

/** What gives the result, which is awaited too. */
function resultsOf({ javascript, kind }: Code): AnyNode[] {
  const body = loadParser().parseSource(javascript.text, kind)?.body ?? [];
  if (kind !== 'module') return body.filter(({ type }) => type === 'ExpressionStatement').slice(-1);
  const [result] = body.filter(({ type }) => type === 'ExportDefaultDeclaration');
  return result === undefined ? body.filter(exportsHandler) : [result];
}

function exportsHandler(node: AnyNode): boolean {
  if (node.type !== 'ExportNamedDeclaration') return false;
  const { declaration } = node;
  const named =
    declaration?.type === 'VariableDeclaration' ? declaration.declarations : [declaration];
  return named.some((one) => one?.id?.type === 'Identifier' && one.id.name === 'handler');
}

function topLevelAwaits(code: Code): AnyNode[] {
  return nodesOf(code, (node) => !isFunction(node)).filter(
    (node) => node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await),
  );
}

/** `await new Promise(…)` whose function does not use what would settle it. */
function neverSettles(node: AnyNode): boolean {
  if (node.type !== 'AwaitExpression') return false;
  const executor = executorOf(node.argument);
  if (executor === null) return false;
  const names = executor.params.map((param) => (param.type === 'Identifier' ? param.name : null));
  if (names.includes(null)) return false;
  return !contains(
    executor.body,
    (inner) => inner.type === 'Identifier' && names.includes(inner.name),
  );
}

function surelySettles(node: AnyNode): boolean {
  if (node.type !== 'AwaitExpression') return false;
  const { argument } = node;
  if (argument.type === 'Literal' || argument.type === 'ImportExpression') return true;
  return (
    argument.type === 'CallExpression' &&
    argument.callee.type === 'Identifier' &&
    argument.callee.name === 'fetch'
  );
}

/** All nodes of a code, those outside first. */
function nodesOf({ javascript, kind }: Code, enter?: (node: AnyNode) => boolean): AnyNode[] {
  const program = loadParser().parseSource(javascript.text, kind);
  return program === null ? [] : nodesIn(program, enter);
}

function nodesIn(root: AnyNode, enter: (node: AnyNode) => boolean = () => true): AnyNode[] {
  const nodes: AnyNode[] = [];
  collect(root);
  return nodes;

  function collect(node: AnyNode): void {
    nodes.push(node);
    if (!enter(node)) return;
    for (const child of childrenOf(node)) collect(child);
  }
}

function placeOf({ code, node }: Found<AnyNode>): LikelyPlace {
  return { code, offset: node.start };
}
