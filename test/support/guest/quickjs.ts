/** QuickJS's binary as the build prepares it, for realms that are made without a build. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { optimisedBefore } from '../../../build/optimised-binaries.ts';
import { prepareQuickJs } from '../../../lambda/guest/javascript/build/quickjs-wasm.ts';
import { mathImports, mathModule } from '../../../lambda/guest/javascript/machine/host-math.ts';

interface QuickJs {
  readonly quickjs: QuickJSWASMModule;
  readonly exports: WebAssembly.Instance['exports'];
}

export async function compileQuickJs(): Promise<WebAssembly.Module> {
  const { resolve } = createRequire(import.meta.resolve('quickjs-emscripten'));
  const shipped = await readFile(resolve('@jitl/quickjs-wasmfile-release-sync/wasm'));
  return new WebAssembly.Module(prepareQuickJs(shipped, optimisedBefore));
}

export async function instantiateQuickJs(wasmMemory: WebAssembly.Memory): Promise<QuickJs> {
  const wasm = await compileQuickJs();
  let exports: QuickJs['exports'] = {};
  // Its declaration is the one of a CommonJS module, with the variant a level deeper.
  const prepared = newVariant(variant as unknown as QuickJSSyncVariant, {
    wasmMemory,
    emscriptenModule: {
      instantiateWasm(imports, onSuccess) {
        ({ exports } = new WebAssembly.Instance(wasm, { ...imports, [mathModule]: mathImports }));
        onSuccess({ exports });
        return exports;
      },
    },
  });
  return { quickjs: await newQuickJSWASMModuleFromVariant(prepared), exports };
}

/** As large as QuickJS's binary asks for. */
export function newQuickJsMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 256, maximum: 32_768 });
}
