/** Matching brackets in a source that is not parsed. */

const significant = /["'`/()[\]{}]/g;

/**
 * @param open offset of an opening bracket
 * @returns offset of the bracket that closes it; `null` where there is none as far as this can tell
 */
export function closingBracket(source: string, open: number): number | null {
  let depth = 0;
  significant.lastIndex = open;
  for (let match = significant.exec(source); match !== null; match = significant.exec(source)) {
    const at = match.index;
    switch (match[0]) {
      case '(':
      case '[':
      case '{':
        depth += 1;
        break;
      case '"':
      case "'":
      case '`':
        significant.lastIndex = behindText(source, at);
        break;
      case '/':
        significant.lastIndex = behindSlash(source, at);
        break;
      default:
        depth -= 1;
        if (depth === 0) return at;
    }
    if (significant.lastIndex === 0) return null;
  }
  return null;
}

/** @returns 0 where the text does not end */
function behindText(source: string, start: number): number {
  const quote = source[start];
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at += 1;
    else if (character === quote) return at + 1;
    else if (quote === '`' && character === '$' && source[at + 1] === '{') {
      const position = closingBracket(source, at + 1);
      if (position === null) return 0;
      at = position;
    }
  }
  return 0;
}

/** Behind a comment, a regular expression or an operator. */
function behindSlash(source: string, start: number): number {
  const next = source[start + 1];
  if (next === '/') return behind(source, '\n', start);
  if (next === '*') return behind(source, '*/', start + 2);
  const before = source.slice(Math.max(0, start - 20), start).trimEnd();
  if (!/(?:^|[^\w$)\]}"'`]|\b(?:return|typeof|case|of|in|yield|await|void|delete))$/.test(before)) {
    return start + 1;
  }
  let inClass = false;
  for (let at = start + 1; at < source.length && source[at] !== '\n'; at++) {
    const character = source[at];
    if (character === '\\') at += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at + 1;
  }
  return start + 1;
}

function behind(source: string, text: string, start: number): number {
  const at = source.indexOf(text, start);
  return at === -1 ? 0 : at + text.length;
}
