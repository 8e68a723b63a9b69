/** Parses a source and lets the mends change it. Loaded when first needed, as the parser is large. */

import { type AnyNode, type Program, parse } from 'acorn';
import { createEdits } from './edits.ts';
import { childrenOf, type Mend, type MendContext } from './mend.ts';
import type { PreparedSource, SourceKind } from './prepared-source.ts';

/** @returns `null` where it does not parse: it is wrong, or nests deeper than the stack */
export function parseSource(source: string, kind: SourceKind): Program | null {
  try {
    return parse(source, {
      ecmaVersion: 'latest',
      sourceType: kind,
      allowAwaitOutsideFunction: true,
      allowHashBang: true,
      // QuickJS itself finds out.
      checkPrivateFields: false,
    });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

/** @returns `null` where nothing is to be changed, or the source does not parse */
export function mendSource(
  source: string,
  kind: SourceKind,
  mends: readonly Mend[],
): PreparedSource | null {
  const program = parseSource(source, kind);
  if (program === null) return null;
  const edits = createEdits(source);
  const parents: AnyNode[] = [];
  const context: MendContext = { source, edits, parents, newName: nameMaker(source) };
  try {
    visit(program);
    return edits.isEmpty ? null : edits.apply();
  } catch (error) {
    // It nests deeper than the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }

  function visit(node: AnyNode): void {
    for (const mend of mends) mend.visit(node, context);
    parents.push(node);
    for (const child of childrenOf(node)) visit(child);
    parents.pop();
  }
}

function nameMaker(source: string): () => string {
  let prefix = '$_';
  while (source.includes(prefix)) prefix += '_';
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}${count}`;
  };
}
