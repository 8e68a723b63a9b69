/**
 * Loads the parser when it is first needed, as it is large, and at once, as `eval` waits for it. It is
 * loaded in this way only: what is being imported cannot always be required.
 */

type Parser = typeof import('./mend-source.ts');

/** Beside this module: the build names the file that it makes of it. */
declare const PARSER_FILE: string | undefined;
const parserFile = typeof PARSER_FILE === 'undefined' ? './mend-source.ts' : PARSER_FILE;

let parser: Parser | null = null;

export function loadParser(): Parser {
  if (parser === null) {
    const { createRequire } = process.getBuiltinModule('node:module');
    parser = createRequire(import.meta.url)(parserFile) as Parser;
  }
  return parser;
}
