/** Runs one mutant of a component, and says what is wrong with how it ended. */

import { createWasmRuntime } from '../../../../lambda/guest/webassembly/runtime.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';
import type { Mutant } from './mutants.ts';

export const MEMORY_BYTES = 32 * 2 ** 20;
export const TIMEOUT_MS = 150;

/** How a run of what nobody has written on purpose may end. */
const endings: ReadonlySet<string> = new Set([
  'success',
  'ENTRYPOINT_NOT_FOUND',
  'INVALID_REQUEST',
  'MEMORY_LIMIT',
  'NON_ZERO_EXIT',
  'RUNTIME_ERROR',
  'STACK_OVERFLOW',
  'TIMEOUT',
  'WASM_INVALID',
  'WASM_LINK_ERROR',
  'WASM_TRAP',
]);

const runtime = createWasmRuntime();

/**
 * @returns the error's code, or `success`
 * @throws where it is none of those that a run may end with, or more memory was used than is allowed
 */
export async function endingOf({ code, entrypoint, args }: Mutant): Promise<string> {
  const { outcome, memoryPeakBytes } = await runGuest(code, {
    runtime,
    sha256: '',
    entrypoint,
    args,
    stdin: 'The rose is a rose.',
    limits: { memoryBytes: MEMORY_BYTES, timeoutMs: TIMEOUT_MS, cpuMs: TIMEOUT_MS },
  });
  const ending = outcome.status === 'error' ? outcome.error.code : 'success';
  if (!endings.has(ending)) throw new Error(`it ended with ${JSON.stringify(outcome)}`);
  if ((memoryPeakBytes ?? 0) > MEMORY_BYTES) throw new Error(`it has ${memoryPeakBytes} bytes`);
  return ending;
}
