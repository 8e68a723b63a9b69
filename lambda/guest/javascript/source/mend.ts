/** What a mend is: it finds a construct in a parsed source, and replaces it. */

import type { AnyNode } from 'acorn';
import type { Edits } from './edits.ts';
import type { SourceKind } from './prepared-source.ts';

export interface Mend {
  /**
   * Whether a source may hold the construct, by its text alone: cheap, as every source of every run
   * is asked about, and `true` for every source that does hold it.
   */
  mayApply(source: string, kind: SourceKind): boolean;
  /** Called for every node, those outside first. */
  visit(node: AnyNode, context: MendContext): void;
}

export interface MendContext {
  readonly source: string;
  readonly edits: Edits;
  /** The nodes around the current one, the innermost last. */
  readonly parents: readonly AnyNode[];
  /** A name that the source does not use. */
  newName(): string;
}

/**
 * Text that may stand between two tokens, once. A comment matches in one way only, and has a length
 * that regular expressions can bear: sources are hostile.
 */
export const GAP = String.raw`(?:\s|/\*(?:[^*]|\*(?!/)){0,2000}\*/|//[^\n]{0,2000}\n)`;

/** The statement with its labels, which `continue` wants to stand right before a loop. */
export function labelled(node: AnyNode, { parents }: MendContext): AnyNode {
  let outermost = node;
  for (let index = parents.length - 1; index >= 0; index--) {
    const parent = parents[index];
    if (parent?.type !== 'LabeledStatement') break;
    outermost = parent;
  }
  return outermost;
}

export function isFunction(node: AnyNode): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** The nodes right within a node. */
export function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) yield item;
    } else if (isNode(value)) yield value;
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/**
 * Whether a node, or one within it, is as asked for.
 * @param enter whether to look into a node
 */
export function contains(
  node: AnyNode,
  found: (node: AnyNode) => boolean,
  enter: (node: AnyNode) => boolean = () => true,
): boolean {
  if (found(node)) return true;
  if (!enter(node)) return false;
  for (const child of childrenOf(node)) if (contains(child, found, enter)) return true;
  return false;
}
