/**
 * ES modules inside the machine, where QuickJS and quickjs-emscripten fall short: `import.meta` is
 * filled, and a dynamic import may wait for what it needs instead of having it at hand. It is done
 * by replacing two of QuickJS's functions in its function table; scripts stay as they are written.
 */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { GuestThrow } from './guest-throw.ts';
import type { ModuleLayout } from './image.ts';
import { type Instance, OutOfMemory, pointerOf } from './instance.ts';
import { nativeFunction } from './native-function.ts';

/** The file name under which the host itself imports: its specifiers are URLs of known modules. */
export const hostImporter = 'engine:import';

/** Who finds the modules of the current run. */
export interface ModuleHost {
  /** The URL of a module that has been asked for by a static import. */
  resolveModule(importer: string, specifier: string): string;
  /** Called once for each module that QuickJS comes upon, within the import that needs it. */
  loadModule(url: string): ModuleText;
  /** A module could not be compiled. Called before the import that needed it fails by the same. */
  moduleFailed(url: string, error: QuickJSHandle): void;
  /** A dynamic import; called between two jobs. */
  importModule(request: DynamicImport): void;
}

export interface ModuleText {
  readonly source: string;
  /** The module's `import.meta`, which the module then owns; an empty object where it has none. */
  readonly meta: QuickJSHandle | null;
}

export interface DynamicImport {
  /** File name of the importing code; may be of no known module. */
  readonly importer: string;
  readonly specifier: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Evaluates a module, unless it has been, and settles the guest's promise accordingly. */
  proceed(url: string): void;
  reject(error: QuickJSHandle): void;
}

/** What a job of QuickJS is given: `resolve`, `reject`, importer, specifier, attributes. */
const JOB_ARGUMENTS = 5;
const VALUE_BYTES = 8;

type ImportJob = (context: number, count: number, values: number) => bigint;
type ModuleLoader = (context: number, name: number, opaque: number) => number;

/** Makes the machine ask the host for modules. */
export function installModules(instance: Instance, layout: ModuleLayout, host: ModuleHost): void {
  const { context, runtime, memory, raw } = instance;
  const metas = new Map<string, QuickJSHandle>();

  runtime.setModuleLoader(
    (url) => {
      try {
        const { source, meta } = host.loadModule(url);
        if (!instance.hasRoom(Buffer.byteLength(source) + 1)) throw new OutOfMemory();
        if (meta !== null) metas.set(url, meta);
        return source;
      } catch (error) {
        if (error instanceof GuestThrow) return { error: error.handle };
        if (!(error instanceof OutOfMemory)) throw error;
        return { error: { name: 'InternalError', message: 'out of memory' } };
      }
    },
    (importer, specifier) =>
      importer === hostImporter ? specifier : host.resolveModule(importer, specifier),
  );

  replace<ModuleLoader>(layout.moduleLoader, ['i32', 'i32', 'i32'], 'i32', (load) => {
    return (contextAddress, name, opaque) => {
      const address = load(contextAddress, name, opaque);
      const url = cString(name);
      const meta = metas.get(url);
      metas.delete(url);
      if (address === 0) {
        const exception = raw.takeException();
        host.moduleFailed(url, exception);
        raw.throwAgain(exception);
      } else if (meta !== undefined) {
        copyValue(pointerOf(meta), address + layout.metaOffset);
      }
      return address;
    };
  });

  replace<ImportJob>(layout.importJob, ['i32', 'i32', 'i32'], 'i64', (load) => {
    return (contextAddress, count, values) => {
      const kept = Array.from({ length: JOB_ARGUMENTS }, (_, index) =>
        raw.keepAt(values + index * VALUE_BYTES),
      );
      const [resolve, reject, importer, specifier, attributes] = kept;
      if (!resolve || !reject || !importer || !specifier || !attributes) {
        throw new Error('An import of QuickJS is not made up as expected.');
      }
      host.importModule({
        importer: context.getString(importer),
        specifier: context.getString(specifier),
        attributes: attributesOf(attributes),
        proceed(url) {
          const given = [resolve, reject, text(hostImporter), text(url), context.undefined];
          const block = raw.allocate(JOB_ARGUMENTS * VALUE_BYTES);
          given.forEach((handle, index) => {
            copyValue(pointerOf(handle), block + index * VALUE_BYTES);
          });
          withoutStrays(() => load(contextAddress, count, block));
          raw.release(block);
        },
        reject(error) {
          context.unwrapResult(context.callFunction(reject, context.undefined, error));
        },
      });
      return valueAt(pointerOf(context.undefined));
    };
  });

  function replace<Native extends (...args: number[]) => number | bigint>(
    index: number,
    params: readonly 'i32'[],
    result: 'i32' | 'i64',
    wrap: (original: Native) => Native,
  ): void {
    // The layout says that a function of this type is there.
    const implementation = wrap(raw.table.get(index) as Native);
    const guarded = (...args: number[]): number | bigint => {
      try {
        return implementation(...args);
      } catch (cause) {
        // Whatever it is, it leaves QuickJS's functions half done: the machine is lost.
        throw new Error('A module could not be handled within QuickJS.', { cause });
      }
    };
    raw.table.set(index, nativeFunction(params, [result], guarded));
  }

  /**
   * A module that throws at once leaves a promise of QuickJS's own rejected, which nobody can handle,
   * besides the one that tells the importer.
   */
  function withoutStrays(evaluate: () => void): void {
    const { rejections } = instance;
    const before = new Set(rejections.keys());
    instance.handledReason = null;
    evaluate();
    if (instance.handledReason === null) return;
    const told = valueAt(pointerOf(instance.handledReason));
    for (const [promise, { reason }] of rejections) {
      if (!before.has(promise) && valueAt(pointerOf(reason)) === told) rejections.delete(promise);
    }
  }

  function valueAt(pointer: number): bigint {
    return new DataView(memory.buffer).getBigInt64(pointer, true);
  }

  function text(value: string): QuickJSHandle {
    return instance.toGuest(value);
  }

  function copyValue(from: number, to: number): void {
    raw.setValue(to, valueAt(from));
  }

  function cString(pointer: number): string {
    const bytes = Buffer.from(memory.buffer);
    return bytes.toString('utf8', pointer, bytes.indexOf(0, pointer));
  }

  /** An object that QuickJS has made of strings alone, or undefined. */
  function attributesOf(handle: QuickJSHandle): ReadonlyMap<string, string> {
    if (context.typeof(handle) !== 'object') return new Map();
    const names = context.unwrapResult(
      context.getOwnPropertyNames(handle, { strings: true, onlyEnumerable: true }),
    );
    return new Map(
      [...names].map((name) => [
        context.getString(name),
        context.getString(context.getProp(handle, name)),
      ]),
    );
  }
}
