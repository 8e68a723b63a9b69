/** CommonJS modules: `require`, and what each module is called with, as in Node.js. */

import type { RequireTarget, RequireTargets } from '../../bridge/require-targets.ts';
import { decodeText } from '../../bridge/text.ts';
import { currentFrames } from '../console/inspect/errors.ts';
import type { Prelude } from '../core/host.ts';
import {
  apply,
  create,
  defineProperty,
  ErrorClass,
  exec,
  get,
  hasOwn,
  indexOf,
  objectKeys,
  parse,
  SyntaxErrorClass,
  slice,
  TypeErrorClass,
  toText,
} from '../core/intrinsics.ts';
import { markFailure } from './modules.ts';

type Factory = (...args: unknown[]) => unknown;

/** What can be required, by URL. */
interface Unit {
  readonly url: string;
  readonly folder: string;
  /** A CommonJS module; undefined where it does not parse, or is JSON. */
  readonly factory: Factory | undefined;
  /** Why it does not parse. */
  readonly fault: unknown;
  readonly json: string | undefined;
  readonly targets: RequireTargets;
  readonly isMain: boolean;
}

interface Module {
  id: string;
  path: string;
  exports: unknown;
  filename: string;
  loaded: boolean;
  children: Module[];
  paths: string[];
}

interface ProvidedModule {
  readonly value: unknown;
  readonly hasFailed: boolean;
}

interface CommonJs {
  /**
   * @param factory absent where the module does not parse: then `fault` is thrown where it is required
   * @param targets `RequireTargets` as JSON
   */
  defineCommonJs(
    url: string,
    folder: string,
    factory: Factory | undefined,
    targets: string,
    isMain: boolean,
    fault: unknown,
  ): void;
  defineJson(url: string, folder: string, json: string): void;
  /**
   * `import.meta` of the ES module that stands for a CommonJS module.
   * @param names that it exports besides `default`, as JSON
   */
  commonJsMeta(url: string, names: string): object;
  /** What a required ES module gives, or has thrown. */
  provideModule(value: unknown, hasFailed: boolean): void;
}

export function createCommonJs({ host }: Pick<Prelude, 'host'>): CommonJs {
  const units = create(null) as Record<string, Unit>;
  /** What scripts see as `require.cache`. */
  const cache = create(null) as Record<string, Module>;
  const namespaces = create(null) as Record<string, ProvidedModule>;
  let main: Module | undefined;
  let provided: ProvidedModule | undefined;

  function execute(unit: Unit, parent: Module | undefined): Module {
    const { url, folder } = unit;
    const module = newModule(unit, parent);
    if (unit.isMain) main = module;
    cache[url] = module;
    try {
      if (unit.json !== undefined) module.exports = parse(unit.json);
      else if (unit.factory === undefined) throw unit.fault;
      else {
        const require = newRequire(unit, module);
        const { exports } = module;
        apply(unit.factory, exports, [exports, require, module, url, folder]);
      }
    } catch (error) {
      delete cache[url];
      throw error;
    }
    module.loaded = true;
    return module;
  }

  function newModule({ url, folder, isMain }: Unit, parent: Module | undefined): Module {
    const module: Module = {
      id: isMain ? '.' : url,
      path: folder,
      exports: {},
      filename: url,
      loaded: false,
      children: [],
      paths: [],
    };
    hide(module, 'parent', parent);
    if (parent !== undefined) parent.children[parent.children.length] = module;
    return module;
  }

  function newRequire(unit: Unit, module: Module): Factory {
    const require = function require(id: unknown): unknown {
      return load(unit, module, specifierOf(id, 'id'));
    };
    hide(module, 'require', require);
    const members = {
      resolve: function resolve(request: unknown): unknown {
        const specifier = specifierOf(request, 'request');
        const target = targetOf(unit, specifier);
        if (target === undefined) return host.call('module.resolve', specifier, unit.url);
        if (target.kind === 'failure') throw failure(unit, specifier, target);
        return target.url;
      },
      main,
      cache,
    };
    const names = objectKeys(members);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      defineProperty(require, name, {
        __proto__: null,
        value: get(members, name),
        writable: true,
        enumerable: true,
        configurable: true,
      } as PropertyDescriptor);
    }
    return require;
  }

  function load(unit: Unit, parent: Module, specifier: string): unknown {
    const target = targetOf(unit, specifier) ?? computed;
    if (target.kind === 'failure') throw failure(unit, specifier, target);
    const { url } = target;
    const cached = cache[url];
    if (cached !== undefined) return cached.exports;
    if (target.kind === 'module') return loadModule(url);
    return execute(units[url] as Unit, parent).exports;
  }

  function loadModule(url: string): unknown {
    const known = namespaces[url];
    if (known !== undefined) return outcomeOf(known);
    provided = undefined;
    const refusal = host.call('module.require', url);
    if (typeof refusal === 'string') {
      const space = indexOf(refusal, ' ');
      throw withCode(new ErrorClass(slice(refusal, space + 1)), slice(refusal, 0, space));
    }
    // The call above has set it.
    const loaded = provided as unknown as ProvidedModule;
    namespaces[url] = loaded;
    return outcomeOf(loaded);
  }

  return {
    defineCommonJs(url, folder, factory, targets, isMain, fault) {
      const table = parse(decodeText(targets)) as RequireTargets;
      units[url] = { url, folder, factory, fault, json: undefined, targets: table, isMain };
    },
    defineJson(url, folder, text) {
      const json = decodeText(text);
      const none: RequireTargets = {};
      units[url] = {
        url,
        folder,
        factory: undefined,
        fault: undefined,
        json,
        targets: none,
        isMain: false,
      };
    },
    commonJsMeta(url, names) {
      const exported = parse(decodeText(names)) as string[];
      const run = (): object => {
        const known = cache[url];
        if (known !== undefined && !known.loaded) {
          throw withCode(
            new ErrorClass('Cannot import CommonJS module ' + url + ' in a cycle'),
            'ERR_REQUIRE_CYCLE_MODULE',
          );
        }
        const { exports } = known ?? execute(units[url] as Unit, undefined);
        return exportsByIndex(exports, exported);
      };
      return { __proto__: null, run };
    },
    provideModule(namespace, hasFailed) {
      provided = { value: hasFailed ? namespace : requiredOf(namespace as object), hasFailed };
    },
  };
}

/** What a call of `require` finds under a name that stands in no call of it. */
const computed: RequireTarget = {
  kind: 'failure',
  cause:
    'a name that is computed when the code runs cannot be loaded: write it as a literal, or use import()',
  causeCode: null,
  rule: null,
};

function targetOf({ targets }: Unit, specifier: string): RequireTarget | undefined {
  return hasOwn(targets, specifier) ? targets[specifier] : undefined;
}

/** What `require` gives for an ES module, by the namespace of the host's facade of it. */
function requiredOf(facade: object): unknown {
  if (hasOwn(facade, 'default')) return facade;
  if (hasOwn(facade, 'm')) return get(get(facade, 'm') as object, 'module.exports');
  return get(facade, 'n');
}

/** As `import` sees what a CommonJS module exports: `default` is `m`, the others are numbered. */
function exportsByIndex(exports: unknown, names: readonly string[]): object {
  const values: Record<PropertyKey, unknown> = { __proto__: null, m: exports };
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) {
    return values;
  }
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (!hasOwn(exports, name)) continue;
    try {
      values[i] = get(exports, name);
    } catch {
      // As in Node.js, a getter that throws gives undefined.
    }
  }
  return values;
}

function outcomeOf({ value, hasFailed }: ProvidedModule): unknown {
  if (hasFailed) throw value;
  return value;
}

function specifierOf(value: unknown, parameter: string): string {
  if (typeof value !== 'string') {
    throw withCode(
      new TypeErrorClass(
        'The "' + parameter + '" argument must be of type string. Received ' + received(value),
      ),
      'ERR_INVALID_ARG_TYPE',
    );
  }
  if (value !== '') return value;
  throw withCode(
    new TypeErrorClass("The argument '" + parameter + "' must be a non-empty string. Received ''"),
    'ERR_INVALID_ARG_VALUE',
  );
}

function received(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  if (value === null || value === undefined) return toText(value);
  return 'type ' + typeof value + ' (' + toText(value) + ')';
}

const firstPlace = /(?:\(|at )([^\s()]+:\d+:\d+)\)?(?:\n|$)/;

/** The error of a call of `require`, with its place. */
function failure(
  unit: Unit,
  specifier: string,
  { cause, causeCode, rule, isSyntax }: RequireTarget & { readonly kind: 'failure' },
): Error {
  const place = exec(firstPlace, currentFrames())?.[1] ?? unit.url;
  const message = 'Cannot require "' + specifier + '" (' + place + '): ' + cause;
  const error = isSyntax === true ? new SyntaxErrorClass(message) : new ErrorClass(message);
  withCode(error, 'MODULE_NOT_FOUND');
  const details = { specifier, importer: unit.url, cause, causeCode, rule };
  markFailure(error, { code: 'IMPORT_FAILED', message, details });
  return error;
}

/** An error has a `code` in Node.js. */
function withCode(error: Error, code: string): Error {
  defineProperty(error, 'code', {
    __proto__: null,
    value: code,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
  return error;
}

function hide(target: object, name: string, value: unknown): void {
  defineProperty(target, name, {
    __proto__: null,
    value,
    writable: true,
    configurable: true,
  } as PropertyDescriptor);
}
