import type { Mend } from '../mend.ts';

/** A point behind digits that QuickJS takes for the start of a fraction: `0x10.toString()`. */
const member = /0[xobXOB][\da-fA-F_]+\.[\p{ID_Start}$_#\\\s/]|\b0[0-7]+\.[\p{ID_Start}$_]/u;

/** QuickJS has no members of numbers in other notations: a space makes them members. */
export const numberMember: Mend = {
  mayApply: (source) => member.test(source),
  visit(node, { source, edits }) {
    if (node.type !== 'Literal' || typeof node.value !== 'number') return;
    if (source[node.end] === '.' && /^0[xob\d]/i.test(node.raw ?? '')) edits.after(node.end, ' ');
  },
};
