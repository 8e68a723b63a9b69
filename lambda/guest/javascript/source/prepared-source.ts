/** What comes of a source. */

import { type Positions, positionInSource } from '../bridge/positions.ts';
import { type Position, positionAt } from '../errors/source-text.ts';

/** What a source is written in. */
export type SourceLanguage = 'javascript' | 'typescript';

export type SourceKind = 'script' | 'module' | 'commonjs';

/** A text that was made of a source: what QuickJS is given, say. */
export interface PreparedSource {
  readonly text: string;
  /** Where the parts of the text stand in the source; `null` where it is the source. */
  readonly positions: Positions | null;
}

/**
 * Where a place in the text stands in the source.
 * @param offset in UTF-16 units of the text
 */
export function positionIn({ text, positions }: PreparedSource, offset: number): Position {
  const position = positionAt(text, offset);
  if (positions === null) return position;
  const [line, column] = positionInSource(positions, position.line, position.column);
  return { line, column };
}
