/** Parses a source and lets the mends change it. Loaded by `parser.ts` when first needed. */

import { type AnyNode, type Options, Parser, type Program } from 'acorn';
import { createEdits } from './edits.ts';
import { childrenOf, type Mend, type MendContext } from './mend.ts';
import type { PreparedSource, SourceKind } from './prepared-source.ts';

/** The parser's own members, which its types leave out. */
interface ParserState {
  exprAllowed: boolean;
  /** What the tokens so far have opened. */
  readonly context: { readonly token: string }[];
  parseYield(forInit: unknown): unknown;
}

/**
 * acorn 8.19 loses track of what a slash or a brace is: behind `yield` of a method, or of an asynchronous
 * function, and where the parameters of an asynchronous function expression begin.
 */
const SourceParser = Parser.extend((Base) => {
  const { prototype } = Base as unknown as { readonly prototype: ParserState };
  return class extends Base {
    parseYield(this: ParserState, forInit: unknown): unknown {
      this.exprAllowed = true;
      return prototype.parseYield.call(this, forInit);
    }

    /** `function` behind `async` begins an expression; the parenthesis behind it may have been read. */
    overrideContext(this: ParserState, context: { readonly token: string }): void {
      const last = this.context.length - 1;
      this.context[this.context[last]?.token === '(' ? last - 1 : last] = context;
    }
  };
});

const options = (kind: SourceKind): Options => ({
  ecmaVersion: 'latest',
  sourceType: kind,
  allowAwaitOutsideFunction: kind !== 'commonjs',
  allowHashBang: true,
});

/** @returns `null` where it does not parse: it is wrong, or nests deeper than the stack */
export function parseSource(source: string, kind: SourceKind): Program | null {
  try {
    // QuickJS itself finds out what is wrong with private names.
    return SourceParser.parse(source, { ...options(kind), checkPrivateFields: false });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether `using` stands outside of any block or function: what is evaluated may not have it there. */
export function usesAtTop(source: string, kind: SourceKind): boolean {
  if (!/\busing\b/.test(source)) return false;
  const isUsing = (node: { readonly type: string; readonly kind?: string }): boolean =>
    node.type === 'VariableDeclaration' && /using$/.test(node.kind ?? '');
  return parseSource(source, kind)?.body.some(isUsing) ?? false;
}

/** Whether a text that `Function` was made of is that one function, whose body begins on its line. */
export function isOneFunction(source: string): boolean {
  const [statement, other] = parseSource(source, 'commonjs')?.body ?? [];
  // What does not parse is left for QuickJS to reject.
  if (statement === undefined) return true;
  if (other !== undefined || statement.type !== 'ExpressionStatement') return false;
  const { expression } = statement;
  if (expression.type !== 'FunctionExpression') return false;
  return source.slice(expression.body.start - 3, expression.body.start + 2) === '\n) {\n';
}

/** @returns the offset of what is wrong; `null` where nothing is */
export function syntaxFault(source: string, kind: SourceKind): number | null {
  try {
    SourceParser.parse(source, options(kind));
    return null;
  } catch (error) {
    const { pos } = error as { readonly pos?: unknown };
    return typeof pos === 'number' ? pos : null;
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

/** Makes names that a source does not use. */
export function nameMaker(source: string): () => string {
  let prefix = '$_';
  while (source.includes(prefix)) prefix += '_';
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}${count}`;
  };
}
