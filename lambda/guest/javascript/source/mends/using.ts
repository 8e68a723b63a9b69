import type { AnyNode, VariableDeclaration } from 'acorn';
import { GAP, labelled, type Mend, type MendContext } from '../mend.ts';
import { adder, declareIn, isUsing, scopeAround, scopeFor } from '../using-scope.ts';
import { usingInModule } from './using-in-module.ts';

const declaration = new RegExp(
  String.raw`\busing\b${GAP}+(?!of\b|in\b)[\p{ID_Start}$_\\][\p{ID_Continue}$\\]*${GAP}*(?:=|of\b)`,
  'u',
);

/**
 * QuickJS has no `using` and no `await using`. What stands beside the declaration becomes the body of
 * a `try`, and what was declared is disposed of behind it, by functions of `prelude/run/syntax.ts`.
 */
export const usingDeclaration: Mend = {
  mayApply: (source) => source.includes('using') && declaration.test(source),
  visit(node, context) {
    switch (node.type) {
      case 'Program':
        usingInModule(node, context);
        break;
      case 'BlockStatement':
      case 'StaticBlock':
        inBlock(node.body, context);
        break;
      case 'ForStatement':
        if (node.init?.type === 'VariableDeclaration' && isUsing(node.init)) {
          const scope = scopeFor([node.init], context);
          const outermost = labelled(node, context);
          context.edits.before(outermost.start, scope.head);
          context.edits.after(outermost.end, scope.tail);
          declareIn(scope, [node.init], context);
        }
        break;
      case 'ForOfStatement':
        if (node.left.type === 'VariableDeclaration' && isUsing(node.left)) {
          inLoop(node.left, node.body, context);
        }
        break;
    }
  },
};

function inBlock(body: readonly AnyNode[], context: MendContext): void {
  const declarations = body.filter(isUsing);
  if (declarations.length === 0) return;
  const first = body.find((node) => !('directive' in node && node.directive !== undefined));
  const scope = scopeFor(declarations, context);
  context.edits.before(first?.start ?? 0, scope.head);
  context.edits.after(body.at(-1)?.end ?? 0, scope.tail);
  declareIn(scope, declarations, context);
}

/** Each round of a loop has a scope of its own. */
function inLoop(left: VariableDeclaration, body: AnyNode, context: MendContext): void {
  const { edits, newName } = context;
  const item = newName();
  const { name, head, tail } = scopeAround(left.kind === 'await using', context);
  edits.replace(left, `const ${item}`);
  const [declarator] = left.declarations;
  const id = declarator?.id ?? left;
  edits.before(body.start, head, 'const ', { ...id }, `=${name}.${adder(left)}(${item});`);
  edits.after(body.end, tail);
}
