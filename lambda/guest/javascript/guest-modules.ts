/** The modules of one run: between the graph that downloads them and the realm that evaluates them. */

import type { RunMessage } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { BridgeError, type BridgeOperations } from './bridge/bridge.ts';
import type { EntrySource, KeptSources } from './code/kept-sources.ts';
import { createCommonJsModules } from './commonjs-modules.ts';
import type { GuestServices } from './guest-services.ts';
import { readsLastMatch } from './last-match.ts';
import type { DynamicImport } from './machine/dynamic-import.ts';
import { GuestThrow } from './machine/guest-throw.ts';
import type { ModuleHost } from './machine/module-machine.ts';
import type { Realm } from './machine/realm.ts';
import { createModuleErrors, type ModuleErrors } from './module-errors.ts';
import { ImportFailure } from './modules/import-failure.ts';
import { createModuleGraph, type LoadedModules } from './modules/module-graph.ts';
import { type SourceModule, typeOf } from './modules/module-source.ts';
import { createResolver } from './modules/module-specifier.ts';
import { setPositions } from './modules/realm-positions.ts';
import { listStars } from './modules/star-exports.ts';
import { parses } from './source/prepare-source.ts';

export interface GuestModules extends ModuleHost, Pick<ModuleErrors, 'explainLinkage'> {
  readonly operations: BridgeOperations;
  /** The code and the modules of this run. */
  modules(): Iterable<SourceModule>;
  /** Text of the code or of a module of this run. */
  sourceOf(url: string): string | undefined;
  /** Whether a module is the request's own code, rather than a library. */
  isOwn(url: string): boolean;
  /** Whether a module was chosen by who wrote the code, rather than by the run. */
  isNamed(url: string): boolean;
  /**
   * Loads what the code imports.
   * @throws {ImportFailure}
   */
  load(): Promise<void>;
  /** Whether all that the code imports is there: it imports nothing but dynamically, or its batch has loaded it. */
  isLoaded(): boolean;
  /** Of the code and what it imports, in UTF-16 units. */
  sourceLength(): number;
  /** All that the compiled code depends on; see `ModuleGraph`. */
  fingerprint(): string;
  /** URLs of what may be evaluated before the globals of the request are set, in this order: imports, the code. */
  inOrder(): readonly string[];
  /** Whether the code itself is a CommonJS module. */
  readonly isCommonJs: boolean;
  /** Compiles the code and what it imports. */
  compile(): void;
  /** The realm has what `compile` leaves, from an image. */
  restored(): void;
  /** Evaluates the code as a module. @returns what to give to `trackModule` */
  evaluate(): ReturnType<Realm['evaluateModule']>;
}

/** The run that they are of. */
interface Surroundings {
  readonly realm: Realm;
  readonly services: GuestServices;
  readonly message: RunMessage;
  readonly entry: EntrySource;
  readonly sources: KeptSources;
  readonly host: RunHost;
}

/** By which code could see that the globals of the request are not set yet. */
const readsDescriptors = /PropertyDescriptor|__lookup/;
/** Dynamic imports at once. */
const MAX_IMPORTS = 1000;

/** What has been loaded for the code of a batch: for each of its runs it would be the same. */
interface LoadedCode {
  readonly entry: SourceModule;
  readonly modules: LoadedModules;
  readonly fingerprint: string;
}

const loadedByBatch = new WeakMap<object, LoadedCode>();

function loadedBefore(batch: object | undefined, entry: SourceModule): LoadedCode | null {
  const loaded = batch === undefined ? undefined : loadedByBatch.get(batch);
  return loaded?.entry === entry ? loaded : null;
}

export function createGuestModules(surroundings: Surroundings): GuestModules {
  const { realm, services, message: run, entry: code, sources, host } = surroundings;
  const resolve = createResolver(run.imports, run.url);
  const entry = code.read();
  const known = loadedBefore(host.batch, entry);
  const graph = createModuleGraph(
    entry,
    resolve,
    run.limits.maxModules,
    (request) => host.call('import', request).result,
    (downloaded, type) => sources.module(downloaded, type),
    known?.modules,
  );
  const errors = createModuleErrors(realm, run.url, graph);
  const commonJs = createCommonJsModules(realm, run.url, graph, errors);
  let importsUnderWay = 0;
  /** Why not all of the code's imports were loaded, although it is evaluated. */
  let loadFailure: ImportFailure | null = null;

  async function load({ importer, specifier, attributes }: DynamicImport): Promise<string> {
    const module = graph.moduleAt(importer);
    return await graph.load({
      specifier,
      importer: module === undefined ? run.url : importer,
      offset: null,
      isLiteral: module?.literals.has(specifier) ?? false,
      ...typeOf(attributes),
    });
  }

  return {
    operations: {
      'module.resolve'(specifier, importer) {
        const resolution = resolve(String(specifier), String(importer));
        if ('url' in resolution) return resolution.url;
        throw new BridgeError('TypeError', `Cannot resolve "${specifier}": ${resolution.reason}`);
      },
      ...commonJs.operations,
    },
    modules: graph.modules,
    sourceOf: (url) => graph.moduleAt(url)?.source,
    isOwn: (url) => graph.isOwn(url),
    isNamed: (url) => graph.isNamed(url),
    isLoaded: () =>
      known !== null || (entry.imports.length === 0 && !entry.commonJs?.requires.length),
    isCommonJs: entry.commonJs !== null,
    sourceLength: () => graph.sourceLength(),
    fingerprint: () => known?.fingerprint ?? graph.fingerprint(),
    inOrder() {
      const imports = graph.importsInOrder()?.map(({ url }) => url);
      if (imports === undefined) return [];
      const isLast = entry.commonJs === null && !readsDescriptors.test(code.text);
      return isLast ? [...imports, run.url] : imports;
    },
    compile() {
      commonJs.define();
      errors.beginImport();
      realm.compileModule(run.url);
      commonJs.compileRequired();
    },
    restored: commonJs.restored,
    async load() {
      try {
        await graph.loadEntry();
        const modules = host.batch === undefined ? null : graph.loaded();
        if (host.batch !== undefined && modules !== null) {
          const fingerprint = graph.fingerprint();
          loadedByBatch.set(host.batch, { entry, modules, fingerprint });
        }
      } catch (failure) {
        if (!(failure instanceof ImportFailure)) throw failure;
        // What does not even parse is wrong before what it imports is: QuickJS says so.
        const importer = graph.moduleAt(String(failure.details.importer));
        if (importer === undefined || parses(importer.javascript.text, 'module')) throw failure;
        loadFailure = failure;
      }
    },
    evaluate() {
      errors.beginImport();
      return realm.evaluateModule(run.url);
    },
    explainLinkage: errors.explainLinkage,
    resolveModule: graph.nameOf,
    loadModule(url) {
      errors.compiling(url);
      const module = graph.moduleAt(url);
      if (module === undefined) {
        if (loadFailure !== null) throw new GuestThrow(errors.importError(loadFailure));
        throw new Error('QuickJS asks for a module that was not loaded.');
      }
      if (module.type === 'json') {
        return {
          source: 'export default import.meta.value',
          meta: realm.enter('jsonMeta', module.source),
        };
      }
      if (module.commonJs !== null) return commonJs.load(module);
      setPositions(realm, url, module.prepared);
      if (readsLastMatch(module.source)) realm.enter('recordMatches');
      const meta = module.usesMeta ? realm.enter('moduleMeta', url) : null;
      return { source: listStars(module, graph) ?? module.prepared.text, meta };
    },
    moduleFailed: errors.moduleFailed,
    importModule(request) {
      if (importsUnderWay >= MAX_IMPORTS) {
        const message = `More than ${MAX_IMPORTS} imports are under way`;
        request.reject(errors.importError({ message, details: {}, frame: null }));
        return;
      }
      importsUnderWay += 1;
      const settled = load(request).then(
        (url) => () => {
          commonJs.define();
          errors.beginImport();
          request.proceed(url);
        },
        (failure) => () => {
          if (!(failure instanceof ImportFailure)) throw failure;
          request.reject(errors.importError(failure));
        },
      );
      services.background(
        settled.then((step) => () => {
          importsUnderWay -= 1;
          realm.continueImport(step);
        }),
      );
    },
  };
}
