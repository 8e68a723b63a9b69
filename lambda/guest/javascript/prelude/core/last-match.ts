/** The last match of any regular expression, for the legacy properties of `RegExp`. */

interface LastMatch {
  pattern: RegExp | null;
  result: RegExpExecArray | null;
}

export const lastMatch: LastMatch = { pattern: null, result: null };
