/** Lists of parameters in a source that is not parsed. */

import { closingBracket } from './brackets.ts';

/** A bracket with an assignment right within it: a list of parameters with a default, perhaps. */
const assignment = /\((?=[^();]*?[^=!<>();]=(?![=>]))/g;
/** Closures that capture nothing. */
const empty = /\(\s*\)\s*=>\s*\{\s*\}|\bfunction\s*\w*\s*\(\s*\)\s*\{\s*\}/g;
const closure = /=>|\bfunction\b|\bclass\b|\)\s*\{/;
const startOfBody = /\s*(?:=>|\{|\/[/*])/y;

/** What may be read of a source again, for brackets within brackets. */
const MAX_READS = 4;

/** Whether a parameter may have a closure in its default. */
export function closuresInParameters(source: string): boolean {
  let read = 0;
  for (const { index } of source.matchAll(assignment)) {
    const close = closingBracket(source, index);
    if (close === null) return true;
    read += close - index;
    if (read > MAX_READS * source.length) return true;
    startOfBody.lastIndex = close + 1;
    if (!startOfBody.test(source)) continue;
    if (closure.test(source.slice(index, close).replace(empty, ''))) return true;
  }
  return false;
}
