/** Where the parts of a changed text stand in the source that it was made of. */

/**
 * By line of the text: triples of a column there, and of the line and the column in the source, by
 * ascending column of the text. All count from 1, columns in characters, as QuickJS counts them; line 0
 * is that of what is not of the source. A line that is not listed is as it is in the source.
 */
export interface Positions {
  readonly [line: number]: readonly number[];
}

/** Line and column in the source of a place in the text. */
export function positionInSource(
  positions: Positions,
  line: number,
  column: number,
): readonly [line: number, column: number] {
  const anchors = positions[line];
  if (anchors === undefined) return [line, column];
  let at = 0;
  while (at < anchors.length && (anchors[at] as number) <= column) at += 3;
  if (at === 0) return [line, column];
  const start = anchors[at - 3] as number;
  return [anchors[at - 2] as number, (anchors[at - 1] as number) + column - start];
}
