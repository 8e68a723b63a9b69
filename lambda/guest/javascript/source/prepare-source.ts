/**
 * The last step before QuickJS compiles a source: constructs that it does not compile, or compiles
 * wrongly, are replaced by ones that mean the same. Hardly any source has one, so that a look at its
 * text comes first; only where that finds what may be one, the source is parsed.
 */

import { mends } from './mends.ts';
import { loadParser } from './parser.ts';
import type { PreparedSource, SourceKind } from './prepared-source.ts';

/** A parse takes about a hundred times the length in memory. */
const MAX_LENGTH = 2 * 1024 * 1024;
/** Nothing interrupts a parse while a script waits for it. */
const MAX_EVALUATED_LENGTH = 256 * 1024;

/** Whether a source parses, as far as the parser of the mends can tell. */
export function parses(source: string, kind: SourceKind): boolean {
  return loadParser().parseSource(source, kind) !== null;
}

/** @param source as it was written; one that does not parse is left for QuickJS to reject */
export function prepareSource(source: string, kind: SourceKind): PreparedSource {
  const needed =
    source.length > MAX_LENGTH ? [] : mends.filter((mend) => mend.mayApply(source, kind));
  const mended = needed.length === 0 ? null : loadParser().mendSource(source, kind, needed);
  return mended ?? { text: source, positions: null };
}

/** What QuickJS makes of the texts that `Function` is given. */
const madeFunction = /^\((?:async )?function\*? anonymous\(/;
const BODY = '\n) {\n';
/** In place of texts that end their function and go on behind it: V8 looks at each by itself. */
const LEAVES_FUNCTION = '}';

/** Whether the texts of a function may close it, as far as their braces tell. */
function mayLeaveFunction(source: string): boolean {
  if (!madeFunction.test(source)) return false;
  const body = source.indexOf(BODY);
  if (/\)\s*\{|\/\*/.test(source.slice(0, body))) return true;
  const last = source.length - 2;
  let depth = 0;
  for (let index = body; index < last; index += 1) {
    if (source[index] === '{') depth += 1;
    else if (source[index] === '}') depth -= 1;
    if (depth === 0 && index > body + BODY.length) return true;
  }
  return depth !== 1;
}

/**
 * The same for what a script has evaluated while it runs.
 * @returns `null` where nothing is to be changed
 */
export function prepareEvaluated(source: string): string | null {
  if (source.length > MAX_EVALUATED_LENGTH) return null;
  // No `await` stands outside of a function in it, which this kind says.
  const kind = 'commonjs';
  if (mayLeaveFunction(source) && !loadParser().isOneFunction(source)) return LEAVES_FUNCTION;
  const needed = mends.filter((mend) => mend.mayApply(source, kind));
  if (needed.length === 0) return null;
  const { usesAtTop, mendSource } = loadParser();
  return usesAtTop(source, kind) ? null : (mendSource(source, kind, needed)?.text ?? null);
}
