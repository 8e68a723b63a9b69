/** A pool as the handler has it, of one process. */

import { createPool, type SandboxPool } from '../lambda/sandbox/pool.ts';

const MIB = 1024 * 1024;

/** Runs the guest that `npm run build` made. */
export function createBuiltPool(): SandboxPool {
  return createPool({
    directory: new URL('../dist/guest/', import.meta.url),
    keeper: true,
    size: 1,
    maxMemoryBytes: 512 * MIB,
    maxFetchBytes: MIB,
    codeCacheBytes: 64 * MIB,
    onFailure: (report) => console.error(report),
  });
}
