/** Reads scripts of the WebAssembly test format: s-expressions, with the source text of each. */

export type Expression = Atom | List;

interface Atom {
  readonly kind: 'atom' | 'text';
  /** Of a text: its bytes, escapes resolved. */
  readonly value: string;
  readonly bytes?: Uint8Array;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** @returns the top-level lists */
export function readScript(source: string): List[] {
  const lists: List[] = [];
  const open: { items: Expression[]; start: number; line: number }[] = [];
  const put = (expression: Expression): void => {
    const around = open.at(-1);
    if (around) around.items.push(expression);
    else if (expression.kind === 'list') lists.push(expression);
  };
  let line = 1;
  for (let at = 0; at < source.length; ) {
    const token = tokenAt(source, at);
    const start = at;
    at += token.length;
    if (token === '(') open.push({ items: [], start, line });
    else if (token === ')') {
      const list = open.pop();
      if (!list) throw new Error(`unbalanced at line ${line}`);
      put({ kind: 'list', ...list, end: at });
    } else if (token.startsWith('"')) {
      const bytes = unescaped(token.slice(1, -1));
      put({ kind: 'text', value: bytes.toString('utf8'), bytes });
    } else if (!/^(?:\s|;;|\(;)/.test(token)) put({ kind: 'atom', value: token });
    line += token.split('\n').length - 1;
  }
  return lists;
}

const tokens = /\s+|;;[^\n]*|\(;[\s\S]*?;\)|[()]|"(?:[^"\\]|\\[\s\S])*"|[^\s()";]+/y;

function tokenAt(source: string, at: number): string {
  tokens.lastIndex = at;
  const [token] = tokens.exec(source) ?? [];
  if (!token) throw new Error(`no token at ${at}: ${source.slice(at, at + 20)}`);
  return token;
}

function unescaped(text: string): Buffer {
  const parts = text.match(/\\u\{[\da-f_]+\}|\\[\da-f]{2}|\\[\s\S]|[^\\]+/gi) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (part.startsWith('\\u')) {
        return Buffer.from(String.fromCodePoint(Number.parseInt(part.slice(3, -1), 16)));
      }
      if (/^\\[\da-f]{2}$/i.test(part)) return Buffer.from(part.slice(1), 'hex');
      if (part.startsWith('\\')) return Buffer.from(simple[part[1] ?? ''] ?? part.slice(1));
      return Buffer.from(part);
    }),
  );
}

const simple: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r' };

/** The word that a list begins with. */
export function headOf(expression: Expression | undefined): string {
  if (expression?.kind !== 'list') return '';
  const [head] = expression.items;
  return head?.kind === 'atom' ? head.value : '';
}

export function textOf(expression: Expression | undefined): string {
  return expression && expression.kind !== 'list' ? expression.value : '';
}

export function listsOf(list: List): List[] {
  return list.items.filter((item) => item.kind === 'list');
}
