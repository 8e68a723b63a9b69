import { closingBracket } from '../brackets.ts';
import { contains, GAP, isFunction, labelled, type Mend } from '../mend.ts';

const loop = new RegExp(String.raw`\bfor${GAP}*(?=\()`, 'g');

/**
 * QuickJS cannot compile a `yield` in what a loop runs over: it would close an iterator that is not
 * there yet. The value is taken before the loop.
 */
export const forOfYield: Mend = {
  mayApply: (source) => source.includes('yield') && hasYieldInHead(source),
  visit(node, context) {
    if (node.type !== 'ForOfStatement' || node.await) return;
    const { right, body } = node;
    if (
      !contains(
        right,
        ({ type }) => type === 'YieldExpression',
        (inner) => !isFunction(inner),
      )
    ) {
      return;
    }
    const { edits, newName } = context;
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

function hasYieldInHead(source: string): boolean {
  for (const { index, 0: text } of source.matchAll(loop)) {
    const open = index + text.length;
    const close = closingBracket(source, open);
    if (close === null || /\bof\b.*?\byield\b/s.test(source.slice(open, close))) return true;
  }
  return false;
}
