/** The modules of one run: between the graph that downloads them and the realm that evaluates them. */

import type { RunMessage } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { BridgeError, type BridgeOperations } from './bridge/bridge.ts';
import type { GuestServices } from './guest-services.ts';
import { readsLastMatch } from './last-match.ts';
import type { DynamicImport } from './machine/dynamic-import.ts';
import type { ModuleHost } from './machine/module-machine.ts';
import type { Realm } from './machine/realm.ts';
import { createModuleErrors, type ModuleErrors } from './module-errors.ts';
import { ImportFailure } from './modules/import-failure.ts';
import { createModuleGraph } from './modules/module-graph.ts';
import { readModule, typeOf } from './modules/module-source.ts';
import { createResolver } from './modules/module-specifier.ts';

export interface GuestModules extends ModuleHost, Pick<ModuleErrors, 'explainLinkage'> {
  readonly operations: BridgeOperations;
  /** Text of the code or of a module of this run. */
  sourceOf(url: string): string | undefined;
  /**
   * Loads what the code imports.
   * @throws {ImportFailure}
   */
  load(): Promise<void>;
  /** Evaluates the code as a module. @returns what to give to `trackModule` */
  evaluate(): ReturnType<Realm['evaluateModule']>;
}

/** Dynamic imports at once. */
const MAX_IMPORTS = 1000;

/** @param source text of the code */
export function createGuestModules(
  realm: Realm,
  services: GuestServices,
  run: RunMessage,
  source: string,
  host: RunHost,
): GuestModules {
  const resolve = createResolver(run.imports, run.url);
  const entry = readModule(run.url, 'javascript', source);
  const graph = createModuleGraph(
    entry,
    resolve,
    run.limits.maxModules,
    (request) => host.call('import', request).result,
  );
  const errors = createModuleErrors(realm, run.url, graph);
  let importsUnderWay = 0;

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
    },
    sourceOf: (url) => graph.moduleAt(url)?.source,
    load: () => graph.loadEntry(),
    evaluate() {
      errors.beginImport();
      return realm.evaluateModule(run.url);
    },
    explainLinkage: errors.explainLinkage,
    resolveModule: graph.nameOf,
    loadModule(url) {
      errors.compiling(url);
      const module = graph.moduleAt(url);
      if (module === undefined) throw new Error('QuickJS asks for a module that was not loaded.');
      if (module.type === 'json') {
        return {
          source: 'export default import.meta.value',
          meta: realm.enter('jsonMeta', module.source),
        };
      }
      if (readsLastMatch(module.source)) realm.enter('recordMatches');
      const meta = module.usesMeta ? realm.enter('moduleMeta', url) : null;
      return { source: module.source, meta };
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
