/**
 * The last step before QuickJS compiles a source: constructs that it does not compile, or compiles
 * wrongly, are replaced by ones that mean the same. Hardly any source has one, so that a look at its
 * text comes first; only where that finds what may be one, the source is parsed.
 */

import { mends } from './mends.ts';
import type { PreparedSource, SourceKind } from './prepared-source.ts';

/** A parse takes about a hundred times the length in memory. */
const MAX_LENGTH = 2 * 1024 * 1024;

/** Whether a source parses, as far as the parser of the mends can tell. */
export async function parses(source: string, kind: SourceKind): Promise<boolean> {
  const { parseSource } = await import('./mend-source.ts');
  return parseSource(source, kind) !== null;
}

/**
 * @param source as it was written; one that does not parse is left for QuickJS to reject
 * @returns a promise only where the source has to be parsed
 */
export function prepareSource(
  source: string,
  kind: SourceKind,
): PreparedSource | Promise<PreparedSource> {
  const unchanged: PreparedSource = { text: source, positions: null };
  if (source.length > MAX_LENGTH) return unchanged;
  if (!mends.some((mend) => mend.mayApply(source, kind))) return unchanged;
  const needed = mends.filter((mend) => mend.mayApply(source, kind));
  return import('./mend-source.ts').then(
    ({ mendSource }) => mendSource(source, kind, needed) ?? unchanged,
  );
}
