/**
 * A realm that is pristine at the start of every run: a machine, the image laid over its memory,
 * and the functions through which the host drives the guest.
 */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { BridgeValue } from '../bridge/bridge.ts';
import { decodeText } from '../bridge/text.ts';
import { GuestThrow } from './guest-throw.ts';
import { createInstance, type Instance } from './instance.ts';
import { OutOfMemory } from './library.ts';
import type { CodeImage } from './memory/code-image.ts';
import { heapBytes, type MemoryImage } from './memory/image.ts';
import { PristineMemory } from './memory/pristine-memory.ts';
import { hostImporter } from './module-loader.ts';
import { installModules, type ModuleHost } from './module-machine.ts';
import type { ModuleStates } from './module-states.ts';
import { OutsideWatch } from './outside-watch.ts';
import { pointerOf } from './raw-machine.ts';
import { toGuest } from './values.ts';

/** The prelude's file names begin with it, so that its stack frames can be left out. */
export const preludeScheme = 'engine:';
/** What the prelude gives to the host; see `prelude/main.ts`. */
export const entryPoints = [
  'begin',
  'shield',
  'isShielded',
  'unshield',
  'trackScript',
  'trackModule',
  'describe',
  'poll',
  'fireTimer',
  'settle',
  'reportRejection',
  'moduleMeta',
  'jsonMeta',
  'setPositions',
  'importAttributes',
  'importFailure',
  'recordMatches',
  'defineCommonJs',
  'defineJson',
  'commonJsMeta',
  'provideModule',
] as const;
type EntryPoint = (typeof entryPoints)[number];

/** QuickJS's evaluation flags: a script, a module, or a script that may await at top level. */
const EVAL_SCRIPT = 0;
const EVAL_MODULE = 1;
const EVAL_ASYNC_SCRIPT = 128;
const COMPILE_ONLY = 32;

/** What QuickJS lets pass in a script that may await, although it is a name there at best. */
const functionAwait = /\basync\s+function\s*\*?\s*await\b/;
/** What may be the name `await`. */
const awaitAsName = /\bawait\b|\\u/;

/** A machine whose memory grew this much past its image is replaced, as the memory never shrinks. */
const KEEP_MEMORY_BYTES = 48 * 1024 * 1024;

interface RealmHost extends ModuleHost {
  call(operation: string, args: BridgeValue[]): BridgeValue;
  /** Whether what an operation answers depends on its arguments alone. */
  isPure(operation: string): boolean;
  interrupt(): boolean;
}

/** A script in the memory of a machine. */
export interface CompiledScript {
  readonly pointer: number;
  /** `await` is a name in it. */
  readonly isPlain: boolean;
}

export interface Realm {
  /** Serves the guest of the current run. */
  host: RealmHost;
  readonly rejections: Instance['rejections'];
  readonly memoryDenied: boolean;
  /** The image that the memory was last put back to; `null`: that of a realm that has run nothing. */
  readonly laid: CodeImage | null;
  /** Starts a run: bounds its memory. */
  open(memoryLimitBytes: number): void;
  /**
   * Makes the realm pristine, or what an image of it was taken of.
   * @returns whether that is done; where not, the machine must not be used
   */
  lay(image: CodeImage | null): boolean;
  /**
   * Takes an image of the realm.
   * @param over an image that nobody needs any more, to be written over
   * @returns `null` where that is not sound
   */
  capture(over?: CodeImage | null): CodeImage | null;
  /** Compiles a script, which any machine has whose memory has been put back to an image taken after it. */
  compileScript(code: string, fileName: string): CompiledScript;
  /** Evaluates a script that has been compiled. @returns what to give to `trackScript` */
  evaluateScript(compiled: CompiledScript): QuickJSHandle;
  /** The value of a script that awaits nothing. */
  evaluatePlain(code: string, fileName: string): QuickJSHandle;
  /** Compiles a script and drops it. @throws {GuestThrow} it does not parse */
  requireParsable(code: string, fileName: string): void;
  /** How far a module is. */
  stateOf(url: string): ReturnType<ModuleStates['of']>;
  /**
   * Evaluates a module while a script runs, which can catch what it throws.
   * @returns its namespace
   * @throws {GuestThrow}
   */
  evaluateInside(code: string): QuickJSHandle;
  /** Compiles a module that the host has, and all that it imports, unless that has been done. */
  compileModule(url: string): void;
  /** Evaluates a module that the host has, and all that it imports. @returns what to give to `trackModule` */
  evaluateModule(url: string): QuickJSHandle;
  /**
   * Evaluates a module of the host before the code that imports it.
   * @returns whether that has touched nothing outside of the realm (a function of the host, the clock, a
   *   random number), and has left nothing to do
   */
  evaluateWatched(url: string): boolean;
  /** A value at an address that an image preserves. */
  valueAt(pointer: number): QuickJSHandle;
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

/** Serves nobody. */
const idle: RealmHost = {
  call: () => undefined,
  isPure: () => false,
  interrupt: () => true,
  resolveModule: (_importer, specifier) => specifier,
  loadModule: () => ({ source: '', meta: null }),
  moduleFailed: () => {},
  importModule: () => {},
};

/**
 * @param wasm the machine's binary; `image` was made from the same
 * @param maxMemoryBytes the most memory that any run may be given
 */
export async function createRealm(
  wasm: WebAssembly.Module,
  image: MemoryImage,
  maxMemoryBytes: number,
): Promise<Realm> {
  const watch = new OutsideWatch(image.layout.randomAddress);
  const instance = await createInstance(wasm, maxMemoryBytes, {
    call(operation, args) {
      if (!realm.host.isPure(operation)) watch.touch();
      return realm.host.call(operation, args);
    },
    interrupt: () => realm.host.interrupt(),
    onClock: () => watch.touch(),
  });
  const { context, raw, fault } = instance;
  const { rejections } = instance;
  requireFit(instance, image);
  const states = installModules(instance, image.layout, moduleHost(), (attributes) => {
    if (context.sameValue(attributes, context.undefined)) return new Map();
    const json = realm.text(realm.enter('importAttributes', attributes));
    return new Map(Object.entries<string>(JSON.parse(json)));
  });
  const pristine = new PristineMemory(instance, image);
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
    get laid() {
      return pristine.laid;
    },
    open(memoryLimitBytes) {
      instance.memoryLimitBytes = memoryLimitBytes;
      instance.memoryDenied = false;
    },
    lay(target) {
      if (rejections.size > 0) rejections.clear();
      states.laid(target);
      return !broken && !fault.noted && pristine.restore(target);
    },
    capture(over) {
      const isSound = !broken && !fault.noted && rejections.size === 0;
      const taken = isSound ? pristine.capture(over) : null;
      if (taken !== null) states.captured(taken);
      return taken;
    },
    stateOf: (url) => states.of(url),
    evaluateInside: (code) => withoutOwn(instance, () => evaluate(code, hostImporter, EVAL_MODULE)),
    compileScript(code, fileName) {
      if (functionAwait.test(code)) return compile(code, fileName, true);
      try {
        return compile(code, fileName, false);
      } catch (error) {
        if (!(error instanceof GuestThrow && awaitAsName.test(code))) throw error;
        try {
          return compile(code, fileName, true);
        } catch {
          // It is wrong as both: the script that awaits is what its author knows.
          throw error;
        }
      }
    },
    evaluateScript({ pointer, isPlain }) {
      const value = guarded(() => raw.evaluate(pointer));
      if (!isPlain) return value;
      const evaluated = context.newObject();
      context.defineProp(evaluated, 'value', { value, enumerable: true, configurable: true });
      return evaluated;
    },
    evaluatePlain: (code, fileName) => evaluate(code, fileName, EVAL_SCRIPT),
    requireParsable(code, fileName) {
      compile(code, fileName, true);
    },
    compileModule(url) {
      evaluate(`import ${JSON.stringify(url)}`, hostImporter, EVAL_MODULE | COMPILE_ONLY);
    },
    evaluateModule: (url) =>
      evaluate(`export * as default from ${JSON.stringify(url)}`, hostImporter, EVAL_MODULE),
    evaluateWatched,
    valueAt: (pointer) => raw.handleAt(pointer),
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
      const { laid } = pristine;
      const keptBytes = KEEP_MEMORY_BYTES + (laid?.memoryBytes ?? 0);
      return instance.memory.buffer.byteLength <= keptBytes && realm.lay(laid);
    },
  };
  return realm;

  function compile(code: string, fileName: string, isPlain: boolean): CompiledScript {
    const flags = isPlain ? EVAL_SCRIPT : EVAL_ASYNC_SCRIPT;
    return { pointer: pointerOf(evaluate(code, fileName, flags | COMPILE_ONLY)), isPlain };
  }

  function evaluateWatched(url: string): boolean {
    watch.start(instance);
    try {
      const result = evaluate(`import ${JSON.stringify(url)}`, hostImporter, EVAL_MODULE);
      const isPending = context.getPromiseState(result).type === 'pending';
      return !(isPending || raw.hasJobs() || rejections.size > 0 || watch.touched);
    } finally {
      watch.stop();
    }
  }

  function moduleHost(): ModuleHost {
    return {
      resolveModule: (importer, specifier) => realm.host.resolveModule(importer, specifier),
      loadModule: (url) => realm.host.loadModule(url),
      moduleFailed: (url, error) => realm.host.moduleFailed(url, error),
      importModule: (request) => realm.host.importModule(request),
    };
  }

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

/** What an evaluation throws QuickJS also rejects promises of its own with, which no script can handle. */
function withoutOwn<Result>({ raw, rejections }: Instance, evaluate: () => Result): Result {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof GuestThrow)) throw error;
    const thrown = raw.valueAt(pointerOf(error.handle));
    for (const [promise, { reason }] of rejections) {
      if (raw.valueAt(pointerOf(reason)) === thrown) rejections.delete(promise);
    }
    throw error;
  }
}

/** @throws {Error} where the image is not one of such a machine */
function requireFit({ raw, memory }: Instance, image: MemoryImage): void {
  if (String(raw.addresses) !== String(image.addresses)) {
    throw new Error('The machine is not laid out as the one that the realm image was taken of.');
  }
  if (image.layout.heapStart + image.heap.length > memory.buffer.byteLength) {
    throw new Error('The realm image is larger than the memory of a new machine.');
  }
}
