/**
 * What is below quickjs-emscripten's objects: the allocator, values by address, exceptions, jobs. All that
 * the host itself asks of QuickJS's heap goes through here, and nothing of it calls a script's code
 * but `call` and `runJobs`.
 */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { GuestThrow } from './guest-throw.ts';
import type { RegExpExports } from './imports/regexp-exports.ts';
import type { Evaluate } from './imports/source-exports.ts';
import type { Surroundings } from './library.ts';
import { EXCEPTION_TAG, VALUE_BYTES } from './tags.ts';

/** What the build exports besides quickjs-emscripten's own functions. */
export interface NativeExports {
  readonly table: WebAssembly.Table;
  /** `JS_EvalFunction`. */
  readonly evalFunction: (context: number, compiled: bigint) => bigint;
  readonly regExp: RegExpExports;
  readonly evaluate: Evaluate;
}

/** Where memory may run out, a function throws `OutOfMemory`: see `library.ts`. */
export interface RawMachine {
  /** QuickJS's functions, by the numbers that are its function pointers. */
  readonly table: WebAssembly.Table;
  /** Where the runtime and the context are: the same in every build of the same steps. */
  readonly addresses: readonly [runtime: number, context: number];
  /** quickjs-emscripten's answers to what QuickJS calls; replace them one by one. */
  readonly callbacks: LibraryCallbacks;
  /** The address of so many bytes, to be given to `release`. */
  allocate(bytes: number): number;
  release(pointer: number): void;
  /** Reads a C `JSValue`. */
  valueAt(pointer: number): bigint;
  /** Writes a C `JSValue`. */
  setValue(pointer: number, value: bigint): void;
  /** The value that QuickJS keeps at a pointer, for values whose pointers an image preserves. */
  handleAt(pointer: number): QuickJSHandle;
  /** Another reference to the value at a pointer. */
  duplicateAt(pointer: number): QuickJSHandle;
  /** Reads a C string, which ends at a NUL. */
  textAt(pointer: number): string;
  /** Reads a string of QuickJS as a C string. */
  textOf(handle: QuickJSHandle): string;
  /** The address of a new C string, which C code frees. */
  newText(text: string): number;
  /** Makes an `ArrayBuffer` of a copy. */
  newBuffer(bytes: Uint8Array): QuickJSHandle;
  /** A copy of an `ArrayBuffer`; null where the value is none, or has been transferred. */
  bytesOf(handle: QuickJSHandle): Uint8Array | null;
  /** Makes a function that calls back with a number, of at least 1: see `LibraryCallbacks`. */
  newFunction(name: string, id: number): QuickJSHandle;
  /**
   * Calls a function.
   * @throws {GuestThrow}
   */
  call(callee: QuickJSHandle, args: readonly QuickJSHandle[]): QuickJSHandle;
  /**
   * Runs promise jobs until none is left.
   * @throws {GuestThrow} where a job fails, which it does only where the guest is stopped
   */
  runJobs(): void;
  /** Whether a promise job is due. */
  hasJobs(): boolean;
  /**
   * Evaluates what has only been compiled.
   * @param pointer of the compiled function, which stays what it is
   * @throws {GuestThrow}
   */
  evaluate(pointer: number): QuickJSHandle;
  /** Takes the pending exception of a C function, which is then no longer pending. */
  takeException(): QuickJSHandle;
  /** Makes a value the pending exception. @returns what a C function that throws returns, by address */
  throwValue(exception: QuickJSHandle): number;
}

/** @see https://github.com/justjake/quickjs-emscripten/blob/main/c/interface.c */
export interface LibraryCallbacks {
  /** @returns the address of a value, which C code frees; 0 for `undefined` */
  callFunction: (
    asyncify: undefined,
    context: number,
    self: number,
    count: number,
    values: number,
    id: number,
  ) => number;
  /** A function of `newFunction` is no more. */
  freeHostRef: () => void;
  shouldInterrupt: () => 0 | 1;
  /** @returns the address of a C string, which C code frees; 0 where it has thrown */
  loadModuleSource: (asyncify: undefined, runtime: number, context: number, url: string) => number;
  /** @returns the address of a C string, which C code frees; never 0 */
  normalizeModule: (
    asyncify: undefined,
    runtime: number,
    context: number,
    importer: string,
    specifier: string,
  ) => number;
}

/** The parts of quickjs-emscripten's objects that its types keep private. */
interface Internals {
  readonly ctx: { readonly value: number };
  readonly rt: { readonly value: number };
  readonly ffi: {
    QTS_DupValuePointer(context: number, pointer: number): number;
    QTS_ExecutePendingJob(runtime: number, most: number, contextOut: number): number;
    QTS_GetArrayBuffer(context: number, pointer: number): number;
    QTS_GetArrayBufferLength(context: number, pointer: number): number;
    QTS_IsJobPending(runtime: number): number;
    QTS_NewArrayBuffer(context: number, bytes: number, length: number): number;
    QTS_NewFunction(
      context: number,
      name: string,
      length: number,
      isConstructor: boolean,
      id: number,
    ): number;
    QTS_ResolveException(context: number, pointer: number): number;
    QTS_Throw(context: number, pointer: number): number;
  };
  readonly memory: { heapValueHandle(pointer: number): QuickJSHandle };
  readonly module: {
    readonly callbacks: LibraryCallbacks;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
  };
}

/** QuickJS's `JS_EXCEPTION`. */
const EXCEPTION = BigInt(EXCEPTION_TAG) << 32n;

export function openRawMachine(
  context: QuickJSContext,
  { table, evalFunction }: Pick<NativeExports, 'table' | 'evalFunction'>,
  { memory, written, fault, outOfMemory }: Surroundings,
): RawMachine {
  const internals = context as unknown as Internals;
  const { ffi, module } = internals;
  const address = internals.ctx.value;
  const runtime = internals.rt.value;
  /** For a value or an address that a function of QuickJS reads or writes. */
  const cell = module._malloc(VALUE_BYTES);
  const raw: RawMachine = {
    table,
    addresses: [runtime, address],
    callbacks: module.callbacks,
    allocate: (bytes) => module._malloc(bytes),
    release: (pointer) => module._free(pointer),
    valueAt: (pointer) => new DataView(memory.buffer).getBigInt64(pointer, true),
    setValue(pointer, value) {
      new DataView(memory.buffer).setBigInt64(pointer, value, true);
      written.mark(pointer, VALUE_BYTES);
    },
    handleAt: (pointer) => internals.memory.heapValueHandle(pointer),
    duplicateAt: (pointer) => raw.handleAt(ffi.QTS_DupValuePointer(address, pointer)),
    textAt(pointer) {
      const bytes = Buffer.from(memory.buffer);
      return bytes.toString('utf8', pointer, bytes.indexOf(0, pointer));
    },
    textOf: (handle) => context.getString(handle),
    newText(text) {
      const bytes = module.lengthBytesUTF8(text) + 1;
      const pointer = module._malloc(bytes);
      module.stringToUTF8(text, pointer, bytes);
      return pointer;
    },
    newBuffer(bytes) {
      const pointer = module._malloc(bytes.length);
      new Uint8Array(memory.buffer).set(bytes, pointer);
      return raw.handleAt(ffi.QTS_NewArrayBuffer(address, pointer, bytes.length));
    },
    bytesOf(handle) {
      const value = pointerOf(handle);
      const pointer = ffi.QTS_GetArrayBuffer(address, value);
      if (pointer === 0) {
        // Either QuickJS has thrown, or there was no room for the copy that it makes.
        if (context.typeof(raw.takeException()) === 'object') return null;
        throw outOfMemory();
      }
      const length = ffi.QTS_GetArrayBufferLength(address, value);
      const bytes = new Uint8Array(memory.buffer).slice(pointer, pointer + length);
      raw.release(pointer);
      return bytes;
    },
    newFunction: (name, id) => raw.handleAt(ffi.QTS_NewFunction(address, name, 0, false, id)),
    call(callee, args) {
      const result = context.callFunction(callee, context.undefined, [...args]);
      if (result.error) throw new GuestThrow(result.error);
      return result.value;
    },
    runJobs() {
      if (!raw.hasJobs()) return;
      const outcome = raw.handleAt(ffi.QTS_ExecutePendingJob(runtime, -1, cell));
      // The number of jobs that ran, or what one has thrown.
      if (context.typeof(outcome) !== 'number') throw new GuestThrow(outcome);
      raw.release(pointerOf(outcome));
    },
    hasJobs: () => ffi.QTS_IsJobPending(runtime) !== 0,
    evaluate(pointer) {
      // QuickJS takes over the reference that it is given.
      const compiled = raw.valueAt(ffi.QTS_DupValuePointer(address, pointer));
      const value = fault.guard(() => evalFunction(address, compiled));
      if (Number(BigInt.asIntN(32, value >> 32n)) === EXCEPTION_TAG) {
        throw new GuestThrow(raw.takeException());
      }
      const result = module._malloc(VALUE_BYTES);
      raw.setValue(result, value);
      return raw.handleAt(result);
    },
    takeException() {
      raw.setValue(cell, EXCEPTION);
      return raw.handleAt(ffi.QTS_ResolveException(address, cell));
    },
    throwValue: (exception) => ffi.QTS_Throw(address, pointerOf(exception)),
  };
  return raw;
}

/** QuickJS's address of a value, for {@link RawMachine.handleAt}. */
export function pointerOf(handle: QuickJSHandle): number {
  return handle.value;
}
