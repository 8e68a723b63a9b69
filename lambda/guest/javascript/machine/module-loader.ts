/** Static imports: QuickJS asks the host for each module, and the module gets its `import.meta`. */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { GuestThrow } from './guest-throw.ts';
import type { Instance } from './instance.ts';
import type { ModuleLayout } from './memory/image.ts';
import type { ModuleStates } from './module-states.ts';
import { replaceFunction } from './native-function.ts';
import { pointerOf } from './raw-machine.ts';

/** The file name under which the host itself imports: its specifiers are URLs of known modules. */
export const hostImporter = 'engine:import';

/** What its functions throw is a fault, but for a {@link GuestThrow} of `loadModule`. */
export interface ModuleLoaderHost {
  /** The URL of a module that a static import names. */
  resolveModule(importer: string, specifier: string): string;
  /** Called once for each module that QuickJS reaches, during the import that needs it. */
  loadModule(url: string): ModuleText;
  /**
   * A module could not be compiled. Called before QuickJS throws the same error where the module
   * is imported.
   */
  moduleFailed(url: string, error: QuickJSHandle): void;
}

interface ModuleText {
  readonly source: string;
  /** The module's `import.meta`, which the module then owns; an empty object where it has none. */
  readonly meta: QuickJSHandle | null;
}

type ModuleLoader = (context: number, name: number, opaque: number) => number;

export function installLoader(
  { runtime, raw, fault }: Instance,
  layout: ModuleLayout,
  host: ModuleLoaderHost,
  states: ModuleStates,
): void {
  const metas = new Map<string, QuickJSHandle>();

  // The library's own answers make errors of the guest of whatever fails in them.
  runtime.setModuleLoader(notCalled, notCalled);
  raw.callbacks.normalizeModule = (_asyncify, _runtime, _context, importer, specifier) =>
    fault.guard(() =>
      raw.newText(importer === hostImporter ? specifier : host.resolveModule(importer, specifier)),
    );
  raw.callbacks.loadModuleSource = (_asyncify, _runtime, _context, url) =>
    fault.guard(() => {
      try {
        const { source, meta } = host.loadModule(url);
        if (meta !== null) metas.set(url, meta);
        return raw.newText(source);
      } catch (error) {
        if (!(error instanceof GuestThrow)) throw error;
        raw.release(raw.throwValue(error.handle));
        return 0;
      }
    });

  replaceFunction<ModuleLoader>(raw.table, layout.moduleLoader, 3, 'i32', (load) => {
    return (contextAddress, name, opaque) =>
      fault.guard(() => {
        const address = load(contextAddress, name, opaque);
        const url = raw.textAt(name);
        const meta = metas.get(url);
        metas.delete(url);
        if (address !== 0) states.compiled(url, address);
        if (address === 0) {
          const exception = raw.takeException();
          host.moduleFailed(url, exception);
          raw.release(raw.throwValue(exception));
        } else if (meta !== undefined) {
          raw.setValue(address + layout.metaOffset, raw.valueAt(pointerOf(meta)));
        }
        return address;
      });
  });
}

function notCalled(): never {
  throw new Error('The module loader of quickjs-emscripten is not used.');
}
