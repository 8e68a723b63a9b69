import type { AnyNode, Pattern } from 'acorn';
import { contains, GAP, type Mend } from '../mend.ts';
import { isUsingModule } from '../using-scope.ts';

const declaration = new RegExp(String.raw`\bexport${GAP}+(?:var|let|const)\b[^;]*?[[{]`);

/** QuickJS does not export what an array pattern declares: the names are exported by a list. */
export const exportPattern: Mend = {
  mayApply: (source, kind) =>
    kind === 'module' && source.includes('export') && declaration.test(source),
  visit(node, { edits, parents }) {
    if (node.type !== 'ExportNamedDeclaration') return;
    if (node.declaration?.type !== 'VariableDeclaration' || parents.some(isUsingModule)) return;
    const patterns = node.declaration.declarations.map(({ id }) => id);
    const hasArray = patterns.some((pattern) =>
      contains(pattern, ({ type }) => type === 'ArrayPattern', isPartOfPattern),
    );
    if (!hasArray) return;
    edits.replace({ start: node.start, end: node.declaration.start }, ' ');
    edits.append(`export{${patterns.flatMap(namesIn).join(',')}};`);
  },
};

/** Names that a pattern declares. */
export function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesIn(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    case 'MemberExpression':
      return [];
  }
}

function isPartOfPattern({ type }: AnyNode): boolean {
  return type.endsWith('Pattern') || type === 'Property' || type === 'RestElement';
}
