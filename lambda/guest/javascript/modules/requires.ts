/**
 * What the CommonJS modules of one run require. All that stands as a literal is loaded before any of it
 * runs; what cannot be had is an error only where it is required.
 */

import { ImportFailure } from './import-failure.ts';
import type { ImportRequest, SourceModule } from './module-source.ts';
import { isRelative, type Resolver } from './module-specifier.ts';

export interface Requires {
  /** Loads what modules require, and what that imports and requires. */
  load(modules: Iterable<SourceModule>): Promise<void>;
  /** What a call leads to, or why it leads nowhere. */
  outcomeOf(request: ImportRequest): SourceModule | ImportFailure;
  /** Whether a module is required by another one. */
  leadTo(module: SourceModule): boolean;
  /** What the calls of a module lead to, as texts. */
  fingerprint(module: SourceModule): readonly string[];
}

type LoadOne = (request: ImportRequest) => Promise<SourceModule>;
type LoadImports = (
  module: SourceModule,
  depth: number,
  visited: Set<SourceModule>,
) => Promise<void>;

/** How many modules a chain of calls may lead through. */
const MAX_DEPTH = 100;

/** What Node.js tries behind a name that is no file. */
const endings = ['.js', '.json', '/index.js'] as const;
const typedEndings = ['.ts', '/index.ts'] as const;
/** A name with one of these is whole. */
const extension = /\.(?:[cm]?[jt]s|json)$/;

/**
 * @param loadOne loads one module
 * @param loadImports loads what a module imports
 */
export function createRequires(
  resolve: Resolver,
  loadOne: LoadOne,
  loadImports: LoadImports,
): Requires {
  const outcomes = new Map<string, SourceModule | ImportFailure>();
  /** By CommonJS module: the CommonJS modules that it leads to. */
  const loads = new Map<SourceModule, Promise<readonly SourceModule[]>>();

  async function loadOf(module: SourceModule, depth: number): Promise<readonly SourceModule[]> {
    const found = await Promise.all(
      (module.commonJs?.requires ?? []).map(async (request) => {
        try {
          const required = await loadFirst(request, depth);
          const visited = new Set<SourceModule>();
          await loadImports(required, 1, visited);
          outcomes.set(keyOf(request), required);
          return [...visited].filter(isCommonJs);
        } catch (failure) {
          if (!(failure instanceof ImportFailure)) throw failure;
          outcomes.set(keyOf(request), failure);
          return [];
        }
      }),
    );
    return found.flat();
  }

  /** @throws {ImportFailure} that of the name as it stands there */
  async function loadFirst(request: ImportRequest, depth: number): Promise<SourceModule> {
    const { specifier } = request;
    const whole = /(?:^|\/)\.\.?$/.test(specifier) ? `${specifier}/` : specifier;
    let first: ImportFailure | null = null;
    for (const name of namesOf({ ...request, specifier: whole }, resolve)) {
      try {
        return await loadOne({
          ...request,
          specifier: name,
          fault: depth < MAX_DEPTH ? request.fault : `it is more than ${MAX_DEPTH} calls away`,
        });
      } catch (failure) {
        if (!(failure instanceof ImportFailure)) throw failure;
        first ??= failure;
        if (!isAbsent(failure)) break;
      }
    }
    throw first ?? new Error('A call of require has a name.');
  }

  return {
    async load(modules) {
      const seen = new Set([...modules].filter(isCommonJs));
      let level: readonly SourceModule[] = [...seen];
      for (let depth = 0; level.length > 0; depth++) {
        const found = await Promise.all(
          level.map((module) => {
            const load = loads.get(module) ?? loadOf(module, depth);
            loads.set(module, load);
            return load;
          }),
        );
        level = [...new Set(found.flat())].filter((module) => !seen.has(module));
        for (const module of level) seen.add(module);
      }
    },
    outcomeOf(request) {
      const outcome = outcomes.get(keyOf(request));
      if (outcome === undefined) throw new Error('What a module requires has not been loaded.');
      return outcome;
    },
    leadTo: (module) => [...outcomes.values()].includes(module),
    fingerprint: ({ commonJs }) =>
      (commonJs?.requires ?? []).map((request) => {
        const outcome = outcomes.get(keyOf(request));
        return outcome instanceof ImportFailure ? `! ${outcome.message}` : (outcome?.url ?? '');
      }),
  };
}

function keyOf({ importer, specifier }: ImportRequest): string {
  return `${importer} ${specifier}`;
}

function isCommonJs({ commonJs }: SourceModule): boolean {
  return commonJs !== null;
}

/** Whether there is nothing of use at the URL, so that another one may be meant. */
function isAbsent({ details }: ImportFailure): boolean {
  const { causeCode, rule } = details;
  return rule === null && (causeCode === null || causeCode === 'DOWNLOAD_FAILED');
}

/** The name that is asked for, and the URLs that Node.js would try besides. */
function namesOf(request: ImportRequest, resolve: Resolver): readonly string[] {
  const { specifier, importer } = request;
  const resolution = resolve(specifier, importer);
  const url = 'url' in resolution ? URL.parse(resolution.url) : null;
  if (url === null || url.protocol === 'data:' || extension.test(url.pathname)) return [specifier];
  const isTyped = /\.[cm]?ts$/.test(URL.parse(importer)?.pathname ?? '');
  const tried = isTyped ? [...typedEndings, ...endings] : endings;
  const path = url.pathname;
  const others = path.endsWith('/')
    ? tried.filter((ending) => ending.startsWith('/')).map((ending) => ending.slice(1))
    : tried;
  return [
    specifier,
    ...others.map((ending) => {
      if (isRelative(specifier) && url.search === '' && url.hash === '') return specifier + ending;
      const other = new URL(url);
      other.pathname = path + ending;
      return other.href;
    }),
  ];
}
