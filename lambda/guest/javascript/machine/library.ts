/**
 * quickjs-emscripten's functions, guarded by name. The library takes any address that they answer, be it
 * 0 for want of memory, and writes there. Here 0 is {@link OutOfMemory}, before the library sees it.
 */

import type { QuickJSSyncVariant } from 'quickjs-emscripten-core';
import type { Fault } from './fault.ts';
import type { WrittenMap } from './memory/written-map.ts';
import { EXCEPTION_TAG, tagReader } from './tags.ts';

/** The guest's heap has no room for what the host wants to put there. */
export class OutOfMemory extends Error {
  constructor() {
    super('The guest is out of memory.');
    this.name = 'OutOfMemory';
  }
}

/** quickjs-emscripten's module, as far as it is used here. */
export type LibraryModule = Record<string, unknown>;
type LibraryFunction = (
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  i: number,
) => number;

/**
 * What a function answers:
 *
 * - `value`: the address of a new value of QuickJS, and no exception
 * - `outcome`: the address of a new value, or of QuickJS's exception
 * - `address`: an address
 * - `plain`: anything, or nothing
 * - `exception`: the address of the exception that an outcome is, or 0 where it is none
 * - `unsafe`: must not be called: it writes through addresses that may be 0, or past what it allocated
 */
type Answer = 'value' | 'outcome' | 'address' | 'plain' | 'exception' | 'unsafe';

const answers: { readonly [name: string]: Answer } = {
  _malloc: 'address',
  _free: 'plain',
  _QTS_Throw: 'outcome',
  _QTS_NewError: 'value',
  _QTS_RuntimeSetMemoryLimit: 'plain',
  _QTS_RuntimeComputeMemoryUsage: 'unsafe',
  _QTS_RuntimeDumpMemoryUsage: 'unsafe',
  _QTS_RecoverableLeakCheck: 'plain',
  _QTS_BuildIsSanitizeLeak: 'plain',
  _QTS_RuntimeSetMaxStackSize: 'plain',
  _QTS_GetUndefined: 'address',
  _QTS_GetNull: 'address',
  _QTS_GetFalse: 'address',
  _QTS_GetTrue: 'address',
  _QTS_NewHostRef: 'value',
  _QTS_GetHostRefId: 'plain',
  _QTS_NewRuntime: 'address',
  _QTS_FreeRuntime: 'plain',
  _QTS_NewContext: 'address',
  _QTS_FreeContext: 'plain',
  _QTS_FreeValuePointer: 'plain',
  _QTS_FreeValuePointerRuntime: 'plain',
  _QTS_FreeVoidPointer: 'plain',
  _QTS_FreeCString: 'plain',
  _QTS_DupValuePointer: 'value',
  _QTS_NewObject: 'value',
  _QTS_NewObjectProto: 'value',
  _QTS_NewArray: 'value',
  _QTS_NewArrayBuffer: 'value',
  _QTS_NewFloat64: 'value',
  _QTS_GetFloat64: 'plain',
  _QTS_NewString: 'value',
  _QTS_GetString: 'address',
  // 0 for what is no buffer, too.
  _QTS_GetArrayBuffer: 'plain',
  _QTS_GetArrayBufferLength: 'plain',
  _QTS_NewSymbol: 'value',
  _QTS_GetSymbolDescriptionOrKey: 'address',
  _QTS_IsGlobalSymbol: 'plain',
  _QTS_IsJobPending: 'plain',
  _QTS_ExecutePendingJob: 'outcome',
  _QTS_GetProp: 'outcome',
  _QTS_GetPropNumber: 'outcome',
  _QTS_SetProp: 'plain',
  _QTS_DefineProp: 'plain',
  _QTS_GetOwnPropertyNames: 'unsafe',
  _QTS_Call: 'outcome',
  _QTS_ResolveException: 'exception',
  _QTS_Dump: 'address',
  _QTS_Eval: 'outcome',
  _QTS_GetModuleNamespace: 'value',
  _QTS_Typeof: 'address',
  _QTS_GetLength: 'unsafe',
  _QTS_IsEqual: 'plain',
  _QTS_GetGlobalObject: 'value',
  _QTS_NewPromiseCapability: 'unsafe',
  _QTS_PromiseState: 'plain',
  _QTS_PromiseResult: 'value',
  _QTS_TestStringArg: 'plain',
  _QTS_GetDebugLogEnabled: 'plain',
  _QTS_SetDebugLogEnabled: 'plain',
  _QTS_BuildIsDebug: 'plain',
  _QTS_BuildIsAsyncify: 'plain',
  _QTS_NewFunction: 'value',
  _QTS_ArgvGetJSValueConstPointer: 'address',
  _QTS_RuntimeEnableInterruptHandler: 'plain',
  _QTS_RuntimeDisableInterruptHandler: 'plain',
  _QTS_RuntimeEnableModuleLoader: 'plain',
  _QTS_RuntimeDisableModuleLoader: 'plain',
  _QTS_bjson_encode: 'value',
  _QTS_bjson_decode: 'value',
};

type ModuleLoader = Extract<
  Awaited<ReturnType<QuickJSSyncVariant['importModuleLoader']>>,
  (...args: never[]) => unknown
>;

/** What the functions work on. */
export interface Surroundings {
  readonly memory: WebAssembly.Memory;
  readonly written: WrittenMap;
  readonly fault: Fault;
  /** The guest reads the clock. */
  onClock(): void;
  /** What to throw where the guest's heap has no room; notes it. */
  outOfMemory(): OutOfMemory;
}

/** The same variant, its functions guarded before anything of the library has seen them. */
export function guardedVariant(
  variant: QuickJSSyncVariant,
  surroundings: Surroundings,
): QuickJSSyncVariant {
  return {
    ...variant,
    async importModuleLoader() {
      // The loader itself: the other form is for a variant as a package has it.
      const load = (await variant.importModuleLoader()) as ModuleLoader;
      return async (options) => {
        const module = await load(options);
        // Emscripten's module has its functions as properties, which its type does not list.
        guardFunctions(module as unknown as LibraryModule, surroundings);
        return module;
      };
    },
  };
}

/** @throws {Error} where the library has a function that nobody has judged */
function guardFunctions(module: LibraryModule, surroundings: Surroundings): void {
  for (const [name, value] of Object.entries(module)) {
    if (!name.startsWith('_') || typeof value !== 'function') continue;
    const answer = answers[name];
    if (answer === undefined) throw new Error(`quickjs-emscripten has an unknown ${name}.`);
    module[name] = guarded(value as LibraryFunction, name, answer, surroundings);
  }
  module._malloc = marking(module._malloc as (bytes: number) => number, surroundings);
}

/** What the host allocates it is about to write to. */
function marking(
  malloc: (bytes: number) => number,
  { written }: Surroundings,
): (bytes: number) => number {
  return (bytes) => {
    const address = malloc(bytes);
    written.mark(address, bytes);
    return address;
  };
}

/** Nothing enters a machine that is half done, and what is thrown out of one leaves it so. */
function guarded(
  call: LibraryFunction,
  name: string,
  answer: Answer,
  { memory, fault, outOfMemory }: Surroundings,
): LibraryFunction {
  if (answer === 'unsafe') {
    return () => {
      throw new Error(`${name} of quickjs-emscripten is not safe.`);
    };
  }
  const tagAt = tagReader(memory);
  const lacksMemory = (address: number, second: number): boolean => {
    if (answer === 'exception') return address === 0 && tagAt(second) === EXCEPTION_TAG;
    return address === 0 || (answer === 'value' && tagAt(address) === EXCEPTION_TAG);
  };
  const isPlain = answer === 'plain';
  // No function has more parameters, and a list of arguments would cost a small run 1 %.
  return (a, b, c, d, e, f, g, h, i) => {
    if (fault.noted) fault.rethrow();
    let address: number;
    try {
      address = call(a, b, c, d, e, f, g, h, i);
    } catch (thrown) {
      throw fault.note(thrown);
    }
    if (isPlain || !lacksMemory(address, b)) return address;
    throw outOfMemory();
  };
}
