/**
 * How a run ends: the host gets a result as JSON, an error as a record. The guest serializes both,
 * within its own deadline and memory, because that calls getters, `toJSON` and proxies of the script.
 */

import { type PollText, pollText } from '../../bridge/poll.ts';
import { isStackOverflow } from '../core/internal-error.ts';
import {
  defineProperty,
  functionToString,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  setHas,
  slice,
} from '../core/intrinsics.ts';
import { writeJson } from '../core/json.ts';
import { toJson } from '../language/raw-json.ts';
import { describeError, type ErrorRecord } from './error-record.ts';

/** The outcome so far. */
type Outcome =
  | { readonly state: 'pending' }
  | { readonly state: 'value'; readonly value: unknown }
  | { readonly state: 'error'; readonly error: ErrorRecord };

interface EvaluatedScript {
  readonly value: unknown;
}

/** Its `default` is the namespace of the script's module. */
interface EvaluatedModule {
  readonly default: object;
}

interface Outcomes {
  /** Waits for a script. */
  trackScript(
    evaluation: EvaluatedScript | Promise<EvaluatedScript>,
    entrypoint: string | undefined,
  ): void;
  /** Waits for a module: the evaluation is a promise where a module awaits at top level. */
  trackModule(
    evaluation: EvaluatedModule | Promise<EvaluatedModule>,
    entrypoint: string | undefined,
    isCommonJs: boolean,
  ): void;
  /** Whether the run has failed: then it is over, even with pending work. */
  failed(): boolean;
  /** How the run ends if nothing more can happen. */
  conclude(maxResultLength: number): PollText;
}

const PromiseClass = Promise;
const promisePrototype = Promise.prototype;

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Identifiers by their form, which no script can declare. */
const literals = new Set(['this', 'null', 'true', 'false', 'undefined', 'NaN', 'Infinity']);

/** They have another value in each run. */
const requestGlobals = new Set(['input', 'args', 'env', 'stdin']);

/** The globals before any script, by name: values, or getters. */
function builtInGlobals(): ReadonlyMap<string, unknown> {
  return new Map(
    Object.getOwnPropertyNames(globalThis).map((name) => {
      const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
      return [name, descriptor?.get ?? descriptor?.value];
    }),
  );
}

/** Classes of the realm: they want `new`, as `Map` and `URL` do, and `Date` and `String` do not. */
const builtInClasses = new Set<unknown>();

function noteClasses(builtIns: ReadonlyMap<string, unknown>): void {
  for (const value of builtIns.values()) {
    if (typeof value !== 'function') continue;
    if (getOwnPropertyDescriptor(value, 'prototype')?.writable !== false) continue;
    try {
      value(0);
    } catch {
      builtInClasses.add(value);
    }
  }
}

/** A class cannot be called: it is a value like any other. */
function isCallable(value: unknown): value is (given: unknown) => unknown {
  if (typeof value !== 'function') return false;
  // That of a class can never be another one.
  const prototype = getOwnPropertyDescriptor(value, 'prototype');
  if (prototype === undefined || prototype.writable === true) return true;
  return slice(functionToString(value), 0, 5) !== 'class' && !setHas(builtInClasses, value);
}

/** @param input the value of the global `input` at the time of the call */
export function createOutcomes(input: () => unknown): Outcomes {
  const builtIns = builtInGlobals();
  noteClasses(builtIns);
  // Captured here: a script may replace it.
  // biome-ignore lint/security/noGlobalEval: runs in the guest, to find a global that a script declares
  const evaluate = globalThis.eval;
  let outcome: Outcome = { state: 'pending' };

  /**
   * Uses `await` only: a script may replace `then`, and see which `constructor` an `await` reads.
   * @param callsResult whether a result that is a function is called
   */
  async function follow<Evaluated>(
    evaluation: Evaluated | Promise<Evaluated>,
    resultOf: (evaluated: Evaluated) => unknown,
    callsResult: boolean,
  ): Promise<void> {
    try {
      if (getPrototypeOf(evaluation as object) === promisePrototype) {
        // A script may give properties to the prototype of all objects.
        defineProperty(evaluation, 'constructor', {
          __proto__: null,
          value: PromiseClass,
        } as PropertyDescriptor);
      }
      let value = await resultOf(await evaluation);
      if (callsResult && isCallable(value)) value = await callExport(value);
      outcome = { state: 'value', value };
    } catch (reason) {
      outcome = { state: 'error', error: describeError(reason) };
    }
  }

  function failure(error: ErrorRecord): PollText {
    return pollText.error(writeJson(error));
  }

  function callExport(exported: unknown): unknown {
    return isCallable(exported) ? exported(input()) : exported;
  }

  /** Sets the outcome. @returns a promise that never settles */
  function notFound(name: string, available: string[]): Promise<never> {
    const there = available.length === 0 ? 'there are none' : `there are: ${available.join(', ')}`;
    outcome = {
      state: 'error',
      error: {
        code: 'ENTRYPOINT_NOT_FOUND',
        name: 'EntrypointNotFound',
        message: `The code has no "${name}" to call; ${there}`,
        stack: null,
        details: { available },
      },
    };
    return new Promise(() => {});
  }

  /** What an identifier stands for in the global scope; undefined for what is none. */
  function readGlobal(name: string): unknown {
    if (!identifier.test(name) || literals.has(name)) return undefined;
    try {
      return evaluate(`typeof ${name} === 'undefined' ? undefined : ${name}`);
    } catch {
      // A keyword, or a variable whose declaration was not reached.
      return undefined;
    }
  }

  /** Whether the script has made the global, and not this realm. */
  function isOwnGlobal(name: string): boolean {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined || requestGlobals.has(name)) return false;
    return !builtIns.has(name) || builtIns.get(name) !== (descriptor.get ?? descriptor.value);
  }

  /** Whether the script has declared it: `let`, `const` and `class` make no property. */
  function isDeclared(name: string, value: unknown): boolean {
    return !(name in globalThis) || value !== Reflect.get(globalThis, name) || isOwnGlobal(name);
  }

  function fromScript(entrypoint: string): unknown {
    const value = readGlobal(entrypoint);
    if (value !== undefined && isDeclared(entrypoint, value)) return callExport(value);
    return notFound(entrypoint, Object.keys(globalThis).filter(isOwnGlobal));
  }

  function fromModule(namespace: object, entrypoint: string | undefined): unknown {
    const exports = namespace as Record<string, unknown>;
    if (entrypoint === undefined) {
      const { default: main, handler } = exports;
      return callExport(!isCallable(main) && isCallable(handler) ? handler : main);
    }
    if (!Object.hasOwn(exports, entrypoint)) return notFound(entrypoint, Object.keys(exports));
    return callExport(exports[entrypoint]);
  }

  /** @param exports `module.exports`, which is its default, too */
  function fromCommonJs(exports: unknown, entrypoint: string | undefined): unknown {
    const members = Object(exports) as Record<string, unknown>;
    if (entrypoint === undefined) {
      const { handler } = members;
      return callExport(!isCallable(exports) && isCallable(handler) ? handler : exports);
    }
    if (Object.hasOwn(members, entrypoint)) return callExport(members[entrypoint]);
    if (entrypoint === 'default') return callExport(exports);
    return notFound(entrypoint, Object.keys(members));
  }

  return {
    trackScript(evaluation, entrypoint) {
      const isWhole = entrypoint === undefined;
      void follow(evaluation, ({ value }) => (isWhole ? value : fromScript(entrypoint)), isWhole);
    },
    trackModule(evaluation, entrypoint, isCommonJs) {
      const resultOf = ({ default: namespace }: EvaluatedModule): unknown =>
        isCommonJs
          ? fromCommonJs((namespace as { default?: unknown }).default, entrypoint)
          : fromModule(namespace, entrypoint);
      void follow(evaluation, resultOf, false);
    },
    failed: () => outcome.state === 'error',
    conclude(maxResultLength) {
      if (outcome.state === 'pending') return pollText.stuck();
      if (outcome.state === 'error') return failure(outcome.error);
      const { value } = outcome;
      let json: string | undefined;
      try {
        // By `+`: for a template QuickJS calls `String.prototype.concat`, which a script may replace.
        json = typeof value === 'bigint' ? '"' + value + '"' : toJson(value);
      } catch (error) {
        const record = describeError(error);
        // A limit of the run, as anywhere.
        if (isStackOverflow(error)) return failure(record);
        const message = `The result cannot be JSON: ${record.message}`;
        return failure({ ...record, code: 'RESULT_NOT_SERIALIZABLE', message });
      }
      if (json === undefined) return pollText.result('null');
      if (json.length <= maxResultLength) return pollText.result(json);
      const message = `The result's JSON is longer than ${maxResultLength} bytes`;
      return failure({
        code: 'RESULT_TOO_LARGE',
        name: 'ResultTooLarge',
        message,
        stack: null,
        details: null,
      });
    },
  };
}
