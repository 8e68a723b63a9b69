/** Names the syntax that makes a source fail to parse, where it is one that does not run here. */

import { linesOf, type Position, utf16Column } from './source-text.ts';

export type UnsupportedSyntax = keyof typeof advice;

const advice = {
  JSX: 'JSX does not run here: compile the code to JavaScript first',
  decorators: 'Decorators do not run here: compile code with decorators to JavaScript first',
  importPhase: '`import source` and `import defer` are not supported',
  using: '`using` may stand in blocks, functions and modules, not at the top of a script',
} as const;

/** What a line with an error begins with. */
const constructs: readonly (readonly [construct: RegExp, syntax: UnsupportedSyntax])[] = [
  [/^\s*(?:export\s+(?:default\s+)?)?@[\w(]/, 'decorators'],
  [/^\s*import\s+(?:source|defer)\b/, 'importPhase'],
  [/^\s*(?:await\s+)?using\s+[\w$]/, 'using'],
];

/** An element where an expression begins. */
const elementStart =
  /(?:[(=:,?&|[{]|=>|\b(?:return|default))\s{0,200}<(?:>|[A-Za-z][\w.:-]{0,200}(?:\s+[\w-]+(?:=["'{]|[\s/>])|\s*\/?>))/;
const elementEnd = /<\/[A-Za-z>]|\/>/;
/** A parser may notice an element at its end. */
const LINES_BEFORE = 5;
const LINES_AFTER = 50;
const MAX_SEARCHED_LENGTH = 20_000;

/** @param position at which the source does not parse */
export function unsupportedSyntax(source: string, position: Position): UnsupportedSyntax | null {
  const { line, column } = position;
  const [place = ''] = linesOf(source, line, line);
  const units = utf16Column(place, { line: 1, column });
  if (/@\s*$/.test(place.slice(0, units)) || /^\s*@/.test(place.slice(units))) return 'decorators';
  const construct = constructs.find(([pattern]) => pattern.test(place));
  if (construct !== undefined) return construct[1];
  const lines = linesOf(source, line - LINES_BEFORE, line + LINES_AFTER);
  const text = lines.join('\n').slice(0, MAX_SEARCHED_LENGTH);
  const start = elementStart.exec(text);
  if (start === null || lineOf(text, start.index) > Math.min(line, LINES_BEFORE + 1)) return null;
  return elementEnd.test(text.slice(start.index)) ? 'JSX' : null;
}

/** From 1. */
function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The message of a syntax error, with the syntax that is to blame where that is known. */
export function syntaxMessage(message: string, unsupported: UnsupportedSyntax | null): string {
  return unsupported === null ? message : `${message} (${advice[unsupported]})`;
}

const requireCall = /^require\s*\(/;
const importOfRequire = /\bimport\s+[\w$]+\s*=\s*$/;

/**
 * What to say of a module that calls `require`, which only CommonJS has: code with `import` or `export`
 * is an ES module, however its author's tools compile it.
 * @param position of a name that is not defined
 */
export function requireAdvice(source: string, { line, column }: Position): string | null {
  const [place = ''] = linesOf(source, line, line);
  const units = utf16Column(place, { line: 1, column });
  if (!requireCall.test(place.slice(units))) return null;
  return importOfRequire.test(place.slice(0, units))
    ? '`import … = require(…)` is CommonJS, and code with `import` or `export` is an ES module: write `import … from`'
    : 'code with `import` or `export` is an ES module: use import';
}
