/**
 * WebAssembly as the sandbox process loads it: when the process is idle, or with the first module. Most
 * sandboxes of a cold start run JavaScript.
 */

import type { CreateRuntime, Runtime } from '../runtime/runtime.ts';

export const createRuntime: CreateRuntime = ({ budget }) => {
  let loaded: Runtime | null = null;
  const load = async (): Promise<Runtime> => {
    const { createWasmRuntime } = await import('./runtime.ts');
    loaded ??= createWasmRuntime({ budget });
    return loaded;
  };
  return {
    kept: () => loaded?.kept() ?? [],
    prepare: async () => loaded?.prepare(),
    async *warmUp() {
      yield* (await load()).warmUp?.() ?? [];
    },
    execute: async (run, code, host) => (loaded ?? (await load())).execute(run, code, host),
  };
};
