import { syntaxGlobal } from '../../bridge/syntax-global.ts';
import { GAP, labelled, type Mend } from '../mend.ts';

const loop = new RegExp(String.raw`\bawait\b(?<=\bfor${GAP}*await)`);

/**
 * QuickJS closes what a `for await` runs over without waiting for it, and once more where it has
 * come to its end. The loop is spelled out, by functions of `prelude/run/syntax.ts`.
 */
export const forAwait: Mend = {
  mayApply: (source) => loop.test(source),
  visit(node, context) {
    if (node.type !== 'ForOfStatement' || !node.await) return;
    const { edits, newName } = context;
    const { left, right, body } = node;
    const { start } = labelled(node, context);
    const name = newName();
    const error = newName();
    const isDeclaration = left.type === 'VariableDeclaration';
    edits.replace(
      { start, end: body.start },
      `{const ${name}=${syntaxGlobal}.loop(`,
      right,
      ');try{',
      { start, end: node.start },
      `for(;!${name}.take(await ${name}.next());){${isDeclaration ? '' : '('}`,
      left,
      `=${name}.value${isDeclaration ? '' : ')'};`,
    );
    edits.after(
      body.end,
      `}}catch(${error}){throw ${name}.fail(${error})}` +
        `finally{if(${name}.close())try{${name}.check(await ${name}.closing)}` +
        `catch(${error}){${name}.raise(${error})}}}`,
    );
  },
};
