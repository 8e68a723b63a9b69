/** The languages of a sandbox process: one line each. */

import { readFileSync } from 'node:fs';
import type { CodeType } from '../sandbox/protocol.ts';
import { decodeImage, imageSource } from './javascript/image-file.ts';
import { createJavaScriptRuntime } from './javascript/runtime.ts';
import type { Runtime } from './runtime.ts';
import { createWasmRuntime } from './webassembly/runtime.ts';

/**
 * @param directory where the build has put the machine's binary and image
 * @param maxMemoryBytes the most memory that any run may be given
 */
export function createRuntimes(
  directory: URL,
  maxMemoryBytes: number,
): { readonly [type in CodeType]: Runtime } {
  const binary = readFileSync(new URL('quickjs.wasm', directory));
  const image = readFileSync(new URL('realm.image', directory));
  return {
    javascript: createJavaScriptRuntime({
      wasm: new WebAssembly.Module(binary),
      image: decodeImage(image, imageSource(binary)),
      maxMemoryBytes,
    }),
    wasm: createWasmRuntime(),
  };
}
