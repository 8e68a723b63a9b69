/** The modules of one run: between the graph that downloads them and the realm that evaluates them. */

import type { ErrorCode } from '../../contract/errors.ts';
import type { RunMessage } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { BridgeError, type BridgeOperations } from './bridge/bridge.ts';
import { firstFrame } from './errors/stack.ts';
import type { GuestServices } from './guest-services.ts';
import type { DynamicImport } from './machine/dynamic-import.ts';
import { GuestThrow } from './machine/guest-throw.ts';
import type { ModuleHost } from './machine/module-machine.ts';
import type { Realm } from './machine/realm.ts';
import { ImportFailure } from './modules/import-failure.ts';
import { createModuleGraph } from './modules/module-graph.ts';
import { readModule, typeOf } from './modules/module-source.ts';
import { createResolver } from './modules/module-specifier.ts';

export interface GuestModules extends ModuleHost {
  readonly operations: BridgeOperations;
  /** Text of the code or of a module of this run. */
  sourceOf(url: string): string | undefined;
  /**
   * Loads what the code imports.
   * @throws {ImportFailure}
   */
  load(): Promise<void>;
  /**
   * Explains why QuickJS could not link modules.
   * @param message of a `SyntaxError` without a stack
   */
  explainLinkage(message: string): ImportFailure | null;
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
  const graph = createModuleGraph(entry, resolve, run.limits.maxModules, (url) =>
    host.importModule(url),
  );
  /** Modules that QuickJS has come upon in the import that it is at. */
  let compiling: string[] = [];
  let failed = false;
  let importsUnderWay = 0;

  function begin(): void {
    compiling = [];
    failed = false;
  }

  /** Makes what the guest throws, or an error of its own, one that is told as such if it ends the run. */
  function errorFor(
    code: ErrorCode,
    { message, details, frame }: Pick<ImportFailure, 'message' | 'details' | 'frame'>,
    thrown?: Parameters<ModuleHost['moduleFailed']>[1],
  ): ReturnType<Realm['enter']> {
    return realm.enter('importFailure', thrown, code, message, JSON.stringify(details), frame);
  }

  async function load({ importer, specifier, attributes }: DynamicImport): Promise<string> {
    return await graph.load({
      specifier,
      importer: graph.moduleAt(importer) === undefined ? run.url : importer,
      offset: null,
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
      begin();
      return realm.evaluateModule(run.url);
    },
    explainLinkage(message) {
      const [, name, url] = /\bexport '(.*)' in module '(.*?)'/.exec(message) ?? [];
      if (name === undefined || url === undefined) return null;
      return graph.linkFailure(url, name, linkageCause(message, name));
    },
    resolveModule: graph.nameOf,
    loadModule(url) {
      compiling.push(url);
      const module = graph.moduleAt(url);
      if (module === undefined) throw new Error('QuickJS asks for a module that was not loaded.');
      if (module.type === 'json') {
        return {
          source: 'export default import.meta.value',
          meta: realm.enter('jsonMeta', module.source),
        };
      }
      const meta = module.usesMeta ? realm.enter('moduleMeta', url) : null;
      return { source: module.source, meta };
    },
    moduleFailed(url, error) {
      if (failed) return;
      failed = true;
      const { name, message, stack } = describe(error);
      if (name !== 'SyntaxError' || /(?:stack overflow|out of memory)$/.test(message)) return;
      if (url === run.url) {
        errorFor('SYNTAX_ERROR', { message, details: {}, frame: null }, error);
        return;
      }
      const position = firstFrame(stack, [url]);
      const at = position === null ? url : `${url}:${position.line}:${position.column}`;
      const text = graph.moduleAt(url)?.source ?? '';
      const failure = graph.failureOf(url, {
        cause: `SyntaxError: ${message} (${at})`,
        causeCode: 'SYNTAX_ERROR',
        place: position === null ? null : { ...position, source: text },
      });
      graph.condemn(compiling, failure);
      errorFor('IMPORT_FAILED', failure, error);
    },
    importModule(request) {
      if (importsUnderWay >= MAX_IMPORTS) {
        const message = `More than ${MAX_IMPORTS} imports are under way`;
        request.reject(errorFor('IMPORT_FAILED', { message, details: {}, frame: null }));
        return;
      }
      importsUnderWay += 1;
      const settled = load(request).then(
        (url) => () => {
          begin();
          request.proceed(url);
        },
        (failure) => () => {
          if (!(failure instanceof ImportFailure)) throw failure;
          request.reject(errorFor('IMPORT_FAILED', failure));
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

  function describe(error: Parameters<ModuleHost['moduleFailed']>[1]): {
    readonly name: string;
    readonly message: string;
    readonly stack: string | null;
  } {
    try {
      return JSON.parse(realm.text(realm.enter('describe', error)));
    } catch (failure) {
      if (failure instanceof GuestThrow) return { name: '', message: '', stack: null };
      throw failure;
    }
  }
}

/** @param message QuickJS's own, of which there are three */
function linkageCause(message: string, name: string): string {
  if (message.endsWith('is ambiguous'))
    return `"${name}" is exported by several that it exports from`;
  if (message.startsWith('circular')) return `its export "${name}" leads back to itself`;
  return `it has no export "${name}"`;
}
