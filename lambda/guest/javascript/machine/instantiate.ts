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
import { tableExport } from './native-function.ts';
import type { WrittenMap } from './written-map.ts';

/**
 * @param wasm quickjs-emscripten's binary with its function table exported
 * @param onFault called when an exception leaves the machine's code, before it is thrown on
 */
export async function instantiate(
  wasm: WebAssembly.Module,
  memory: WebAssembly.Memory,
  written: WrittenMap,
  onFault: () => void,
): Promise<{ quickjs: QuickJSWASMModule; table: WebAssembly.Table }> {
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
  return { quickjs, table };
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

/** quickjs-emscripten makes a guest error of any exception and goes on: the fault must be noted first. */
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
