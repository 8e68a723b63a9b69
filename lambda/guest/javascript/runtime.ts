/** JavaScript: scripts and ES modules in a QuickJS realm that is pristine for every run. */

import type { RunMessage } from '../../sandbox/protocol.ts';
import type { RunHost, RunReport, Runtime } from '../runtime.ts';
import { createGuestServices } from './guest-services.ts';
import type { MemoryImage } from './image.ts';
import { createRealm, type Realm } from './realm.ts';
import { runGuest } from './run.ts';

export interface JavaScriptOptions {
  /** quickjs-emscripten's binary with its function table exported. */
  readonly wasm: WebAssembly.Module;
  readonly image: MemoryImage;
  /** The most memory that any run may be given. */
  readonly maxMemoryBytes: number;
}

export function createJavaScriptRuntime(options: JavaScriptOptions): Runtime {
  const { wasm, image, maxMemoryBytes } = options;
  let ready: Promise<Realm> | null = null;
  let used: Realm | null = null;

  async function pristine(): Promise<Realm> {
    if (used !== null && !used.reset()) ready = null;
    used = null;
    ready ??= createRealm(wasm, image, maxMemoryBytes);
    return await ready;
  }

  return {
    codeType: 'javascript',
    async prepare() {
      await pristine();
    },
    async execute(run: RunMessage, code: Uint8Array, host: RunHost): Promise<RunReport> {
      const realm = await pristine();
      used = realm;
      const services = createGuestServices(host);
      try {
        const outcome = await runGuest(realm, services, run, code, host);
        return { outcome, memoryPeakBytes: realm.heapBytes(), retire: false };
      } finally {
        services.close();
      }
    },
    kept: () => [],
  };
}
