import type { AnyNode, Pattern } from 'acorn';
import { childrenOf, contains, GAP, isFunction, type Mend } from '../mend.ts';
import { closuresInParameters } from '../parameter-lists.ts';
import { namesIn } from './export-pattern.ts';

/**
 * In QuickJS a closure in a parameter's default sees a copy of the parameters: what the body assigns
 * to one it does not see, nor the body what it assigns. The parameters from the first default on
 * become variables of the body.
 */
export const parameterClosure: Mend = {
  mayApply: closuresInParameters,
  visit(node, { source, edits, parents, newName }) {
    if (!isFunctionNode(node) || !node.params.some(hasDefault)) return;
    const parent = parents.at(-1);
    // A setter has one parameter, and that is not a rest.
    if (
      (parent?.type === 'MethodDefinition' || parent?.type === 'Property') &&
      parent.kind === 'set'
    ) {
      return;
    }
    if (!sharesVariables(node)) return;
    const { params, body } = node;
    const firstDefault = params.findIndex(
      ({ type }) => type === 'AssignmentPattern' || type === 'RestElement',
    );
    const first = params.findIndex(hasDefault);
    const plain = params.slice(first, firstDefault === -1 ? undefined : firstDefault);
    const rest = firstDefault === -1 ? [] : params.slice(firstDefault);
    const plainNames = plain.map(() => newName());
    const restName = newName();
    const heads = rest.length === 0 ? plainNames : [...plainNames, `...${restName}`];
    const isArrow = node.type === 'ArrowFunctionExpression';
    const start = params[first]?.start ?? node.start;
    const bodyStart = isArrow && node.expression ? behindArrow(node, source) : body.start + 1;
    edits.replace(
      { start, end: bodyStart },
      `${heads.join(',')})${isArrow ? '=>' : ''}{`,
      ...plain.flatMap((pattern, index) => ['var ', pattern, `=${plainNames[index]};`]),
      ...(rest.length === 0 ? [] : ['var [', ...separated(rest), `]=${restName};`]),
      isArrow && node.expression ? 'return ' : '',
    );
    if (isArrow && node.expression) edits.after(node.end, '}');
  },
};

type Parameterized = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

function isFunctionNode(node: AnyNode): node is Parameterized {
  return isFunction(node);
}

function hasDefault(parameter: AnyNode): boolean {
  return contains(parameter, ({ type }) => type === 'AssignmentPattern');
}

/** Whether a closure in a parameter and other code share a variable that is assigned to. */
function sharesVariables({ params, body }: Parameterized): boolean {
  const parameters = new Set(params.flatMap(namesIn));
  const captured = new Set<string>();
  for (const parameter of params) collectCaptured(parameter, false);
  if (captured.size === 0) return false;
  if ([body, ...params].some((part) => contains(part, isEval))) return false;
  const assigned = new Set<string>();
  for (const part of [body, ...params]) collectAssigned(part, assigned);
  const declared = new Set<string>();
  collectVariables(body, declared);
  return (
    [...captured].some((name) => assigned.has(name)) &&
    ![...parameters].some((name) => declared.has(name))
  );

  function collectCaptured(node: AnyNode, inClosure: boolean): void {
    if (inClosure && node.type === 'Identifier' && parameters.has(node.name))
      captured.add(node.name);
    const isClosure = isFunction(node) || node.type === 'ClassBody';
    for (const child of childrenOf(node)) collectCaptured(child, inClosure || isClosure);
  }
}

function isEval(node: AnyNode): boolean {
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'eval'
  );
}

function collectAssigned(node: AnyNode, names: Set<string>): void {
  const target = targetOf(node);
  if (target !== null && target.type !== 'VariableDeclaration') {
    for (const name of namesIn(target)) names.add(name);
  }
  for (const child of childrenOf(node)) collectAssigned(child, names);
}

function targetOf(
  node: AnyNode,
): Pattern | Extract<AnyNode, { type: 'VariableDeclaration' }> | null {
  if (node.type === 'AssignmentExpression') return node.left;
  if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') return node.left;
  if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier') return node.argument;
  return null;
}

/** Names of variables and functions that a body declares for the whole function. */
function collectVariables(node: AnyNode, names: Set<string>): void {
  if (node.type === 'VariableDeclaration' && node.kind === 'var') {
    for (const { id } of node.declarations) for (const name of namesIn(id)) names.add(name);
  }
  if (node.type === 'FunctionDeclaration' && node.id) names.add(node.id.name);
  if (isFunction(node)) return;
  for (const child of childrenOf(node)) collectVariables(child, names);
}

function behindArrow(node: Parameterized, source: string): number {
  const last = node.params.at(-1)?.end ?? node.start;
  const arrow = new RegExp(String.raw`^${GAP}*,?${GAP}*\)${GAP}*=>`);
  return last + (arrow.exec(source.slice(last, node.body.start))?.[0].length ?? 0);
}

function separated(patterns: readonly Pattern[]): (string | Pattern)[] {
  return patterns.flatMap((pattern, index) => (index === 0 ? [pattern] : [',', pattern]));
}
