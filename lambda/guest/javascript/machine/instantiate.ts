/** Instantiates QuickJS's binary in a memory of ours, watched for writes and faults. */

// The core and the one variant that is used, rather than `quickjs-emscripten` itself, which would
// bring all four variants into the bundle.
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { noteInterpreter } from '../../runtime/tiering.ts';
import { mathImports, mathModule } from './host-math.ts';
import { compileName, evaluateName, executeName } from './imports/native-names.ts';
import type { Compile, Execute } from './imports/regexp-exports.ts';
import type { Evaluate } from './imports/source-exports.ts';
import { guardedVariant, type Surroundings } from './library.ts';
import { evalFunctionExport, interpreterExport, tableExport } from './native-function.ts';
import type { NativeExports } from './raw-machine.ts';

/**
 * @param wasm quickjs-emscripten's binary as the build prepares it
 * @param own modules that the build lets it import
 */
export async function instantiate(
  wasm: WebAssembly.Module,
  surroundings: Surroundings,
  own: WebAssembly.Imports,
): Promise<{ readonly quickjs: QuickJSWASMModule; readonly native: NativeExports }> {
  const { memory } = surroundings;
  let native: NativeExports | undefined;
  // Its declaration is the one of a CommonJS module, with the variant a level deeper.
  const ownMemory = newVariant(variant as unknown as QuickJSSyncVariant, {
    wasmMemory: memory,
    emscriptenModule: {
      // Emscripten copies the program's name to the C heap: its length must not move anything.
      ...{ thisProgram: 'quickjs' },
      instantiateWasm(imports, onSuccess) {
        const { exports } = new WebAssembly.Instance(wasm, {
          ...watching(imports, surroundings),
          [mathModule]: mathImports,
          ...own,
        });
        // The build has exported them.
        native = {
          table: exports[tableExport] as WebAssembly.Table,
          evalFunction: exports[evalFunctionExport] as NativeExports['evalFunction'],
          regExp: {
            compile: exports[compileName] as Compile,
            execute: exports[executeName] as Execute,
          },
          evaluate: exports[evaluateName] as Evaluate,
        };
        noteInterpreter(exports[interpreterExport]);
        onSuccess({ exports });
        return exports;
      },
    },
  });
  const quickjs = await newQuickJSWASMModuleFromVariant(guardedVariant(ownMemory, surroundings));
  if (native === undefined) throw new Error('QuickJS was not instantiated.');
  return { quickjs, native };
}

/** More than any function of Emscripten's writes behind a pointer. */
const WRITTEN_BY_IMPORT_BYTES = 256;

/**
 * Imported functions write behind pointers that they are given, such as to a `struct tm`. What one
 * answers that is given nothing comes from outside: it is the clock.
 */
function watching(
  imports: WebAssembly.Imports,
  { written, onClock }: Surroundings,
): WebAssembly.Imports {
  const watched = (imported: WebAssembly.ImportValue): WebAssembly.ImportValue =>
    typeof imported === 'function'
      ? (...args: readonly never[]): unknown => {
          if (args.length === 0) onClock();
          for (const arg of args) {
            if (typeof arg === 'number') written.mark(arg >>> 0, WRITTEN_BY_IMPORT_BYTES);
          }
          return imported(...args);
        }
      : imported;
  return mapValues(imports, (module) => mapValues(module, watched));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
