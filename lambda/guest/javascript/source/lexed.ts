/** What the lexer of modules finds in a source. Several ask for it in turn: that of the last one is kept. */

import { parse } from 'es-module-lexer';

type Lexed = ReturnType<typeof parse>;

let last: { readonly source: string; readonly found: Lexed } | null = null;

/** @throws {Error} it cannot be lexed: the engine reports what is wrong with it */
export function lexed(source: string): Lexed {
  if (last?.source !== source) last = { source, found: parse(source) };
  return last.found;
}

/** The run that asked is over: the text may be dropped. */
export function forgetLexed(): void {
  last = null;
}

/** Compiles the lexer (2 ms), so that the first module of a process does not wait for it. */
export function warmLexer(): void {
  parse('export {}');
}
