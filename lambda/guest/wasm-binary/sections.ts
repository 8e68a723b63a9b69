/** The sections of a module, and where each lies: core specification 5.5.2. */

import { MalformedModule, Reader } from './reader.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly id: number;
  /** Identifier and size included. */
  readonly whole: Span;
  readonly content: Span;
}

export const sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
} as const;

/** Where the specification wants a section, by its id: the tag and data count sections came later. */
export function sectionRank(id: number): number {
  return sectionOrder.indexOf(id);
}

const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 14, 7, 8, 9, 12, 10, 11];

/** @throws {MalformedModule} where a section is out of order or incomplete */
export function readSections(bytes: Uint8Array): Section[] {
  const reader = new Reader(bytes, 8);
  const sections: Section[] = [];
  let lastRank = -1;
  while (!reader.done) {
    const start = reader.offset;
    const id = reader.byte();
    const size = reader.u32();
    const contentStart = reader.skip(size);
    if (id !== sectionId.custom) {
      const rank = sectionRank(id);
      if (rank <= lastRank) throw new MalformedModule(`unexpected section ${id}`, start);
      lastRank = rank;
    }
    sections.push({
      id,
      whole: { start, end: reader.offset },
      content: { start: contentStart, end: reader.offset },
    });
  }
  return sections;
}
