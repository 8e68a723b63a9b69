/** Errors of modules: QuickJS's own become ones that name the import that failed. */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { ErrorCode } from '../../contract/errors.ts';
import { firstFrame } from './errors/stack.ts';
import { syntaxMessage, unsupportedSyntax } from './errors/unsupported-syntax.ts';
import { GuestThrow } from './machine/guest-throw.ts';
import type { Realm } from './machine/realm.ts';
import type { ImportFailure } from './modules/import-failure.ts';
import type { ModuleGraph } from './modules/module-graph.ts';

type ErrorTexts = Pick<ImportFailure, 'message' | 'details' | 'frame'> &
  Partial<Pick<ImportFailure, 'errorName'>>;

export interface ModuleErrors {
  /** QuickJS begins to load what one import needs. */
  beginImport(): void;
  /** QuickJS has reached a module, and compiles it. */
  compiling(url: string): void;
  /** The module could not be compiled: see `ModuleLoaderHost`. */
  moduleFailed(url: string, error: QuickJSHandle): void;
  /** A CommonJS module could not be compiled. @returns whether it does not parse */
  commonJsFailed(url: string, error: QuickJSHandle): boolean;
  /** An error of the guest for an import that failed. */
  importError(failure: ErrorTexts): QuickJSHandle;
  /**
   * Explains why QuickJS could not link modules.
   * @param message of a `SyntaxError` without a stack
   */
  explainLinkage(message: string): ImportFailure | null;
}

/** @param codeUrl of the code itself, whose syntax errors are no failed imports */
export function createModuleErrors(
  realm: Realm,
  codeUrl: string,
  graph: ModuleGraph,
): ModuleErrors {
  /** Modules that QuickJS has reached in the current import. */
  let compiling: string[] = [];
  let failed = false;

  /**
   * Gives an error of the guest the code and the details that it has where it ends the run.
   * @param thrown what QuickJS has thrown; a new error is made where it is left out
   */
  function errorFor(
    code: ErrorCode,
    { message, details, frame, errorName = 'TypeError' }: ErrorTexts,
    thrown?: QuickJSHandle,
  ): QuickJSHandle {
    const json = JSON.stringify(details);
    return realm.enter('importFailure', thrown, code, message, json, frame, errorName);
  }

  function describe(error: QuickJSHandle): {
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

  /**
   * Marks the syntax error of a module.
   * @returns why an import of it fails; `null` where it is the code itself; false where it is no such error
   */
  function markSyntaxError(url: string, error: QuickJSHandle): ImportFailure | null | false {
    const { name, message, stack } = describe(error);
    if (name !== 'SyntaxError' || /(?:stack overflow|out of memory)$/.test(message)) return false;
    if (url === codeUrl) {
      errorFor('SYNTAX_ERROR', { message, details: {}, frame: null }, error);
      return null;
    }
    const position = firstFrame(stack, [url]);
    const at = position === null ? url : `${url}:${position.line}:${position.column}`;
    const text = graph.moduleAt(url)?.source ?? '';
    const unsupported = position === null ? null : unsupportedSyntax(text, position);
    const failure = graph.failureOf(url, {
      cause: `SyntaxError: ${syntaxMessage(message, unsupported)} (${at})`,
      causeCode: 'SYNTAX_ERROR',
      place: position === null ? null : { ...position, source: text },
    });
    errorFor('IMPORT_FAILED', failure, error);
    return failure;
  }

  return {
    beginImport() {
      compiling = [];
      failed = false;
    },
    compiling(url) {
      compiling.push(url);
    },
    moduleFailed(url, error) {
      if (failed) return;
      failed = true;
      const failure = markSyntaxError(url, error);
      if (failure) graph.condemn(compiling, failure);
    },
    commonJsFailed: (url, error) => markSyntaxError(url, error) !== false,
    importError: (failure) => errorFor('IMPORT_FAILED', failure),
    explainLinkage(message) {
      const [, name, url] = /\bexport '(.*)' in module '(.*?)'/.exec(message) ?? [];
      if (name === undefined || url === undefined) return null;
      return graph.linkFailure(url, name, linkageCause(message, name));
    },
  };
}

/** @param message QuickJS's own, of which there are three */
function linkageCause(message: string, name: string): string {
  if (message.endsWith('is ambiguous'))
    return `"${name}" is exported by several that it exports from`;
  if (message.startsWith('circular')) return `its export "${name}" leads back to itself`;
  return `it has no export "${name}"`;
}
