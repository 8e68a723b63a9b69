import { GAP, type Mend } from '../mend.ts';

/** Where a line ends behind the keyword, which only white space parts from what ends before it. */
const suspicious =
  /[gs]et(?:[^\S\n\r]|\/\*[^\n]{0,2000}?\*\/)*(?:\/[/*]|[\n\r\u2028\u2029])(?<=(?:^|[{};\n\r]|\*\/|\bstatic)\s*[gs]et(?:[^\S\n\r]|\/\*.{0,2000}?\*\/)*(?:\/[/*]|[\n\r\u2028\u2029]))/;
const accessor = new RegExp(`^((?:static${GAP}+)?[gs]et)(${GAP}+)`);

/** In a class QuickJS takes `get` and `set` at the end of a line for the name of a field. */
export const accessorNewline: Mend = {
  mayApply: (source) => suspicious.test(source),
  visit(node, { source, edits }) {
    if (node.type !== 'MethodDefinition' || (node.kind !== 'get' && node.kind !== 'set')) return;
    const [, keyword, gap] = accessor.exec(source.slice(node.start, node.value.start)) ?? [];
    if (keyword === undefined || gap === undefined || !/[\n\r\u2028\u2029]/.test(gap)) return;
    const start = node.start + keyword.length;
    const key = { start: start + gap.length, end: node.value.start };
    edits.replace({ start, end: key.end }, ' ', key, gap);
  },
};
