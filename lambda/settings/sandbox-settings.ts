/**
 * What sandboxes are started with. It is read by itself, as they start before the code is loaded that
 * reads all settings, and that takes as long as a third of their start.
 */

import { availableParallelism } from 'node:os';
import { type Reader, wholeReader } from './whole.ts';

export interface SandboxSettings {
  readonly sandboxes: number;
  readonly maxMemoryMb: number;
  readonly maxFetchRequestBytes: number;
  readonly codeCacheBytes: number;
}

interface Whole {
  readonly read: Reader<number>;
  readonly default: number;
}

const MIB = 1024 * 1024;
/** 32-bit linear memory ends here. */
export const MAX_GUEST_MEMORY_MB = 4096;
/** Smallest memory in which a guest can start; a request may not ask for less either. */
export const MIN_MEMORY_MB = 16;

/** Bounds and defaults, by variable. @param sandboxes how many there are where nobody says */
export function sandboxNumbers(sandboxes: number) {
  return {
    ENGINE_SANDBOXES: { read: wholeReader(1, 64), default: sandboxes },
    ENGINE_MAX_MEMORY_MB: { read: wholeReader(MIN_MEMORY_MB, MAX_GUEST_MEMORY_MB), default: 512 },
    ENGINE_FETCH_MAX_REQUEST_BYTES: { read: wholeReader(0, 256 * MIB), default: MIB },
    ENGINE_CODE_CACHE_BYTES: { read: wholeReader(0, 1024 * MIB), default: 64 * MIB },
  } satisfies Readonly<Record<string, Whole>>;
}

/**
 * Complains of nothing: what does not parse has its default here, and stops the start once `loadSettings`
 * reads it.
 * @param env environment variables, `process.env` as a rule
 */
export function sandboxSettings(env: {
  readonly [name: string]: string | undefined;
}): SandboxSettings {
  const numbers = sandboxNumbers(env.AWS_LAMBDA_FUNCTION_NAME ? 1 : availableParallelism());
  const numberOf = (name: keyof typeof numbers): number => {
    const { read, default: otherwise } = numbers[name];
    return read(env[name] ?? '') ?? otherwise;
  };
  return {
    sandboxes: numberOf('ENGINE_SANDBOXES'),
    maxMemoryMb: numberOf('ENGINE_MAX_MEMORY_MB'),
    maxFetchRequestBytes: numberOf('ENGINE_FETCH_MAX_REQUEST_BYTES'),
    codeCacheBytes: numberOf('ENGINE_CODE_CACHE_BYTES'),
  };
}
