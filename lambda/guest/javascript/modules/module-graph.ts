/** The modules of one run: what an import needs is downloaded in parallel before any of it runs. */

import type { GuestImportRequest, ImportedModule } from '../../../contract/calls.ts';
import { isInlineUrl } from '../../../contract/inline.ts';
import { type ImportFailure, type ImportProblem, importFailure } from './import-failure.ts';
import {
  createDownloads,
  fits,
  type KnownModules,
  problem,
  type ReadDownload,
} from './module-downloads.ts';
import type { ImportRequest, SourceModule } from './module-source.ts';
import { isRelative, type Resolver } from './module-specifier.ts';
import { createRequires } from './requires.ts';

/** How many modules an import may lead through, one after the other. */
const MAX_DEPTH = 100;

/** What has been loaded. */
export interface LoadedModules extends KnownModules {
  /** URLs of the code and of the modules that literals lead to from it. */
  readonly named: Set<string>;
  /** URLs of the code and of the modules that relative paths lead to from it. */
  readonly own: Set<string>;
}

export interface ModuleGraph {
  /** The code itself, or a module that has been loaded. */
  moduleAt(url: string): SourceModule | undefined;
  /** The code and the modules, in the order in which they were loaded. */
  modules(): Iterable<SourceModule>;
  /** Whether it is the code, or what the code, and what is its own, imports by relative path; else a library. */
  isOwn(url: string): boolean;
  /** Whether it is the code, or literals lead to it from there: the run has not chosen it. */
  isNamed(url: string): boolean;
  /** Final URL of what a loaded module imports. */
  nameOf(importer: string, specifier: string): string;
  /** What a call of `require` in a CommonJS module leads to, or why it leads nowhere. */
  required(request: ImportRequest): SourceModule | ImportFailure;
  /**
   * Loads what the code itself imports.
   * @throws {ImportFailure}
   */
  loadEntry(): Promise<void>;
  /**
   * Loads a module and what it imports.
   * @returns its final URL
   * @throws {ImportFailure}
   */
  load(request: ImportRequest): Promise<string>;
  /**
   * The modules that the code imports, and those that they import, in the order in which they are
   * evaluated, each of which can be evaluated by itself; `null` where one of them imports the code.
   */
  importsInOrder(): readonly SourceModule[] | null;
  /** A module and what it imports, and what that imports. */
  closureOf(module: SourceModule): Iterable<SourceModule>;
  /** Of the code and all that was loaded for it, in UTF-16 units. */
  sourceLength(): number;
  /** All that was loaded for the code, as a text: the same for the same modules at the same URLs. */
  fingerprint(): string;
  /** All of it, for another run of the same code; `null` where something is CommonJS, which loads more. */
  loaded(): LoadedModules | null;
  /** The failure of a loaded module, as that of the import that asked for it first. */
  failureOf(url: string, problem: ImportProblem): ImportFailure;
  /** The failure of an import of a name that a module does not give. */
  linkFailure(url: string, exportName: string, cause: string): ImportFailure | null;
  /** Every later import of one of these fails by this failure. */
  condemn(urls: Iterable<string>, failure: ImportFailure): void;
}

/**
 * @param entry the code itself
 * @param maxModules how many modules may be downloaded
 * @param download gets a module; never rejects
 * @param known what another run of the same code has loaded
 *
 * The code, and the modules that it names by literals, and those that they name, were chosen by who
 * wrote the code. Any other module was chosen by the run, and so was all that it imports: a server may
 * answer with a module whose text is in its URL.
 */
export function createModuleGraph(
  entry: SourceModule,
  resolve: Resolver,
  maxModules: number,
  download: (request: GuestImportRequest) => Promise<ImportedModule>,
  read: ReadDownload,
  known?: LoadedModules,
): ModuleGraph {
  const state = known === undefined ? nothingLoaded(entry) : copyOf(known);
  const { modules, named, own, finalUrls, firstRequests } = state;
  const condemned = new Map<string, ImportFailure>();
  const requires = createRequires(resolve, loadOne, loadImports);
  const downloadOne = createDownloads(state, maxModules, download, read);

  async function loadOne(request: ImportRequest): Promise<SourceModule> {
    if (request.fault !== null) throw failed(request, problem(request.fault));
    const resolution = resolve(request.specifier, request.importer);
    if ('reason' in resolution) throw failed(request, problem(resolution.reason));
    const { url } = resolution;
    const computed = !(request.isLiteral && named.has(request.importer));
    const loaded = modules.get(finalUrls.get(url) ?? url);
    const outcome =
      loaded !== undefined && fits(loaded, request)
        ? loaded
        : await downloadOne({ url, computed }, request);
    if ('cause' in outcome) throw failed(request, outcome);
    if (!computed) named.add(outcome.url);
    if (own.has(request.importer) && isRelative(request.specifier)) own.add(outcome.url);
    return outcome;
  }

  async function loadImports(
    module: SourceModule,
    depth: number,
    visited: Set<SourceModule>,
  ): Promise<void> {
    if (visited.has(module)) return;
    visited.add(module);
    const failure = condemned.get(module.url);
    if (failure !== undefined) throw failure;
    await Promise.all(
      module.imports.map(async (request) => {
        if (depth >= MAX_DEPTH) {
          throw failed(request, problem(`it is more than ${MAX_DEPTH} imports away from the code`));
        }
        await loadImports(await loadOne(request), depth + 1, visited);
      }),
    );
  }

  async function loadWhole(module: SourceModule, depth: number): Promise<void> {
    const visited = new Set<SourceModule>();
    await loadImports(module, depth, visited);
    await requires.load(visited);
  }

  function importsOf(module: SourceModule): readonly (SourceModule | undefined)[] {
    return module.imports.map(({ specifier }) => modules.get(graph.nameOf(module.url, specifier)));
  }

  function failed(request: ImportRequest, reason: ImportProblem): ImportFailure {
    return importFailure(request, modules.get(request.importer), reason);
  }

  const graph: ModuleGraph = {
    moduleAt: (url) => modules.get(url),
    modules: () => modules.values(),
    isOwn: (url) => own.has(url) || isInlineUrl(url),
    isNamed: (url) => named.has(url),
    nameOf(importer, specifier) {
      const resolution = resolve(specifier, importer);
      // Not loaded either: nothing that is evaluated imports it.
      if ('reason' in resolution) return specifier;
      return finalUrls.get(resolution.url) ?? resolution.url;
    },
    required: requires.outcomeOf,
    async loadEntry() {
      await loadWhole(entry, 0);
    },
    async load(request) {
      const module = await loadOne(request);
      await loadWhole(module, 1);
      return module.url;
    },
    importsInOrder: () => (requires.leadTo(entry) ? null : importsInOrder(entry, importsOf)),
    closureOf(module) {
      const closure = new Set([module]);
      for (const part of closure) {
        for (const imported of importsOf(part)) if (imported !== undefined) closure.add(imported);
      }
      return closure;
    },
    sourceLength: () => [...modules.values()].reduce((sum, { source }) => sum + source.length, 0),
    fingerprint: () =>
      fingerprintOf([...modules.values()], (module) => [
        ...importsOf(module).map((imported) => imported?.url),
        ...requires.fingerprint(module),
      ]),
    loaded: () =>
      [...modules.values()].some(({ commonJs }) => commonJs !== null) ? null : copyOf(state),
    failureOf(url, reason) {
      const request = firstRequests.get(url);
      if (request === undefined) throw new Error('Nobody has imported this module.');
      return failed(request, reason);
    },
    linkFailure(url, exportName, cause) {
      const isOfModule = (request: ImportRequest): boolean =>
        graph.nameOf(request.importer, request.specifier) === url;
      const request = importNaming([...modules.values()], exportName, isOfModule);
      if (request === undefined) return null;
      return failed(request, linkProblem(cause, modules.get(request.importer), modules.get(url)));
    },
    condemn(urls, failure) {
      for (const url of urls) condemned.set(url, failure);
    },
  };
  return graph;
}

function nothingLoaded(entry: SourceModule): LoadedModules {
  return {
    modules: new Map([[entry.url, entry]]),
    named: new Set([entry.url]),
    own: new Set([entry.url]),
    finalUrls: new Map(),
    firstRequests: new Map(),
    downloads: new Map(),
    bytes: 0,
  };
}

function copyOf(loaded: LoadedModules): LoadedModules {
  const { modules, named, own, finalUrls, firstRequests, downloads, bytes } = loaded;
  return {
    modules: new Map(modules),
    named: new Set(named),
    own: new Set(own),
    finalUrls: new Map(finalUrls),
    firstRequests: new Map(firstRequests),
    downloads: new Map(downloads),
    bytes,
  };
}

/** Of the imports of a module, the first that has the name in it, or else the first. */
function importNaming(
  modules: readonly SourceModule[],
  exportName: string,
  isOfModule: (request: ImportRequest) => boolean,
): ImportRequest | undefined {
  const imports = modules.flatMap((module) => module.imports).filter(isOfModule);
  return imports.find(({ text }) => text.split(notInNames).includes(exportName)) ?? imports[0];
}

type ImportsOf = (module: SourceModule) => readonly (SourceModule | undefined)[];

function fingerprintOf(
  modules: readonly SourceModule[],
  leadsTo: (module: SourceModule) => readonly (string | undefined)[],
): string {
  const entries = modules.map((module) => {
    const { url, type, language, sha256, commonJs } = module;
    return JSON.stringify([url, type, language, sha256, commonJs !== null, leadsTo(module)]);
  });
  // They were loaded in parallel.
  return entries.sort().join();
}

/**
 * In a circle of imports, what is evaluated first depends on where the circle is entered: there, only the
 * imports of the code itself are in the list.
 */
function importsInOrder(entry: SourceModule, importsOf: ImportsOf): readonly SourceModule[] | null {
  const done: SourceModule[] = [];
  const states = new Map<SourceModule, 'open' | 'done'>();
  let isCircular = false;
  let reachesEntry = false;
  const visit = (module: SourceModule): void => {
    states.set(module, 'open');
    for (const imported of importsOf(module)) {
      if (imported === undefined) continue;
      if (imported === entry) reachesEntry = true;
      const state = states.get(imported);
      if (state === 'open') isCircular = true;
      if (state === undefined) visit(imported);
    }
    states.set(module, 'done');
    done.push(module);
  };
  visit(entry);
  if (reachesEntry) return null;
  if (isCircular) return [...new Set(importsOf(entry).filter((module) => module !== undefined))];
  return done.slice(0, -1);
}

const notInNames = /[^\p{ID_Continue}$]+/u;

function linkProblem(
  cause: string,
  importer: SourceModule | undefined,
  imported: SourceModule | undefined,
): ImportProblem {
  if (imported !== undefined && imported.commonJs !== null) {
    return problem(
      `${cause} that can be seen in the text of a CommonJS module: import its default`,
    );
  }
  const isTyped = importer?.language === 'typescript';
  return problem(isTyped ? `${cause}; a type is imported by \`import type\`` : cause);
}
