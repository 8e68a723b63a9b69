/**
 * What is below quickjs-emscripten's objects: the allocator, values by address, exceptions. All that
 * the host itself asks of QuickJS's heap goes through here.
 */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import type { WrittenMap } from './written-map.ts';

export interface RawMachine {
  /** QuickJS's functions, by the numbers that are its function pointers. */
  readonly table: WebAssembly.Table;
  /** Where the runtime and the context are: the same in every build of the same steps. */
  readonly addresses: readonly [runtime: number, context: number];
  /**
   * The address of so many bytes, to be given to `release`.
   * @throws {OutOfMemory} the guest has no room for them
   */
  allocate(bytes: number): number;
  release(pointer: number): void;
  /**
   * Throws unless the guest has room for so many bytes more. Ask before quickjs-emscripten copies
   * anything to the heap: it writes to wherever `malloc` points, be it address 0.
   * @throws {OutOfMemory}
   */
  demandRoom(bytes: number): void;
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
  /** Takes the pending exception of a C function, which is then no longer pending. */
  takeException(): QuickJSHandle;
  /** Makes a value the pending exception of the C function that the host returns to. */
  throwAgain(exception: QuickJSHandle): void;
}

/** The guest's heap has no room for what the host wants to put there. */
export class OutOfMemory extends Error {
  constructor() {
    super('The guest is out of memory.');
    this.name = 'OutOfMemory';
  }
}

/** The parts of quickjs-emscripten's objects that its types keep private. */
interface Internals {
  readonly ctx: { readonly value: number };
  readonly rt: { readonly value: number };
  readonly ffi: {
    QTS_DupValuePointer(context: number, pointer: number): number;
    QTS_ResolveException(context: number, pointer: number): number;
    QTS_Throw(context: number, pointer: number): number;
  };
  readonly memory: { heapValueHandle(pointer: number): QuickJSHandle };
  readonly module: { _malloc: (bytes: number) => number; _free(pointer: number): void };
}

/** Emscripten puts nothing below this address. */
const UNUSED_LOW_BYTES = 1024;
/** QuickJS's `JS_EXCEPTION`: what a C function returns that has thrown. */
const EXCEPTION = 6n << 32n;
const VALUE_BYTES = 8;

/** Opens a machine, and has everything that is allocated for the host marked as written to. */
export function openRawMachine(
  context: QuickJSContext,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  written: WrittenMap,
): RawMachine {
  const internals = context as unknown as Internals;
  const { ffi, module } = internals;
  const address = internals.ctx.value;
  const malloc = module._malloc;
  // What the host allocates it is about to write to; quickjs-emscripten allocates by this name too.
  module._malloc = (bytes) => {
    const pointer = malloc(bytes);
    if (pointer !== 0) written.mark(pointer, bytes);
    return pointer;
  };
  const raw: RawMachine = {
    table,
    addresses: [internals.rt.value, address],
    allocate(bytes) {
      const pointer = module._malloc(bytes);
      if (pointer === 0) throw new OutOfMemory();
      return pointer;
    },
    release: (pointer) => module._free(pointer),
    demandRoom(bytes) {
      if (bytes > UNUSED_LOW_BYTES) raw.release(raw.allocate(bytes));
    },
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
    takeException() {
      const cell = raw.allocate(VALUE_BYTES);
      raw.setValue(cell, EXCEPTION);
      const exception = ffi.QTS_ResolveException(address, cell);
      raw.release(cell);
      return raw.handleAt(exception);
    },
    throwAgain: (exception) => raw.release(ffi.QTS_Throw(address, pointerOf(exception))),
  };
  return raw;
}

/** QuickJS's address of a value, for {@link RawMachine.handleAt}. */
export function pointerOf(handle: QuickJSHandle): number {
  return handle.value;
}
