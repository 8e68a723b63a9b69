/** Positions of a text that was made in two steps. */

import { type Positions, positionInSource } from '../bridge/positions.ts';
import type { PreparedSource } from './prepared-source.ts';

/** @param later made of the text of `first` */
export function composeSources(first: PreparedSource, later: PreparedSource): PreparedSource {
  if (first.positions === null) return later;
  if (later.positions === null) return { text: later.text, positions: first.positions };
  const lines = later.text.split('\n').length;
  return {
    text: later.text,
    positions: composePositions(first.positions, later.positions, lines),
  };
}

/** @param lines of the later text */
function composePositions(first: Positions, second: Positions, lines: number): Positions {
  const composed: Record<number, readonly number[]> = {};
  for (let line = 1; line <= lines; line++) {
    const outer = second[line] ?? [1, line, 1];
    const anchors: number[] = [];
    // A column before the first anchor is as it is in the earlier text.
    if ((outer[0] ?? 1) > 1) add(1, line, 1, outer[0] as number);
    for (let at = 0; at < outer.length; at += 3) {
      const [column = 1, middleLine = line, middleColumn = 1, next = Infinity] = outer.slice(
        at,
        at + 4,
      );
      add(column, middleLine, middleColumn, next);
    }
    composed[line] = anchors;

    function add(column: number, middleLine: number, middleColumn: number, end: number): void {
      anchors.push(column, ...positionInSource(first, middleLine, middleColumn));
      const inner = first[middleLine] ?? [];
      for (let at = 0; at < inner.length; at += 3) {
        const [innerColumn = 1, sourceLine = line, sourceColumn = 1] = inner.slice(at, at + 3);
        const shifted = column + innerColumn - middleColumn;
        if (shifted > column && shifted < end) anchors.push(shifted, sourceLine, sourceColumn);
      }
    }
  }
  return composed;
}
