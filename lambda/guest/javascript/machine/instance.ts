/**
 * One QuickJS virtual machine: the WebAssembly instance, its capped linear memory, a runtime and a
 * context. Built by the very same steps every time, so that every build has the same pointers and
 * a memory image of one can be laid over another.
 */

// The core and the one variant that is used, rather than `quickjs-emscripten` itself, which would
// bring all four variants into the bundle.
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import { BridgeError, type BridgeValue } from '../bridge/bridge.ts';
import { decodeText, encodeText } from '../bridge/text.ts';
import { nativeFunction, tableExport } from './native-function.ts';
import { WrittenMap } from './written-map.ts';

const PAGE_BYTES = 65536;
/** What the binary asks for: its data, a C stack of 5 MiB, and the first heap pages. */
const INITIAL_PAGES = 256;
/** What the binary says is the most that it takes: 2 GiB. */
const MAX_PAGES = 32_768;
export const initialMemoryBytes: number = INITIAL_PAGES * PAGE_BYTES;
/**
 * QuickJS's own bound on its C stack. V8 needs about three times as much of the process's stack
 * for the same depth: the sandbox is started with a `--stack-size` to match.
 */
const MAX_STACK_BYTES = 1024 * 1024;

/** Emscripten puts nothing below this address. */
const UNUSED_LOW_BYTES = 1024;

/** What the machine asks of its surroundings. */
export interface InstanceHost {
  /** Serves a bridge call of the guest. */
  call(operation: string, args: BridgeValue[]): BridgeValue;
  /** Whether to stop the guest now; asked every few thousand operations. */
  interrupt(): boolean;
}

export interface Instance {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  readonly memory: WebAssembly.Memory;
  readonly written: WrittenMap;
  /** Where the runtime and the context are: the same in every build of the same steps. */
  readonly addresses: readonly [runtime: number, context: number];
  /** Offset in memory of the pointer to the rejection tracker. */
  readonly trackerAddress: number;
  /** Rejected promises that nobody handles yet, and their reasons, by address of the promise. */
  readonly rejections: Map<bigint, { promise: QuickJSHandle; reason: QuickJSHandle }>;
  /** The reason of the promise that was handled last, after it had been rejected. */
  handledReason: QuickJSHandle | null;
  /** Most bytes that the memory may grow to; growth beyond fails inside the guest. */
  memoryLimitBytes: number;
  /** The guest was denied memory since this was last set to `false`. */
  memoryDenied: boolean;
  /**
   * Code of the machine was left by an exception, a trap for one: its stack is not unwound, and the
   * map of writes not complete. It is not to be used again.
   */
  readonly faulted: boolean;
  /** The value that QuickJS keeps at a pointer, for values whose pointers an image preserves. */
  handleAt(pointer: number): QuickJSHandle;
  /**
   * A copy of the value inside the machine.
   * @throws {OutOfMemory} the guest has no room for it
   */
  toGuest(value: BridgeValue): QuickJSHandle;
  /** Whether the guest has room for so many bytes more. */
  hasRoom(bytes: number): boolean;
  /** What is below quickjs-emscripten, for what it has no function for. */
  readonly raw: RawMachine;
}

export interface RawMachine {
  /** QuickJS's functions, by the numbers that are its function pointers. */
  readonly table: WebAssembly.Table;
  /**
   * The address of so many bytes, to be given to `release`.
   * @throws {OutOfMemory} the guest has no room for them
   */
  allocate(bytes: number): number;
  release(pointer: number): void;
  /** Writes a C `JSValue`. */
  setValue(pointer: number, value: bigint): void;
  /** Another reference to the value that stands in memory at a pointer. */
  keepAt(pointer: number): QuickJSHandle;
  /** The exception that a C function has thrown, which is then no longer pending. */
  takeException(): QuickJSHandle;
  /** Makes a value the pending exception of the C function that the host returns to. */
  throwAgain(exception: QuickJSHandle): void;
}

/** The machine has no room for what the host was to put there. */
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

/**
 * @param wasm quickjs-emscripten's binary with its function table exported
 * @param maxMemoryBytes the most that the memory can ever grow to
 */
export async function createInstance(
  wasm: WebAssembly.Module,
  maxMemoryBytes: number,
  host: InstanceHost,
): Promise<Instance> {
  const memory = new WebAssembly.Memory({
    initial: INITIAL_PAGES,
    maximum: Math.min(Math.max(INITIAL_PAGES, Math.floor(maxMemoryBytes / PAGE_BYTES)), MAX_PAGES),
  });
  const written = new WrittenMap(memory);
  let faulted = false;
  const onFault = (): void => {
    faulted = true;
  };
  let table: WebAssembly.Table | undefined;
  const quickjs = await newQuickJSWASMModuleFromVariant(
    // Its declaration is the one of a CommonJS module, with the variant a level deeper.
    newVariant(variant as unknown as QuickJSSyncVariant, {
      wasmMemory: memory,
      emscriptenModule: {
        // Emscripten copies the program's name to the C heap: its length must not move anything.
        ...{ thisProgram: 'quickjs' },
        instantiateWasm(imports, onSuccess) {
          const machine = new WebAssembly.Instance(wasm, marking(imports, written));
          table = machine.exports[tableExport] as WebAssembly.Table;
          const exports = mapValues(machine.exports, (exported) =>
            typeof exported === 'function' ? reporting(exported, onFault) : exported,
          );
          onSuccess({ exports });
          return exports;
        },
      },
    }),
  );
  if (table === undefined) throw new Error('QuickJS was not instantiated.');
  const runtime = quickjs.newRuntime();
  const context = runtime.newContext();
  const internals = context as unknown as Internals;
  const { module } = internals;
  const allocate = module._malloc;
  // What the host allocates it is about to write to.
  module._malloc = (bytes) => {
    const pointer = allocate(bytes);
    if (pointer !== 0) written.mark(pointer, bytes);
    return pointer;
  };
  runtime.setMaxStackSize(MAX_STACK_BYTES);
  const trackerAddress = setInterruptHandler(runtime, memory, internals.rt.value, () =>
    host.interrupt(),
  );
  const instance: Instance = {
    runtime,
    context,
    memory,
    written,
    addresses: [internals.rt.value, internals.ctx.value],
    trackerAddress,
    rejections: new Map(),
    handledReason: null,
    memoryLimitBytes: maxMemoryBytes,
    memoryDenied: false,
    get faulted() {
      return faulted;
    },
    handleAt: (pointer) => internals.memory.heapValueHandle(pointer),
    toGuest: (value) => toGuest(instance, value),
    hasRoom,
    raw: rawMachine(internals, memory, table, written),
  };
  trackRejections(instance);
  capGrowth(instance);
  // Globals that the prelude takes away before any script sees them.
  context.setProp(context.global, '__host', bridgeFunction(instance, host));
  context.setProp(context.global, '__promiseState', promiseStateFunction(context));
  return instance;

  /** To be asked first: quickjs-emscripten copies to wherever `malloc` points, be it address 0. */
  function hasRoom(bytes: number): boolean {
    if (bytes <= UNUSED_LOW_BYTES) return true;
    const pointer = internals.module._malloc(bytes);
    if (pointer !== 0) internals.module._free(pointer);
    return pointer !== 0;
  }
}

/** More than any function of Emscripten's writes behind a pointer. */
const WRITTEN_BY_IMPORT_BYTES = 256;

/** Imported functions write behind pointers that they are given, such as to a `struct tm`. */
function marking(imports: WebAssembly.Imports, written: WrittenMap): WebAssembly.Imports {
  const marked = (imported: WebAssembly.ImportValue): WebAssembly.ImportValue =>
    typeof imported === 'function'
      ? (...args: readonly never[]): unknown => {
          for (const arg of args) {
            if (typeof arg === 'number') written.mark(arg >>> 0, WRITTEN_BY_IMPORT_BYTES);
          }
          return imported(...args);
        }
      : imported;
  return mapValues(imports, (module) => mapValues(module, marked));
}

/** Whoever calls it may go on as if nothing had happened: quickjs-emscripten makes guest errors of all. */
function reporting(
  exported: (...args: never[]) => unknown,
  onFault: () => void,
): (...args: never[]) => unknown {
  return (...args) => {
    try {
      return exported(...args);
    } catch (fault) {
      onFault();
      throw fault;
    }
  };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** QuickJS's `JS_EXCEPTION`: what a C function returns that has thrown. */
const EXCEPTION = 6n << 32n;

function rawMachine(
  internals: Internals,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  written: WrittenMap,
): RawMachine {
  const { ffi, module } = internals;
  const context = internals.ctx.value;
  const raw: RawMachine = {
    table,
    allocate(bytes) {
      const pointer = module._malloc(bytes);
      if (pointer === 0) throw new OutOfMemory();
      return pointer;
    },
    release: (pointer) => module._free(pointer),
    setValue(pointer, value) {
      new DataView(memory.buffer).setBigInt64(pointer, value, true);
      written.mark(pointer, 8);
    },
    keepAt: (pointer) =>
      internals.memory.heapValueHandle(ffi.QTS_DupValuePointer(context, pointer)),
    takeException() {
      const cell = raw.allocate(8);
      raw.setValue(cell, EXCEPTION);
      const exception = ffi.QTS_ResolveException(context, cell);
      raw.release(cell);
      return internals.memory.heapValueHandle(exception);
    },
    throwAgain: (exception) => raw.release(ffi.QTS_Throw(context, exception.value)),
  };
  return raw;
}

/** QuickJS's address of a value, for {@link Instance.handleAt}. */
export function pointerOf(handle: QuickJSHandle): number {
  return handle.value;
}

function bridgeFunction(instance: Instance, host: InstanceHost): QuickJSHandle {
  const { context } = instance;
  const error = (name: string, text: string) => {
    const message = encodeText(text);
    if (instance.hasRoom(textBytes(message))) return { error: context.newError({ name, message }) };
    return { error: context.newError({ name: 'InternalError', message: 'out of memory' }) };
  };
  return context.newFunction('host', (name, ...handles) => {
    try {
      const args = handles.map((handle) => toHost(context, handle));
      const value = host.call(name === undefined ? '' : context.getString(name), args);
      return instance.toGuest(value);
    } catch (thrown) {
      if (thrown instanceof BridgeError) return error(thrown.name, thrown.message);
      if (thrown instanceof OutOfMemory) return error('InternalError', 'out of memory');
      throw thrown;
    }
  });
}

/** The state of a promise, which the language does not tell: `[state, value]`, for the console. */
function promiseStateFunction(context: QuickJSContext): QuickJSHandle {
  return context.newFunction('promiseState', (value) => {
    const state = context.getPromiseState(value);
    if (state.type === 'fulfilled' && state.notAPromise) return context.undefined;
    const told = context.newArray();
    context.setProp(told, 0, context.newString(state.type));
    if (state.type === 'fulfilled') context.setProp(told, 1, state.value);
    if (state.type === 'rejected') context.setProp(told, 1, state.error);
    return told;
  });
}

function toHost(context: QuickJSContext, handle: QuickJSHandle): BridgeValue {
  switch (context.typeof(handle)) {
    case 'string':
      return decodeText(context.getString(handle));
    case 'number':
      return context.getNumber(handle);
    case 'boolean':
      return context.sameValue(handle, context.true);
    case 'object': {
      if (context.sameValue(handle, context.null)) return null;
      const bytes = context.getArrayBuffer(handle);
      const copy = bytes.value.slice();
      bytes.dispose();
      return copy;
    }
    default:
      return undefined;
  }
}

function toGuest(instance: Instance, value: BridgeValue): QuickJSHandle {
  const { context } = instance;
  if (value === undefined) return context.undefined;
  if (value === null) return context.null;
  if (typeof value === 'string') {
    const text = encodeText(value);
    if (!instance.hasRoom(textBytes(text))) throw new OutOfMemory();
    return context.newString(text);
  }
  if (typeof value === 'number') return context.newNumber(value);
  if (typeof value === 'boolean') return value ? context.true : context.false;
  if (!instance.hasRoom(value.byteLength)) throw new OutOfMemory();
  const copy = new ArrayBuffer(value.byteLength);
  new Uint8Array(copy).set(value);
  return context.newArrayBuffer(copy);
}

/** What a text takes as a C string at most: three bytes of UTF-8 for a UTF-16 unit, and the NUL. */
function textBytes(text: string): number {
  return text.length * 3 + 1;
}

/**
 * Installs the interrupt handler and finds out where: the C struct of the runtime holds the
 * handler's function pointer, its argument, and next to them the rejection tracker's pointer.
 * @returns the address of the rejection tracker's pointer
 */
function setInterruptHandler(
  runtime: QuickJSRuntime,
  memory: WebAssembly.Memory,
  address: number,
  interrupt: () => boolean,
): number {
  const structBytes = 1024;
  const before = new Uint32Array(memory.buffer.slice(address, address + structBytes));
  runtime.setInterruptHandler(interrupt);
  const after = new Uint32Array(memory.buffer.slice(address, address + structBytes));
  const slot = after.findIndex((word, index) => word !== before[index]);
  if (slot < 0 || after[slot + 2] !== 0 || after[slot + 3] !== 0) {
    throw new Error('The QuickJS runtime is not laid out as expected.');
  }
  return address + (slot + 2) * 4;
}

function trackRejections(instance: Instance): void {
  const { memory, raw, rejections, trackerAddress } = instance;
  // A C `JSValue` that quickjs-emscripten can copy from.
  const cell = raw.allocate(8);
  const keep = (value: bigint): QuickJSHandle => {
    raw.setValue(cell, value);
    return raw.keepAt(cell);
  };
  const track = (_context: number, promise: bigint, reason: bigint, handled: number): void => {
    if (!handled) {
      rejections.set(promise, { promise: keep(promise), reason: keep(reason) });
      return;
    }
    instance.handledReason = rejections.get(promise)?.reason ?? null;
    rejections.delete(promise);
  };
  // QuickJS's `JSHostPromiseRejectionTracker`.
  const tracker = nativeFunction(['i32', 'i64', 'i64', 'i32', 'i32'], [], track);
  const index = raw.table.grow(1);
  raw.table.set(index, tracker);
  new DataView(memory.buffer).setUint32(trackerAddress, index, true);
}

/** Emscripten grows the heap by calling `grow` of the memory it was given. */
function capGrowth(instance: Instance): void {
  const { memory } = instance;
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > instance.memoryLimitBytes) {
      instance.memoryDenied = true;
      throw new RangeError('The guest is out of memory.');
    }
    // Emscripten asks for more than it needs first, and for less when that is denied.
    instance.memoryDenied = false;
    return WebAssembly.Memory.prototype.grow.call(memory, pages);
  };
}
