/** Puts a module together again with some of its sections changed. */

import { Reader } from './reader.ts';
import type { Section } from './sections.ts';
import { sectionId, sectionRank } from './sections.ts';
import { concatenate, leb } from './writer.ts';

export type Change =
  /** New content; nothing drops the section. */
  | { readonly content: readonly Uint8Array[] }
  /** Items at the end of the section's vector, each in one piece. */
  | { readonly append: readonly Uint8Array[] };

interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the code section's content begins in them; 0 where there is none. */
  readonly codeStart: number;
}

/** @param changes by section id; a section that is missing is put in its place */
export function rewrite(
  bytes: Uint8Array,
  sections: readonly Section[],
  changes: ReadonlyMap<number, Change>,
): Rewritten {
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  let length = 8;
  let codeStart = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  const write = (id: number, content: readonly Uint8Array[]): void => {
    if (content.length === 0) return;
    put(Uint8Array.of(id));
    put(leb(BigInt(content.reduce((sum, part) => sum + part.length, 0))));
    if (id === sectionId.code) codeStart = length;
    for (const part of content) put(part);
  };
  const present = new Set(sections.map(({ id }) => id));
  const missing = [...changes]
    .filter(([id]) => !present.has(id))
    .sort(([one], [other]) => sectionRank(one) - sectionRank(other));
  const writeMissing = (before: number): void => {
    for (let next = missing[0]; next && sectionRank(next[0]) < before; next = missing[0]) {
      missing.shift();
      write(next[0], contentOf(bytes, null, next[1]));
    }
  };
  for (const section of sections) {
    if (section.id !== sectionId.custom) writeMissing(sectionRank(section.id));
    const change = section.id === sectionId.custom ? undefined : changes.get(section.id);
    if (change) {
      write(section.id, contentOf(bytes, section, change));
      continue;
    }
    if (section.id === sectionId.code) {
      codeStart = length + section.content.start - section.whole.start;
    }
    put(bytes.subarray(section.whole.start, section.whole.end));
  }
  writeMissing(Number.POSITIVE_INFINITY);
  return { bytes: concatenate(parts), codeStart };
}

/** How many items a section's vector has, and where they begin. */
function vectorOf(
  bytes: Uint8Array,
  section: Section | null,
): { readonly count: number; readonly items: Uint8Array } {
  if (!section) return { count: 0, items: new Uint8Array(0) };
  const reader = new Reader(bytes, section.content.start, section.content.end);
  const count = reader.u32();
  return { count, items: bytes.subarray(reader.offset, section.content.end) };
}

function contentOf(bytes: Uint8Array, section: Section | null, change: Change): Uint8Array[] {
  if ('content' in change) return [...change.content];
  const { count, items } = vectorOf(bytes, section);
  return [leb(BigInt(count + change.append.length)), items, ...change.append];
}
