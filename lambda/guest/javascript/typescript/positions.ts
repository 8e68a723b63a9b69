/** Where the text that comes of TypeScript stands in it. */

import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import type { Positions } from '../bridge/positions.ts';
import { charactersIn } from '../source/characters.ts';

const pair = /[\ud800-\udbff][\udc00-\udfff]/;

/**
 * Of a text in which blanks stand for types, as many UTF-16 units as they have.
 * @returns `null` where each character is in its place: a pair of units may have become two blanks
 */
export function positionsOfBlanks(source: string, text: string): Positions | null {
  if (!pair.test(source)) return null;
  const positions: Record<number, readonly number[]> = {};
  const textLines = text.split('\n');
  for (const [index, line] of source.split('\n').entries()) {
    const textLine = textLines[index] ?? '';
    if (!pair.test(line) || textLine.length !== line.length) continue;
    const anchors: number[] = [];
    for (let at = 0, column = 1, textColumn = 1; at < line.length; at++, column++, textColumn++) {
      if ((line.codePointAt(at) ?? 0) <= 0xffff) continue;
      at += 1;
      if ((textLine.codePointAt(at - 1) ?? 0) > 0xffff) continue;
      textColumn += 1;
      anchors.push(textColumn + 1, index + 1, column + 1);
    }
    if (anchors.length > 0) positions[index + 1] = anchors;
  }
  return positions;
}

/** Stretches of a text and its source are compared up to this length. */
const MAX_STRETCH = 2000;

/** A place in the text, and its place in the source; lines and columns in UTF-16 units from 0. */
type Anchor = readonly [column: number, sourceLine: number, sourceColumn: number];

/** Of a text that was written anew. @param map a source map, as JSON */
export function positionsOfMap(source: string, text: string, map: string): Positions {
  const sourceLines = source.split('\n');
  const textLines = text.split('\n');
  const sourceColumn = columnsIn(sourceLines);
  const textColumn = columnsIn(textLines);
  const mappings = decodedMappings(new TraceMap(map));
  const positions: Record<number, readonly number[]> = {};
  let last: Anchor = [0, 0, 0];
  for (const [line, textLine] of textLines.entries()) {
    const anchors: Anchor[] = [];
    const mapped = (mappings[line] ?? []).filter((segment) => segment.length !== 1);
    for (const [index, [column, , sourceLine, sourceAt]] of mapped.entries()) {
      anchors.push([column, sourceLine, sourceAt]);
      const next = mapped[index + 1];
      const stretch = textLine.slice(column, next?.[0]);
      const sourceText = sourceLines[sourceLine] ?? '';
      const isSameLine = next?.[2] === sourceLine && next[3] > sourceAt;
      const sourceStretch = sourceText.slice(sourceAt, isSameLine ? next[3] : undefined);
      const end = sharedEnd(stretch, sourceStretch);
      if (end !== null) anchors.push([column + end[0], sourceLine, sourceAt + end[1]]);
    }
    // The first one holds for the indentation, too, and a line of which nothing is in the source has one.
    const [column, sourceLine, sourceAt] = anchors[0] ?? last;
    const first = [1, sourceLine + 1, sourceColumn(sourceLine, sourceAt)];
    if (anchors.length > 0) first[2] = (first[2] ?? 1) - textColumn(line, column) + 1;
    positions[line + 1] = [
      ...first,
      ...anchors
        .slice(1)
        .flatMap(([at, ofLine, of]) => [
          textColumn(line, at),
          ofLine + 1,
          sourceColumn(ofLine, of),
        ]),
    ];
    last = anchors.at(-1) ?? last;
  }
  return positions;
}

/**
 * What stands behind types that were taken out of a stretch.
 * @returns where it begins in both; `null` where it is nothing, or follows what is the same from the start
 */
function sharedEnd(
  text: string,
  source: string,
): readonly [inText: number, inSource: number] | null {
  if (text.length > MAX_STRETCH || source.length > MAX_STRETCH) return null;
  let same = 0;
  while (same < text.length && text[same] === source[same]) same += 1;
  let textEnd = text.trimEnd().length;
  let sourceEnd = source.trimEnd().length;
  if (same >= textEnd) return null;
  while (textEnd > same && sourceEnd > same && text[textEnd - 1] === source[sourceEnd - 1]) {
    textEnd -= 1;
    sourceEnd -= 1;
  }
  return textEnd === text.trimEnd().length ? null : [textEnd, sourceEnd];
}

/** Columns in characters from 1, of those in UTF-16 units from 0; lines from 0. */
function columnsIn(lines: readonly string[]): (line: number, units: number) => number {
  return (line, units) => {
    const text = lines[line] ?? '';
    return (pair.test(text) ? charactersIn(text.slice(0, units)) : units) + 1;
  };
}
