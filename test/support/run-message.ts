/** The message of a run that asks for nothing in particular. */

import type { RunLimits, RunMessage } from '../../lambda/contract/protocol.ts';

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
  url: 'https://example.com/code',
  sha256: '',
  codeKept: false,
  inputJson: null,
  args: [],
  env: {},
  stdin: null,
  files: {},
  outputs: [],
  imports: {},
  entrypoint: null,
};

export type RunOptions = Partial<Omit<RunMessage, 'type' | 'codeType' | 'limits'>> & {
  readonly limits?: Partial<RunLimits>;
};

export function runMessage(codeType: RunMessage['codeType'], options: RunOptions = {}): RunMessage {
  return { ...plain, ...options, codeType, limits: { ...limits, ...options.limits } };
}
