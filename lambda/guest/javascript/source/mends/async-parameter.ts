import { GAP, type Mend } from '../mend.ts';

const arrow = new RegExp(`\\basync${GAP}*=>`);

/** QuickJS has no arrow function whose only parameter is `async`, unless it is in parentheses. */
export const asyncParameter: Mend = {
  mayApply: (source) => source.includes('async') && arrow.test(source),
  visit(node, { source, edits }) {
    if (node.type !== 'ArrowFunctionExpression' || node.async) return;
    const [parameter] = node.params;
    if (parameter === undefined || parameter.start !== node.start) return;
    if (source.slice(parameter.start, parameter.end) !== 'async') return;
    edits.replace(parameter, '(async)');
  },
};
