/** QuickJS's binary as the build prepares it, for realms that are made without a build. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareQuickJs } from '../../../lambda/guest/javascript/build/quickjs-wasm.ts';

export async function compileQuickJs(): Promise<WebAssembly.Module> {
  const { resolve } = createRequire(import.meta.resolve('quickjs-emscripten'));
  const shipped = await readFile(resolve('@jitl/quickjs-wasmfile-release-sync/wasm'));
  return new WebAssembly.Module(prepareQuickJs(shipped));
}
