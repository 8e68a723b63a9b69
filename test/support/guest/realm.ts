/** Runs scripts in the realm alone: no sandbox process, no network, no modules, ample limits. */

import type { RunMessage } from '../../../lambda/contract/protocol.ts';
import type { RunHost } from '../../../lambda/guest/runtime/runtime.ts';
import { runMessage } from '../run-message.ts';
import { answeredBy } from './host-calls.ts';
import { javascriptRuntime } from './javascript-runtime.ts';

const MIB = 1024 * 1024;

export interface Evaluation {
  /** The script's result. */
  readonly value: unknown;
  /** What it printed to stdout and stderr. */
  readonly output: string;
  /** Name, message and stack of what it failed with. */
  readonly error: string | null;
}

/** Runs a script, or a module, to its end. */
export async function evaluate(code: string, timeoutMs = 20_000): Promise<Evaluation> {
  const { execute } = await javascriptRuntime();
  let output = '';
  const deadline = performance.now() + timeoutMs;
  const timeLeftMs = (): number => deadline - performance.now();
  const host: RunHost = {
    started() {},
    write(_stream, chunk) {
      output += Buffer.from(chunk).toString();
      return true;
    },
    room: () => 64 * MIB,
    log: () => {},
    call: answeredBy({
      fetch: async () => ({
        ok: false,
        error: { kind: 'network', message: 'There is no network here', causeCode: null },
      }),
    }),
    timeLeftMs,
    cpuLeftMs: timeLeftMs,
  };
  const { outcome } = await execute(runOf(timeoutMs), Buffer.from(code), host);
  if (outcome.status === 'success')
    return { value: JSON.parse(outcome.resultJson), output, error: null };
  const { name, message, stack } = outcome.error;
  return { value: null, output, error: `${name}: ${message}\n${stack ?? ''}` };
}

function runOf(timeoutMs: number): RunMessage {
  const limits = {
    timeoutMs,
    cpuMs: timeoutMs,
    memoryBytes: 512 * MIB,
    maxOutputBytes: 64 * MIB,
    maxResultBytes: 16 * MIB,
  };
  return runMessage('javascript', { url: 'https://example.com/script.js', limits });
}
