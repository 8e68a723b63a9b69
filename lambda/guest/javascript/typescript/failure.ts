/** Why no JavaScript can be made of TypeScript. */

import type { Position } from '../errors/source-text.ts';

/** It does not parse. */
export class TypeScriptSyntaxError extends Error implements Position {
  readonly source: string;
  readonly line: number;
  readonly column: number;

  constructor(message: string, source: string, { line, column }: Position) {
    super(message);
    this.source = source;
    this.line = line;
    this.column = column;
  }
}

/** It nests too deeply, or is too large. */
export class TypeScriptTooComplex extends Error {}
