/** Dynamic imports: the host downloads what one needs before QuickJS goes on with it. */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { Instance } from './instance.ts';
import type { ModuleLayout } from './memory/image.ts';
import { hostImporter } from './module-loader.ts';
import { replaceFunction } from './native-function.ts';
import { pointerOf } from './raw-machine.ts';
import { VALUE_BYTES } from './tags.ts';
import { toGuest } from './values.ts';

export interface DynamicImportHost {
  /** A dynamic import; called between two jobs. */
  importModule(request: DynamicImport): void;
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

/** @param attributes an object without prototype that QuickJS has made of strings alone, or undefined */
export type AttributeReader = (attributes: QuickJSHandle) => ReadonlyMap<string, string>;

/** What a job of QuickJS is given: `resolve`, `reject`, importer, specifier, attributes. */
const JOB_ARGUMENTS = 5;

type ImportJob = (context: number, count: number, values: number) => bigint;

export function installDynamicImport(
  instance: Instance,
  layout: ModuleLayout,
  host: DynamicImportHost,
  readAttributes: AttributeReader,
): void {
  const { context, raw, fault } = instance;
  replaceFunction<ImportJob>(raw.table, layout.importJob, 3, 'i64', (load) => {
    return (contextAddress, count, values) =>
      fault.guard(() => {
        const kept = Array.from({ length: JOB_ARGUMENTS }, (_, index) =>
          raw.duplicateAt(values + index * VALUE_BYTES),
        );
        const [resolve, reject, importer, specifier, attributes] = kept;
        if (!resolve || !reject || !importer || !specifier || !attributes) {
          throw new Error('An import of QuickJS is not made up as expected.');
        }
        host.importModule({
          importer: raw.textOf(importer),
          specifier: raw.textOf(specifier),
          attributes: readAttributes(attributes),
          proceed(url) {
            const from = toGuest(context, raw, hostImporter);
            const named = toGuest(context, raw, url);
            const block = raw.allocate(JOB_ARGUMENTS * VALUE_BYTES);
            [resolve, reject, from, named, context.undefined].forEach((handle, index) => {
              raw.setValue(block + index * VALUE_BYTES, raw.valueAt(pointerOf(handle)));
            });
            fault.guard(() => load(contextAddress, count, block));
            raw.release(block);
          },
          reject(error) {
            raw.call(reject, [error]);
          },
        });
        return raw.valueAt(pointerOf(context.undefined));
      });
  });
}
