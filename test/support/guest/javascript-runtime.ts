/** The JavaScript runtime, its realm made from the sources: tests need no build, and see each change. */

import { buildImage } from '../../../lambda/guest/javascript/build/image-build.ts';
import { bundlePrelude } from '../../../lambda/guest/javascript/build/prelude-bundle.ts';
import { createJavaScriptRuntime } from '../../../lambda/guest/javascript/runtime.ts';
import type { Runtime } from '../../../lambda/guest/runtime/runtime.ts';
import { compileQuickJs } from './quickjs.ts';

const MAX_MEMORY_BYTES = 512 * 1024 * 1024;

let runtime: Promise<Runtime> | null = null;

/** Made at the first call; all tests of a file share it. */
export function javascriptRuntime(): Promise<Runtime> {
  runtime ??= createRuntime();
  return runtime;
}

async function createRuntime(): Promise<Runtime> {
  const wasm = await compileQuickJs();
  const image = await buildImage(wasm, await bundlePrelude());
  return createJavaScriptRuntime({ wasm, image, maxMemoryBytes: MAX_MEMORY_BYTES });
}
