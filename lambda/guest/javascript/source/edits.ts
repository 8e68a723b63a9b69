/** Changes to a source, and the text that they make of it. */

import type { Positions } from '../bridge/positions.ts';
import { charactersIn } from './characters.ts';

/** A part of the source. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part that is taken from its place, where something else or nothing replaces it. */
interface MovedRange extends Range {
  readonly isMoved?: boolean;
}

/** Text of its own, or a part of the source with the changes in it. */
type Piece = string | MovedRange;

interface Replacement extends Range {
  readonly pieces: readonly Piece[];
}

export interface Edits {
  /** Puts pieces in front of what begins here; what was put here earlier stays before them. */
  before(offset: number, ...pieces: Piece[]): void;
  /** Puts pieces behind what ends here; what was put here earlier stays behind them. */
  after(offset: number, ...pieces: Piece[]): void;
  /** Puts pieces in the place of a part. Line ends of the part that no piece has are kept. */
  replace(range: Range, ...pieces: Piece[]): void;
  /** Puts a text at the very end, on a line of its own. */
  append(text: string): void;
  readonly isEmpty: boolean;
  /** The changed source. */
  apply(): { readonly text: string; readonly positions: Positions };
}

export function createEdits(source: string): Edits {
  const leading = new Map<number, Piece[]>();
  const trailing = new Map<number, Piece[]>();
  const replacements: Replacement[] = [];
  const appended: string[] = [];

  function listAt(map: Map<number, Piece[]>, offset: number): Piece[] {
    const list = map.get(offset) ?? [];
    map.set(offset, list);
    return list;
  }

  return {
    before: (offset, ...pieces) => void listAt(leading, offset).push(...pieces),
    after: (offset, ...pieces) => void listAt(trailing, offset).unshift(...pieces),
    replace: (range, ...pieces) => void replacements.push({ ...range, pieces }),
    append: (text) => void appended.push(text),
    get isEmpty() {
      return leading.size + trailing.size + replacements.length + appended.length === 0;
    },
    apply() {
      const offsets = [...new Set([...leading.keys(), ...trailing.keys()])].sort(ascending);
      replacements.sort((a, b) => a.start - b.start || b.end - a.end);
      const writer = createWriter(source);
      render({ start: 0, end: source.length }, null, null);
      for (const text of appended) writer.insert(`\n;${text}`);
      return writer.finish();

      /**
       * @param within the replacement whose piece this is
       * @param around where the pieces are put that this is one of: they are not put there once more
       */
      function render(part: MovedRange, within: Replacement | null, around: number | null): void {
        const { start, end } = part;
        let from = start;
        let nextOffset = firstAtLeast(offsets, start);
        let next = firstAtLeast(replacements, start, (replacement) => replacement.start);
        for (;;) {
          while (isPassed(replacements[next], from, part, within)) next += 1;
          const replacement = replacements[next];
          const offset = offsets[nextOffset] ?? Infinity;
          const at = Math.min(offset, replacement?.start ?? Infinity);
          if (at > end) break;
          writer.copy(from, at);
          from = at;
          if (offset === at) {
            // What is put around a part goes with the part, and not with its neighbour.
            if (at !== around && (at > start || at === 0)) put(trailing.get(at), null, at);
            if (at !== around && (at < end || at === source.length)) put(leading.get(at), null, at);
            nextOffset += 1;
          }
          if (replacement?.start !== at) continue;
          replace(replacement);
          from = replacement.end;
          nextOffset = firstAtLeast(offsets, from);
        }
        writer.copy(from, end);
      }

      function put(
        pieces: readonly Piece[] | undefined,
        within: Replacement | null,
        around: number,
      ): void {
        for (const piece of pieces ?? []) {
          if (typeof piece === 'string') writer.insert(piece);
          else render(piece, within, around);
        }
      }

      function replace(replacement: Replacement): void {
        const before = writer.line;
        put(replacement.pieces, replacement, replacement.start);
        const lines = linesIn(source.slice(replacement.start, replacement.end));
        const kept = writer.line - before;
        if (kept < lines) writer.insert('\n'.repeat(lines - kept));
      }
    },
  };
}

/** Whether a replacement is none of the part that remains. */
function isPassed(
  replacement: Replacement | undefined,
  from: number,
  { start, end, isMoved = false }: MovedRange,
  within: Replacement | null,
): boolean {
  if (replacement === undefined) return false;
  if (replacement === within || replacement.start < from || replacement.end > end) return true;
  return isMoved && replacement.start === start && replacement.end === end;
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Index of the first entry of a sorted list that is no less. */
function firstAtLeast(list: readonly number[], least: number): number;
function firstAtLeast<Entry>(
  list: readonly Entry[],
  least: number,
  keyOf: (entry: Entry) => number,
): number;
function firstAtLeast<Entry>(
  list: readonly Entry[],
  least: number,
  keyOf: (entry: Entry) => number = Number,
): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(list[middle] as Entry) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Writer {
  /** The line of the text that is being written, from 1. */
  readonly line: number;
  /** Copies a part of the source. */
  copy(start: number, end: number): void;
  /** Writes what is not of the source. */
  insert(text: string): void;
  finish(): { readonly text: string; readonly positions: Positions };
}

function createWriter(source: string): Writer {
  const place = createPlaces(source);
  const positions: Record<number, number[]> = {};
  const parts: string[] = [];
  let line = 1;
  let column = 1;
  let lastOffset = 0;

  function anchor(offset: number): void {
    lastOffset = offset;
    const [sourceLine, sourceColumn] = place(offset);
    const anchors = positions[line];
    if (anchors === undefined) {
      if (sourceLine === line && sourceColumn === column) return;
      positions[line] = [column, sourceLine, sourceColumn];
    } else anchors.push(column, sourceLine, sourceColumn);
  }

  function write(text: string): void {
    parts.push(text);
    const end = text.lastIndexOf('\n');
    if (end === -1) column += charactersIn(text);
    else {
      line += linesIn(text);
      column = charactersIn(text.slice(end + 1)) + 1;
    }
  }

  return {
    get line() {
      return line;
    },
    copy(start, end) {
      if (start >= end) return;
      anchor(start);
      // A part that lies on another line than in the source: each of its lines has its place.
      let from = start;
      for (;;) {
        const next = source.indexOf('\n', from) + 1;
        if (next === 0 || next > end || place(from)[0] === line) break;
        write(source.slice(from, next));
        from = next;
        anchor(from);
      }
      write(source.slice(from, end));
      lastOffset = end;
    },
    insert(text) {
      anchor(lastOffset);
      write(text);
    },
    finish: () => ({ text: parts.join(''), positions }),
  };
}

/** Line and column of offsets, which are best asked for in ascending order. */
function createPlaces(source: string): (offset: number) => readonly [line: number, column: number] {
  let line = 1;
  let lineStart = 0;
  return (offset) => {
    if (offset < lineStart) {
      line = 1;
      lineStart = 0;
    }
    for (;;) {
      const next = source.indexOf('\n', lineStart) + 1;
      if (next === 0 || next > offset) break;
      line += 1;
      lineStart = next;
    }
    return [line, charactersIn(source.slice(lineStart, offset)) + 1];
  };
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
