/** JavaScript as the sandbox process loads it: with QuickJS and its image, as the build left them. */

import { readFileSync } from 'node:fs';
import type { CreateRuntime } from '../runtime/runtime.ts';
import { decodeMachine } from './machine/image-file.ts';
import { createJavaScriptRuntime } from './runtime.ts';

export const createRuntime: CreateRuntime = ({ directory, maxMemoryBytes, codeCacheBytes }) => {
  const { binary, image } = decodeMachine(readFileSync(new URL('quickjs.image', directory)));
  return createJavaScriptRuntime({
    wasm: new WebAssembly.Module(binary),
    image,
    maxMemoryBytes,
    codeCacheBytes,
  });
};
