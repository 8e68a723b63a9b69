import type { AnyNode } from 'acorn';
import { closingBracket } from '../brackets.ts';
import { contains, GAP, isFunction, labelled, type Mend } from '../mend.ts';

const loop = new RegExp(String.raw`\bfor${GAP}*(?=\()`, 'g');

/**
 * QuickJS cannot compile a `yield` in the head of a loop: it would close an iterator that is not there
 * yet, or leaves one open. What the loop runs over is taken before it, and what it assigns to within it.
 */
export const forOfYield: Mend = {
  mayApply: (source) => source.includes('yield') && hasYieldInHead(source),
  visit(node, context) {
    if (node.type !== 'ForOfStatement' || node.await) return;
    const { left, right, body } = node;
    const { edits, newName } = context;
    if (yields(left)) {
      const item = newName();
      const isDeclaration = left.type === 'VariableDeclaration';
      const target = { start: left.start, end: left.end, isMoved: true };
      edits.replace(left, `const ${item}`);
      edits.before(
        body.start,
        isDeclaration ? '{' : '{(',
        target,
        isDeclaration ? `=${item};` : `=${item});`,
      );
      edits.after(body.end, '}');
    }
    if (!yields(right)) return;
    const { start } = labelled(node, context);
    const name = newName();
    edits.replace(
      { start, end: body.start },
      `{const ${name}=(`,
      right,
      ');',
      { start, end: right.start },
      name,
      { start: right.end, end: body.start },
    );
    edits.after(body.end, '}');
  },
};

function yields(node: AnyNode): boolean {
  const isYield = ({ type }: AnyNode): boolean => type === 'YieldExpression';
  return contains(node, isYield, (inner) => !isFunction(inner));
}

function hasYieldInHead(source: string): boolean {
  for (const { index, 0: text } of source.matchAll(loop)) {
    const open = index + text.length;
    const close = closingBracket(source, open);
    if (close === null) return true;
    const head = source.slice(open, close);
    if (/\byield\b/.test(head) && /\bof\b/.test(head)) return true;
  }
  return false;
}
