/** A plain run: tests and benchmarks name only what they are about. */

import type { RunLimits, RunMessage } from '../../lambda/contract/protocol.ts';
import { emptyInputs } from '../../lambda/contract/run-inputs.ts';
import type { Job } from '../../lambda/sandbox/pool.ts';
import type { RunServices } from '../../lambda/sandbox/run.ts';

const MIB = 1024 * 1024;

const limits: RunLimits = {
  timeoutMs: 5000,
  cpuMs: 5000,
  memoryBytes: 128 * MIB,
  maxOutputBytes: MIB,
  maxLogEntries: 1000,
  maxResultBytes: MIB,
  maxFilesBytes: 32 * MIB,
  maxModules: 1000,
};

const plain: Omit<RunMessage, 'codeType' | 'limits'> = {
  type: 'run',
  runId: 1,
  isGuessed: false,
  url: 'https://example.com/code',
  sha256: '',
  codeKept: false,
  ...emptyInputs,
};

export type RunOptions = Partial<Omit<RunMessage, 'type' | 'codeType' | 'limits'>> & {
  readonly limits?: Partial<RunLimits>;
};

/** @param options what the run differs in; limits one by one */
export function runMessage(codeType: RunMessage['codeType'], options: RunOptions = {}): RunMessage {
  return { ...plain, ...options, codeType, limits: { ...limits, ...options.limits } };
}

/** The same as a host passes it to a pool, which adds the rest of the message. */
export function job(codeType: RunMessage['codeType'], options: RunOptions = {}): Job {
  const { type, runId, codeKept, ...rest } = runMessage(codeType, options);
  return rest;
}

/** For code that needs nothing of the host. */
export const noServices: RunServices = {
  fetch: () => Promise.reject(new Error('nothing is fetched')),
  fetchRead: () => Promise.reject(new Error('nothing is read')),
  fetchCancel: () => Promise.reject(new Error('nothing is cancelled')),
  fetchSend: () => Promise.reject(new Error('nothing is sent')),
  import: () => Promise.reject(new Error('nothing is imported')),
  sourceMap: () => Promise.resolve({ ok: false }),
};
