/** The CommonJS modules of one run: between the graph that downloads them and the realm that runs them. */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { BridgeError, type BridgeOperations } from './bridge/bridge.ts';
import type { RequireTarget } from './bridge/require-targets.ts';
import { readsLastMatch } from './last-match.ts';
import { GuestThrow } from './machine/guest-throw.ts';
import type { ModuleHost } from './machine/module-machine.ts';
import type { Realm } from './machine/realm.ts';
import type { ModuleErrors } from './module-errors.ts';
import { ImportFailure } from './modules/import-failure.ts';
import type { ModuleGraph } from './modules/module-graph.ts';
import { exportedNames, type ImportRequest, type SourceModule } from './modules/module-source.ts';
import { setPositions } from './modules/realm-positions.ts';

export interface CommonJsModules {
  readonly operations: BridgeOperations;
  /** Gives the realm what has been loaded and can be required. */
  define(): void;
  /** Compiles the ES modules that are required. */
  compileRequired(): void;
  /** The realm has all of that already. */
  restored(): void;
  /** The ES module that stands for a CommonJS module. */
  load(module: SourceModule): ReturnType<ModuleHost['loadModule']>;
}

/** @param codeUrl of the code itself */
export function createCommonJsModules(
  realm: Realm,
  codeUrl: string,
  graph: ModuleGraph,
  errors: ModuleErrors,
): CommonJsModules {
  const defined = new Set<string>();

  function commonJsModules(): SourceModule[] {
    return [...graph.modules()].filter(({ commonJs }) => commonJs !== null);
  }

  function define(module: SourceModule): void {
    const { url, commonJs } = module;
    if (commonJs === null || defined.has(url)) return;
    defined.add(url);
    const targets = commonJs.requires.map((request) => [request.specifier, targetOf(request)]);
    const json = JSON.stringify(Object.fromEntries(targets));
    const { factory, fault } = compile(module);
    realm.enter('defineCommonJs', url, folderOf(url), factory, json, url === codeUrl, fault);
  }

  function targetOf(request: ImportRequest): RequireTarget {
    const required = graph.required(request);
    if (required instanceof ImportFailure) return failureTarget(required);
    const { url, type, commonJs } = required;
    if (type !== 'json') return { kind: commonJs === null ? 'module' : 'commonjs', url };
    if (!defined.has(url)) {
      defined.add(url);
      realm.enter('defineJson', url, folderOf(url), required.source);
    }
    return { kind: 'json', url };
  }

  /** What is wrong with a module is an error where it is required; with the code itself, it is the run's. */
  function compile(module: SourceModule): { factory?: QuickJSHandle; fault?: QuickJSHandle } {
    const { url, prepared, javascript, source, commonJs } = module;
    try {
      if (commonJs?.parses === false) {
        // The function around it might hide what is wrong.
        setPositions(realm, url, javascript);
        realm.requireParsable(javascript.text, url);
      }
      setPositions(realm, url, prepared);
      if (readsLastMatch(source)) realm.enter('recordMatches');
      return { factory: realm.evaluatePlain(prepared.text, url) };
    } catch (error) {
      if (!(error instanceof GuestThrow) || !errors.commonJsFailed(url, error.handle)) throw error;
      if (url === codeUrl) throw error;
      return { fault: error.handle };
    }
  }

  /** Names that `import` sees: its own, and those of the modules that it exports all of. */
  function namesOf(module: SourceModule, names: Set<string>, seen: Set<SourceModule>): Set<string> {
    const { commonJs } = module;
    if (commonJs === null || seen.has(module)) return names;
    seen.add(module);
    for (const name of commonJs.exports) names.add(name);
    for (const request of commonJs.requires) {
      if (!commonJs.reexports.includes(request.specifier)) continue;
      const required = graph.required(request);
      if (!(required instanceof ImportFailure)) namesOf(required, names, seen);
    }
    return names;
  }

  return {
    operations: { 'module.require': (url) => requireModule(String(url)) },
    define() {
      for (const module of commonJsModules()) define(module);
    },
    compileRequired() {
      for (const url of requiredModules()) {
        try {
          errors.beginImport();
          realm.compileModule(url);
        } catch (error) {
          // It is an error where it is required.
          if (!(error instanceof GuestThrow)) throw error;
        }
      }
    },
    restored() {
      for (const { url } of graph.modules()) defined.add(url);
    },
    load(module) {
      const names = [...namesOf(module, new Set(), new Set())].filter(isExportable);
      const values = names.map((_, index) => `e${index}=v[${index}]`);
      const exports = names.map((name, index) => `e${index} as ${JSON.stringify(name)}`);
      const declared = ['v=import.meta.run()', 'm=v.m', ...values].join();
      const exported = ['m as default', 'm as "module.exports"', ...exports].join();
      return {
        source: `const ${declared};export{${exported}}`,
        meta: realm.enter('commonJsMeta', module.url, JSON.stringify(names)),
      };
    },
  };

  /** Gives the realm what an ES module exports. @returns why that cannot be, with a code of Node.js's */
  function requireModule(url: string): string | undefined {
    const module = graph.moduleAt(url);
    if (module === undefined || module.type === 'json' || module.commonJs !== null) {
      throw new BridgeError('TypeError', 'This is no module that can be required');
    }
    try {
      errors.beginImport();
      realm.compileModule(url);
      for (const { url: part } of graph.closureOf(module)) {
        const state = realm.stateOf(part);
        if (state === 'evaluating') {
          return `ERR_REQUIRE_CYCLE_MODULE Cannot require ES module ${part} in a cycle`;
        }
        if (state === 'awaiting') {
          return `ERR_REQUIRE_ASYNC_MODULE ES module ${part} awaits at top level: load it by import()`;
        }
      }
      realm.enter('provideModule', realm.evaluateInside(facadeOf(module)), false);
    } catch (error) {
      if (!(error instanceof GuestThrow)) throw error;
      realm.enter('provideModule', error.handle, true);
    }
    return undefined;
  }

  /** ES modules that CommonJS modules require. */
  function requiredModules(): Set<string> {
    const urls = new Set<string>();
    for (const { commonJs } of commonJsModules()) {
      for (const request of commonJs?.requires ?? []) {
        const required = graph.required(request);
        if (required instanceof ImportFailure || required.type === 'json') continue;
        if (required.commonJs === null) urls.add(required.url);
      }
    }
    return urls;
  }
}

/** `default` and `module.exports` are the whole of it. */
function isExportable(name: string): boolean {
  return name !== 'default' && name !== 'module.exports' && name.isWellFormed();
}

/** An ES module of what `require` gives for another one: `__esModule` is as compilers write it. */
function facadeOf({ url, javascript }: SourceModule): string {
  const names = new Set(exportedNames(javascript.text));
  const from = JSON.stringify(url);
  if (names.has('module.exports')) return `export * as m from ${from}`;
  if (!names.has('default')) return `export * as n from ${from}`;
  const mark = names.has('__esModule') ? '' : 'export const __esModule=true;';
  return `export * from ${from};export{default}from ${from};${mark}`;
}

function failureTarget({ details, errorName }: ImportFailure): RequireTarget {
  const { cause, causeCode, rule } = details;
  return {
    kind: 'failure',
    cause: String(cause),
    causeCode: typeof causeCode === 'string' ? causeCode : null,
    rule: typeof rule === 'string' ? rule : null,
    isSyntax: errorName === 'SyntaxError',
  };
}

function folderOf(url: string): string {
  return URL.parse('.', url)?.href.replace(/\/$/, '') ?? url;
}
