/** The JavaScript runtime, its realm made from the sources: tests need no build, and see each change. */

import { createHash } from 'node:crypto';
import { buildImage } from '../../../lambda/guest/javascript/build/image-build.ts';
import { bundlePrelude } from '../../../lambda/guest/javascript/build/prelude-bundle.ts';
import { createJavaScriptRuntime } from '../../../lambda/guest/javascript/runtime.ts';
import type { Runtime } from '../../../lambda/guest/runtime/runtime.ts';
import { compileQuickJs } from './quickjs.ts';
import { typeScriptTransformer } from './typescript.ts';

const MAX_MEMORY_BYTES = 512 * 1024 * 1024;
const MAX_CODE_CACHE_BYTES = 64 * 1024 * 1024;

type Machine = Pick<Parameters<typeof createJavaScriptRuntime>[0], 'wasm' | 'image'>;

let machine: Promise<Machine> | null = null;
const runtimes = new Map<number, Promise<Runtime>>();

/**
 * Made at the first call; all tests of a file share it.
 * @param codeCacheBytes 0 to compile code at each run
 */
export function javascriptRuntime(codeCacheBytes = MAX_CODE_CACHE_BYTES): Promise<Runtime> {
  const runtime = runtimes.get(codeCacheBytes) ?? createRuntime(codeCacheBytes);
  runtimes.set(codeCacheBytes, runtime);
  return runtime;
}

async function createMachine(): Promise<Machine> {
  const wasm = await compileQuickJs();
  return { wasm, image: await buildImage(wasm, await bundlePrelude()) };
}

async function createRuntime(codeCacheBytes: number): Promise<Runtime> {
  machine ??= createMachine();
  const runtime = createJavaScriptRuntime({
    ...(await machine),
    maxMemoryBytes: MAX_MEMORY_BYTES,
    codeCacheBytes,
    loadTransformer: typeScriptTransformer(),
  });
  return {
    ...runtime,
    // Tests rarely say what the hash of their code is.
    execute: (run, code, host) =>
      runtime.execute({ ...run, sha256: run.sha256 || sha256Of(code) }, code, host),
  };
}

function sha256Of(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}
