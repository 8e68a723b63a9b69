/** JavaScript and TypeScript as the sandbox process loads it: with QuickJS and its image, as the build left them. */

import { readFileSync } from 'node:fs';
import type { CreateRuntime } from '../runtime/runtime.ts';
import { decodeMachine } from './machine/memory/image-file.ts';
import { provideSeeds } from './machine/memory/pristine-memory.ts';
import { createJavaScriptRuntime } from './runtime.ts';
import { transformerIn } from './typescript/transformer.ts';

export const createRuntime: CreateRuntime = (options) => {
  const { directory, maxMemoryBytes, codeCacheBytes, budget, rehearse, seeds } = options;
  if (seeds !== undefined) provideSeeds(seeds);
  const { binary, image } = decodeMachine(readFileSync(new URL('quickjs.image', directory)));
  return createJavaScriptRuntime({
    wasm: new WebAssembly.Module(binary),
    image,
    maxMemoryBytes,
    codeCacheBytes,
    budget,
    ...(rehearse !== undefined && { rehearse }),
    loadTransformer: transformerIn(directory),
  });
};
