/**
 * Where something without frames may have been thrown or awaited: a text, or a promise that never
 * settles. Found in the source after the run has failed; no place is better than a wrong one.
 */

import type { AnyNode, Expression } from 'acorn';
import { childrenOf, contains, isFunction } from './mend.ts';
import { parseSource, syntaxFault } from './mend-source.ts';
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
 * the only one that may have any.
 * @param text what the value is as a text
 */
export function placeOfThrown(codes: readonly Code[], text: string): LikelyPlace | null {
  const thrown = codes.flatMap((code) =>
    nodesOf(code).flatMap((node) => {
      const value = thrownValue(node);
      return value === null ? [] : [{ code, node, value, fit: fitOf(value, text) }];
    }),
  );
  for (const fit of ['same', 'like'] as const) {
    const [found] = thrown.filter((candidate) => candidate.fit === fit);
    if (found !== undefined) return placeOf(found);
  }
  const [found, other] = thrown.filter((candidate) => candidate.fit === 'any');
  return found === undefined || other !== undefined ? null : placeOf(found);
}

function thrownValue(node: AnyNode): Expression | null {
  if (node.type === 'ThrowStatement') return node.argument;
  if (node.type !== 'CallExpression') return null;
  const { callee, arguments: values } = node;
  const [value] = values;
  const isReject =
    (callee.type === 'Identifier' && /^reject$/i.test(callee.name)) ||
    (callee.type === 'MemberExpression' &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'reject');
  return isReject && value !== undefined && value.type !== 'SpreadElement' ? value : null;
}

/** How a thrown expression fits the text: it gives just that, what looks so, perhaps, or not. */
function fitOf(value: Expression, text: string): 'same' | 'like' | 'any' | 'none' {
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
      return 'none';
    case 'ObjectExpression':
    case 'ArrayExpression':
      return /^[{[]/.test(text) ? 'like' : 'none';
    default:
      return 'any';
  }
}

/** The top-level `await` that nothing settles: one that cannot be, or the only one that may not be. */
export function placeOfStuck(codes: readonly Code[]): LikelyPlace | null {
  const awaits = codes.flatMap((code) => topLevelAwaits(code).map((node) => ({ code, node })));
  const never = awaits.find(({ node }) => neverSettles(node));
  if (never !== undefined) return placeOf(never);
  const [found, other] = awaits.filter(({ node }) => !surelySettles(node));
  if (found !== undefined) return other === undefined ? placeOf(found) : null;
  const result = codes
    .slice(0, 1)
    .flatMap((code) => resultsOf(code).map((node) => ({ code, node })));
  return result[0] === undefined ? null : placeOf(result[0]);
}

/** Where a source is wrong, as the parser sees it, or has the name that QuickJS says is wrong. */
export function placeOfSyntax(codes: readonly Code[], message: string): LikelyPlace | null {
  for (const code of codes) {
    const offset = syntaxFault(code.javascript.text, code.kind);
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
  const body = parseSource(javascript.text, kind)?.body ?? [];
  return kind === 'module'
    ? body.filter(({ type }) => type === 'ExportDefaultDeclaration')
    : body.filter(({ type }) => type === 'ExpressionStatement').slice(-1);
}

function topLevelAwaits(code: Code): AnyNode[] {
  return nodesOf(code, (node) => !isFunction(node)).filter(
    (node) => node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await),
  );
}

/** `await new Promise(…)` whose function does not use what would settle it. */
function neverSettles(node: AnyNode): boolean {
  if (node.type !== 'AwaitExpression' || node.argument.type !== 'NewExpression') return false;
  const [executor] = node.argument.arguments;
  if (executor?.type !== 'ArrowFunctionExpression' && executor?.type !== 'FunctionExpression') {
    return false;
  }
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
function nodesOf(
  { javascript, kind }: Code,
  enter: (node: AnyNode) => boolean = () => true,
): AnyNode[] {
  const nodes: AnyNode[] = [];
  const program = parseSource(javascript.text, kind);
  if (program !== null) collect(program);
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
