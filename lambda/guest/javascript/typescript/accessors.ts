/**
 * `accessor` fields of classes, which are TypeScript and not yet JavaScript: each becomes a private
 * field with a getter and a setter.
 */

import type { AnyNode, PropertyDefinition } from 'acorn';
import { composeSources } from '../source/compose-positions.ts';
import { createEdits, type Edits } from '../source/edits.ts';
import { childrenOf } from '../source/mend.ts';
import { loadParser } from '../source/parser.ts';
import type { PreparedSource } from '../source/prepared-source.ts';

const keyword = /\baccessor(?=[^\S\n]+[\w$#["'])/g;
/** What stands before a field. */
const beforeField = /(?:^|[{};\n]|\*\/|\bstatic)[^\S\n]*$/;
const MAX_GAP = 256;

export function mendAccessors(prepared: PreparedSource): PreparedSource {
  const { text } = prepared;
  const found = [...text.matchAll(keyword)]
    .map(({ index }) => index)
    .filter((index) => beforeField.test(text.slice(Math.max(0, index - MAX_GAP), index)));
  if (found.length === 0) return prepared;
  const program = parseWithout(text, found);
  if (program === null) return prepared;
  const edits = createEdits(text);
  const newName = loadParser().nameMaker(text);
  visit(program);
  return edits.isEmpty ? prepared : composeSources(prepared, edits.apply());

  function visit(node: AnyNode): void {
    if (node.type === 'PropertyDefinition') {
      const { start, end } = node.key;
      const at = found.find((index) => index < start && index >= previousEnd(node));
      if (at !== undefined) mend(node, { text, at, start, end }, edits, newName);
    }
    for (const child of childrenOf(node)) visit(child);
  }

  /** Where the words before the key may begin. */
  function previousEnd({ start, static: isStatic }: PropertyDefinition): number {
    if (isStatic) return start;
    const before = text.slice(Math.max(0, start - MAX_GAP), start);
    return start - (/accessor[^\S\n]+$/.exec(before)?.[0].length ?? 0);
  }
}

/** The text parses without the keyword; a semicolon ends what stands before it, as the keyword does. */
function parseWithout(text: string, found: readonly number[]): AnyNode | null {
  let blanked = '';
  let from = 0;
  for (const index of found) {
    const before = text.slice(from, index);
    blanked += before + (/static\s*$/.test(before) ? blank : separator);
    from = index + blank.length;
  }
  blanked += text.slice(from);
  return loadParser().parseSource(blanked, 'module') ?? loadParser().parseSource(blanked, 'script');
}

const blank = ' '.repeat('accessor'.length);
const separator = `;${blank.slice(1)}`;

interface Key {
  readonly text: string;
  /** Of the keyword. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

function mend(
  { end, computed, static: isStatic }: PropertyDefinition,
  key: Key,
  edits: Edits,
  newName: () => string,
): void {
  const field = `#${newName()}`;
  const given = newName();
  let getterKey = key.text.slice(key.start, key.end);
  let setterKey = getterKey;
  let keyEnd = key.end;
  if (computed) {
    const known = newName();
    edits.append(`var ${known};`);
    getterKey = `[${known} = (${getterKey})]`;
    setterKey = `[${known}]`;
    keyEnd = key.text.indexOf(']', key.end) + 1;
  }
  const word = isStatic ? 'static ' : '';
  edits.replace({ start: key.at, end: keyEnd }, field);
  // The end that parsing has put in the place of the next keyword is none.
  const isOwnEnd = !key.text.startsWith('accessor', end - 1);
  const put = isOwnEnd ? edits.after : edits.before;
  put(
    isOwnEnd ? end : end - 1,
    `;${word}get ${getterKey}() { return this.${field}; }`,
    `${word}set ${setterKey}(${given}) { this.${field} = ${given}; }`,
  );
}
