/** Scopes of `using` and `await using`, spelled out. */

import type { AnyNode, VariableDeclaration } from 'acorn';
import { syntaxGlobal } from '../bridge/syntax-global.ts';
import { GAP, type MendContext } from './mend.ts';

export function isUsing(node: AnyNode): node is VariableDeclaration {
  return node.type === 'VariableDeclaration' && /using$/.test(node.kind);
}

/** A module whose exports another mend writes, as its statements stand in a scope. */
export function isUsingModule(node: AnyNode): boolean {
  return node.type === 'Program' && node.body.some(isUsing);
}

export interface Scope {
  readonly name: string;
  /** Before the statements of the scope, and behind them. */
  readonly head: string;
  readonly tail: string;
}

/** A scope for declarations, whose parts are put around what it is for before they are `declared`. */
export function scopeFor(
  declarations: readonly VariableDeclaration[],
  context: MendContext,
): Scope {
  return scopeAround(
    declarations.some(({ kind }) => kind === 'await using'),
    context,
  );
}

/**
 * Makes constants of declarations, which the scope disposes of.
 * @param keyword what a declaration becomes; empty where it only assigns
 */
export function declareIn(
  scope: Scope,
  declarations: readonly VariableDeclaration[],
  { source, edits }: MendContext,
  keyword: (declaration: VariableDeclaration) => string = () => 'const ',
): void {
  for (const node of declarations) {
    const [first] = node.declarations;
    edits.replace({ start: node.start, end: first?.start ?? node.end }, keyword(node));
    for (const { id, init, end } of node.declarations) {
      const equals = new RegExp(`^${GAP}*=`).exec(source.slice(id.end, end))?.[0] ?? '';
      // A function has the name of the constant.
      const isNamed =
        id.type === 'Identifier' &&
        /^(?:ArrowFunction|Function|Class)Expression$/.test(init?.type ?? '');
      const [open, close] = isNamed ? [`{${id.name}:`, `}.${id.name}`] : ['', ''];
      edits.before(id.end + equals.length, `${scope.name}.${adder(node)}(${open}`);
      edits.after(end, `${close})`);
    }
  }
}

export function adder({ kind }: VariableDeclaration): string {
  return kind === 'await using' ? 'addAsync' : 'add';
}

export function scopeAround(isAsync: boolean, { newName }: MendContext): Scope {
  const name = newName();
  const error = newName();
  const steps = `while(${name}.step())try{await ${name}.pending}catch(${error}){${name}.fail(${error})}`;
  return {
    name,
    head: `{const ${name}=${syntaxGlobal}.scope();try{`,
    tail: `}catch(${error}){${name}.fail(${error})}finally{${isAsync ? steps : `${name}.step();`}${name}.end()}}`,
  };
}
