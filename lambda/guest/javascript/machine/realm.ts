/**
 * A realm that is pristine at the start of every run: a machine, the image laid over its memory,
 * and the functions through which the host drives the guest.
 */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { BridgeValue } from '../bridge/bridge.ts';
import { decodeText } from '../bridge/text.ts';
import { GuestThrow } from './guest-throw.ts';
import { heapBytes, layImage, type MemoryImage, restoreImage } from './image.ts';
import { createInstance, type Instance } from './instance.ts';
import { OutOfMemory } from './library.ts';
import { hostImporter } from './module-loader.ts';
import { installModules, type ModuleHost } from './module-machine.ts';
import { toGuest } from './values.ts';

/** The prelude's file names begin with it, so that its stack frames can be left out. */
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
  'moduleMeta',
  'jsonMeta',
  'importAttributes',
  'importFailure',
  'recordMatches',
] as const;
type EntryPoint = (typeof entryPoints)[number];

/** QuickJS's evaluation flags: a module, or a script that may await at top level. */
const EVAL_MODULE = 1;
const EVAL_ASYNC_SCRIPT = 128;

/** A machine whose memory grew past this is replaced, as the memory never shrinks. */
const KEEP_MEMORY_BYTES = 48 * 1024 * 1024;

interface RealmHost extends ModuleHost {
  call(operation: string, args: BridgeValue[]): BridgeValue;
  interrupt(): boolean;
}

export interface Realm {
  /** Serves the guest of the current run. */
  host: RealmHost;
  readonly rejections: Instance['rejections']['unhandled'];
  readonly memoryDenied: boolean;
  /** Starts a run: bounds its memory. */
  open(memoryLimitBytes: number): void;
  /** Evaluates a script. @returns a promise, to be given to `trackScript` */
  evaluateScript(code: string, fileName: string): QuickJSHandle;
  /** Evaluates a module that the host has, and all that it imports. @returns what to give to `trackModule` */
  evaluateModule(url: string): QuickJSHandle;
  /** Lets a step of a dynamic import run. */
  continueImport(step: () => void): void;
  /** Calls a function of the prelude. */
  enter(name: EntryPoint, ...args: (QuickJSHandle | BridgeValue)[]): QuickJSHandle;
  /** Runs promise jobs until none is left. */
  runJobs(): void;
  text(handle: QuickJSHandle): string;
  /** Size of the linear memory: it grows as guests need, and never shrinks. */
  readonly memoryBytes: number;
  /** Peak of the heap in this run. */
  heapBytes(): number;
  /** Ends a run. @returns whether the realm is pristine again; if not, build another one */
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
  const idle: RealmHost = {
    call: () => undefined,
    interrupt: () => true,
    resolveModule: (_importer, specifier) => specifier,
    loadModule: () => ({ source: '', meta: null }),
    moduleFailed: () => {},
    importModule: () => {},
  };
  const instance = await createInstance(wasm, maxMemoryBytes, {
    call: (operation, args) => realm.host.call(operation, args),
    interrupt: () => realm.host.interrupt(),
  });
  const { context, raw, fault } = instance;
  const rejections = instance.rejections.unhandled;
  if (String(raw.addresses) !== String(image.addresses)) {
    throw new Error('The machine is not laid out as the one that the realm image was taken of.');
  }
  if (image.layout.heapStart + image.heap.length > instance.memory.buffer.byteLength) {
    throw new Error('The realm image is larger than the memory of a new machine.');
  }
  installModules(
    instance,
    image.layout,
    {
      resolveModule: (importer, specifier) => realm.host.resolveModule(importer, specifier),
      loadModule: (url) => realm.host.loadModule(url),
      moduleFailed: (url, error) => realm.host.moduleFailed(url, error),
      importModule: (request) => realm.host.importModule(request),
    },
    (attributes) => {
      if (context.sameValue(attributes, context.undefined)) return new Map();
      const json = realm.text(realm.enter('importAttributes', attributes));
      return new Map(Object.entries<string>(JSON.parse(json)));
    },
  );
  layImage(instance, image);
  const handles = new Map(
    entryPoints.map((name) => [name, raw.handleAt(image.handles[name] ?? 0)]),
  );

  /** Guest code runs only in here: what fails on the host's side leaves the machine unusable. */
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
    rejections,
    get memoryDenied() {
      return instance.memoryDenied;
    },
    open(memoryLimitBytes) {
      instance.memoryLimitBytes = memoryLimitBytes;
      instance.memoryDenied = false;
    },
    evaluateScript: (code, fileName) => evaluate(code, fileName, EVAL_ASYNC_SCRIPT),
    evaluateModule: (url) =>
      evaluate(`export * as default from ${JSON.stringify(url)}`, hostImporter, EVAL_MODULE),
    continueImport: guarded,
    enter: (name, ...args) =>
      guarded(() => {
        const entry = handles.get(name);
        if (entry === undefined) throw new Error(`The prelude has no ${name}.`);
        return raw.call(entry, args.map(toHandle));
      }),
    runJobs: () => guarded(raw.runJobs),
    text: (handle) => decodeText(raw.textOf(handle)),
    get memoryBytes() {
      return instance.memory.buffer.byteLength;
    },
    heapBytes: () => heapBytes(instance, image.layout),
    reset() {
      realm.host = idle;
      if (rejections.size > 0) rejections.clear();
      if (broken || fault.noted) return false;
      if (instance.memory.buffer.byteLength > KEEP_MEMORY_BYTES) return false;
      return restoreImage(instance, image);
    },
  };
  return realm;

  function evaluate(code: string, fileName: string, flags: number): QuickJSHandle {
    return guarded(() => {
      const result = context.evalCode(code, fileName, flags);
      if (result.error) throw new GuestThrow(result.error);
      return result.value;
    });
  }

  function toHandle(value: QuickJSHandle | BridgeValue): QuickJSHandle {
    return typeof value === 'object' && value !== null && 'dispose' in value
      ? value
      : toGuest(context, raw, value);
  }
}
