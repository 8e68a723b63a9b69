/**
 * A realm that is pristine at the start of every run: a machine, the image laid over its memory,
 * and the functions through which the host drives the guest.
 */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { BridgeValue } from './bridge.ts';
import { heapBytes, type MemoryImage, restoreImage } from './image.ts';
import { createInstance, type Instance, OutOfMemory } from './instance.ts';
import { decodeText } from './text.ts';

/** How file names of the prelude begin, by which its stack frames are told from the script's. */
export const preludeScheme = 'engine:';
/** What the prelude gives to the host; see `prelude/main.ts`. */
export const entryPoints = [
  'begin',
  'trackScript',
  'trackModule',
  'describe',
  'poll',
  'fireTimer',
  'settle',
] as const;
export type EntryPoint = (typeof entryPoints)[number];

/** QuickJS's evaluation flags: a module, or a script that may await at top level. */
const EVAL_MODULE = 1;
const EVAL_ASYNC_SCRIPT = 128;

/** Memory that grew past this is given back by building a new machine. */
const KEEP_MEMORY_BYTES = 48 * 1024 * 1024;

/** What the guest threw. */
export class GuestThrow {
  readonly handle: QuickJSHandle;
  constructor(handle: QuickJSHandle) {
    this.handle = handle;
  }
}

export interface RealmHost {
  call(operation: string, args: BridgeValue[]): BridgeValue;
  interrupt(): boolean;
}

export interface Realm {
  /** Who serves the guest of the current run. */
  host: RealmHost;
  readonly rejections: Instance['rejections'];
  readonly memoryDenied: boolean;
  /** Starts a run: bounds its memory. */
  open(memoryLimitBytes: number): void;
  /** Evaluates code; the value is to be given to `trackScript` or `trackModule`. */
  evaluate(code: string, fileName: string, kind: 'script' | 'module'): QuickJSHandle;
  /** Calls a function of the prelude. */
  enter(name: EntryPoint, ...args: (QuickJSHandle | BridgeValue)[]): QuickJSHandle;
  /** Runs promise jobs until none is left. */
  runJobs(): void;
  text(handle: QuickJSHandle): string;
  setModuleLoader(
    load: (url: string) => string | Error,
    resolve: (base: string, specifier: string) => string | Error,
  ): void;
  /** What the machine holds: it grows as a guest needs it to, and never shrinks. */
  readonly memoryBytes: number;
  /** Peak of the heap in this run. */
  heapBytes(): number;
  /** Ends a run. @returns whether the realm is as good as new; else build another one */
  reset(): boolean;
}

/**
 * @param wasm the machine's binary; `image` was made from the same
 * @param maxMemoryBytes the most memory that any run may be given
 */
export async function createRealm(
  wasm: WebAssembly.Module,
  image: MemoryImage,
  maxMemoryBytes: number,
): Promise<Realm> {
  const idle: RealmHost = { call: () => undefined, interrupt: () => true };
  const instance = await createInstance(wasm, maxMemoryBytes, {
    call: (operation, args) => realm.host.call(operation, args),
    interrupt: () => realm.host.interrupt(),
  });
  const { context, runtime } = instance;
  if (String(instance.addresses) !== String(image.addresses)) {
    throw new Error('The machine is not laid out as the one that the realm image was taken of.');
  }
  if (image.layout.heapStart + image.heap.length > instance.memory.buffer.byteLength) {
    throw new Error('The realm image is larger than the memory of a new machine.');
  }
  restoreImage(instance, image);
  const handles = new Map(
    entryPoints.map((name) => [name, instance.handleAt(image.handles[name] ?? 0)]),
  );

  let hasLoader = false;
  /** Guest code runs only in here: a WebAssembly trap leaves the machine unusable. */
  let broken = false;
  function guarded<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof GuestThrow || error instanceof OutOfMemory)) broken = true;
      throw error;
    }
  }

  const realm: Realm = {
    host: idle,
    rejections: instance.rejections,
    get memoryDenied() {
      return instance.memoryDenied;
    },
    open(memoryLimitBytes) {
      instance.memoryLimitBytes = memoryLimitBytes;
      instance.memoryDenied = false;
    },
    evaluate: (code, fileName, kind) =>
      guarded(() => {
        if (!instance.hasRoom(Buffer.byteLength(code) + 1)) throw new OutOfMemory();
        const flags = kind === 'module' ? EVAL_MODULE : EVAL_ASYNC_SCRIPT;
        const result = context.evalCode(code, fileName, flags);
        if (result.error) throw new GuestThrow(result.error);
        return result.value;
      }),
    enter: (name, ...args) =>
      guarded(() => {
        const entry = handles.get(name);
        if (entry === undefined) throw new Error(`The prelude has no ${name}.`);
        const result = context.callFunction(entry, context.undefined, args.map(toHandle));
        if (result.error) throw new GuestThrow(result.error);
        return result.value;
      }),
    runJobs: () =>
      guarded(() => {
        const result = runtime.executePendingJobs();
        if (result.error) throw new GuestThrow(result.error);
      }),
    text: (handle) => decodeText(context.getString(handle)),
    setModuleLoader(load, resolve) {
      runtime.setModuleLoader(
        (url) => asResult(load(url)),
        (base, specifier) => asResult(resolve(base, specifier)),
      );
      hasLoader = true;
    },
    get memoryBytes() {
      return instance.memory.buffer.byteLength;
    },
    heapBytes: () => heapBytes(instance, image.layout),
    reset() {
      realm.host = idle;
      instance.rejections.clear();
      if (broken || instance.memory.buffer.byteLength > KEEP_MEMORY_BYTES) return false;
      if (hasLoader) refuseImports();
      restoreImage(instance, image);
      return true;
    },
  };
  refuseImports();
  return realm;

  /** A loader knows what its run has imported. */
  function refuseImports(): void {
    realm.setModuleLoader(refuseImport, refuseImport);
    hasLoader = false;
  }

  function toHandle(value: QuickJSHandle | BridgeValue): QuickJSHandle {
    return typeof value === 'object' && value !== null && 'dispose' in value
      ? value
      : instance.toGuest(value);
  }
}

function refuseImport(): Error {
  return new Error('Nothing can be imported here');
}

function asResult(value: string | Error): string | { error: Error } {
  return typeof value === 'string' ? value : { error: value };
}
