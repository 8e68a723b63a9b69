/**
 * Modules that export all of many others. QuickJS looks for each name in each of them, which takes
 * seconds where names and modules are thousands. Here the names are known before: they are listed.
 */

import { parse } from 'es-module-lexer';
import type { SourceModule } from './module-source.ts';

interface Graph {
  moduleAt(url: string): SourceModule | undefined;
  nameOf(importer: string, specifier: string): string;
}

/** Fewer are left to QuickJS, which then takes microseconds. */
const MIN_STARS = 32;

/** An export, by its name: where it is bound, as far as that is known. */
type Exports = ReadonlyMap<string, string>;

/**
 * @returns the module's text with names in the place of each `*`; `null` where they are few, or where
 * QuickJS might see it otherwise
 */
export function listStars(module: SourceModule, graph: Graph): string | null {
  if (module.imports.length < MIN_STARS || module.prepared.positions !== null) return null;
  const { stars, own } = read(module);
  if (stars.length < MIN_STARS) return null;
  const known = new Map<string, Exports | null>();
  const listed = new Map<string, string>([...own].map((name) => [name, module.url]));
  let text = '';
  let end = 0;
  for (const star of stars) {
    const exports = exportsOf(graph.nameOf(module.url, star.specifier), graph, known);
    if (exports === null) return null;
    const names: string[] = [];
    for (const [name, binding] of exports) {
      if (name === 'default' || own.has(name)) continue;
      const other = listed.get(name);
      if (other !== undefined && other !== binding) return null;
      if (!identifier.test(name)) return null;
      if (other === undefined) names.push(name);
      listed.set(name, binding);
    }
    text += `${module.javascript.text.slice(end, star.start)}{${names.join(',')}}`;
    end = star.end;
  }
  return text + module.javascript.text.slice(end);
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

interface Star {
  readonly specifier: string;
  /** Of the `*` itself. */
  readonly start: number;
  readonly end: number;
}

interface Read {
  readonly stars: readonly Star[];
  /** Names that the module exports by itself. */
  readonly own: ReadonlySet<string>;
}

function read({ javascript }: SourceModule): Read {
  const own = new Set<string>();
  const stars: Star[] = [];
  for (const entry of parse(javascript.text)[1]) {
    if (entry.type === 'reexport-all') {
      stars.push({ specifier: entry.from, start: entry.start, end: entry.end });
    } else own.add(entry.name);
  }
  return { stars, own };
}

/** @returns `null` where it is not known for sure */
function exportsOf(url: string, graph: Graph, known: Map<string, Exports | null>): Exports | null {
  const cached = known.get(url);
  if (cached !== undefined) return cached;
  // What leads back to itself is not known.
  known.set(url, null);
  const module = graph.moduleAt(url);
  if (module?.type !== 'javascript' || module.commonJs !== null) return null;
  const { stars, own } = read(module);
  const found = new Map<string, string>([...own].map((name) => [name, url]));
  for (const { specifier } of stars) {
    const exports = exportsOf(graph.nameOf(url, specifier), graph, known);
    if (exports === null) return null;
    for (const [name, binding] of exports) {
      if (name === 'default' || own.has(name)) continue;
      const other = found.get(name);
      if (other !== undefined && other !== binding) return null;
      found.set(name, binding);
    }
  }
  known.set(url, found);
  return found;
}
