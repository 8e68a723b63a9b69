/** The languages of a sandbox process: one line each. */

import { readFileSync } from 'node:fs';
import type { CodeType } from '../contract/protocol.ts';
import { decodeMachine } from './javascript/machine/image-file.ts';
import { createJavaScriptRuntime } from './javascript/runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import { createWasmRuntime } from './webassembly/runtime.ts';

/**
 * @param directory where the build has put QuickJS and its image
 * @param maxMemoryBytes the most memory that any run may be given
 */
export function createRuntimes(
  directory: URL,
  maxMemoryBytes: number,
): { readonly [type in CodeType]: Runtime } {
  const { binary, image } = decodeMachine(readFileSync(new URL('quickjs.image', directory)));
  return {
    javascript: createJavaScriptRuntime({
      wasm: new WebAssembly.Module(binary),
      image,
      maxMemoryBytes,
    }),
    wasm: createWasmRuntime(),
  };
}
