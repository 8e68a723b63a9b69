/** Stack traces as the prelude writes them. */

import type { Position } from './source-text.ts';

interface Frame extends Position {
  readonly url: string;
}

const place = /(?:^\s*at (?:async )?|\()([^()\s]+):(\d+):(\d+)\)?$/;

/**
 * The innermost frame that lies in one of the files.
 * @param stack lines of `at name (url:line:column)`, after whatever header
 */
export function firstFrame(stack: string | null, files: Iterable<string>): Frame | null {
  const known = new Set(files);
  for (const line of stack?.split('\n') ?? []) {
    const [, url, lineNumber, column] = place.exec(line) ?? [];
    if (url !== undefined && known.has(url)) {
      return { url, line: Number(lineNumber), column: Number(column) };
    }
  }
  return null;
}
