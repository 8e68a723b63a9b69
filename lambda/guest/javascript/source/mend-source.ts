/** Parses a source and lets the mends change it. Loaded when first needed, as the parser is large. */

import { type AnyNode, parse } from 'acorn';
import { createEdits } from './edits.ts';
import { childrenOf, type Mend, type MendContext } from './mend.ts';
import type { PreparedSource, SourceKind } from './prepared-source.ts';

/** @returns `null` where nothing is to be changed, or the source does not parse */
export function mendSource(
  source: string,
  kind: SourceKind,
  mends: readonly Mend[],
): PreparedSource | null {
  try {
    const program = parse(source, {
      ecmaVersion: 'latest',
      sourceType: kind,
      allowAwaitOutsideFunction: true,
      allowHashBang: true,
      // QuickJS itself finds out.
      checkPrivateFields: false,
    });
    const edits = createEdits(source);
    const parents: AnyNode[] = [];
    const context: MendContext = { source, edits, parents, newName: nameMaker(source) };
    visit(program);
    return edits.isEmpty ? null : edits.apply();

    function visit(node: AnyNode): void {
      for (const mend of mends) mend.visit(node, context);
      parents.push(node);
      for (const child of childrenOf(node)) visit(child);
      parents.pop();
    }
  } catch (error) {
    // A syntax error, which QuickJS reports, or a source that nests deeper than the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
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
