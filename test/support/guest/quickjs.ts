/** QuickJS's binary as the build prepares it, for realms that are made without a build. */

import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { preparedQuickJs } from '../../../build/prepared-quickjs.ts';
import { mathImports, mathModule } from '../../../lambda/guest/javascript/machine/host-math.ts';
import {
  compileName,
  evaluateName,
  executeName,
  formatName,
  hypotName,
  NO_SIZE,
  NOT_PREPARED,
  nextFrameName,
  numberModule,
  parseName,
  regExpModule,
  sourceModule,
  stackModule,
} from '../../../lambda/guest/javascript/machine/imports/native-names.ts';
import { EXCEPTION_TAG } from '../../../lambda/guest/javascript/machine/tags.ts';

const EXCEPTION = BigInt(EXCEPTION_TAG) << 32n;

interface QuickJs {
  readonly quickjs: QuickJSWASMModule;
  readonly exports: WebAssembly.Instance['exports'];
}

export async function compileQuickJs(): Promise<WebAssembly.Module> {
  return new WebAssembly.Module(await preparedQuickJs());
}

export async function instantiateQuickJs(wasmMemory: WebAssembly.Memory): Promise<QuickJs> {
  const wasm = await compileQuickJs();
  let exports: QuickJs['exports'] = {};
  // Its declaration is the one of a CommonJS module, with the variant a level deeper.
  const prepared = newVariant(variant as unknown as QuickJSSyncVariant, {
    wasmMemory,
    emscriptenModule: {
      instantiateWasm(imports, onSuccess) {
        ({ exports } = new WebAssembly.Instance(wasm, {
          ...imports,
          [mathModule]: mathImports,
          [regExpModule]: { [compileName]: () => EXCEPTION, [executeName]: () => -1 },
          [stackModule]: { [nextFrameName]: (_: number, previous: number) => previous },
          [sourceModule]: { [evaluateName]: () => NOT_PREPARED },
          [numberModule]: {
            [formatName]: () => EXCEPTION,
            [parseName]: () => 0,
            [hypotName]: () => NO_SIZE,
          },
        }));
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
