/** The functions of module `env`: logs, time, output and `fetch`, by pointer and length. */

import type { GuestFetchError } from '../../contract/calls.ts';
import { type LogLevel, logLevels } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import type { Signature } from '../wasm-binary/types.ts';
import { assemblyScriptFunctions } from './assemblyscript.ts';
import { appLog, fetchWithinRun, unixtime } from './engine-services.ts';
import { parseFetchOptions, renderFetchResponse } from './fetch.ts';
import { halt } from './module/halt.ts';
import type { HostFunction } from './module/link.ts';
import type { GuestMemory } from './module/memory.ts';

const fetchErrors: Readonly<Record<GuestFetchError['kind'], number>> = {
  'bad-request': -1,
  'not-allowed': -2,
  network: -3,
  aborted: -3,
  timeout: -4,
  'too-large': -5,
  quota: -6,
};

/**
 * @param memory the memory of the instance; called while the guest runs, by the function of that name
 */
export function envFunctions(
  host: RunHost,
  memory: (caller?: string) => GuestMemory,
): ReadonlyMap<string, HostFunction> {
  const bytes = (name: string, pointer: number, length: number): Uint8Array =>
    memory(name).bytes(pointer, length) ?? outside(name, pointer, length, memory(name));

  const print = (stream: 'stdout' | 'stderr'): HostFunction => ({
    signatures: [signature(['i32', 'i32'])],
    value: () => (pointer: number, length: number) => {
      host.write(stream, bytes(`capture_${stream}`, pointer, length));
    },
  });

  return new Map<string, HostFunction>([
    [
      'app_log',
      {
        signatures: [signature(['i32', 'i32', 'i32', 'i32'])],
        value:
          () =>
          (levelPointer: number, levelLength: number, pointer: number, length: number): void => {
            const level = levelOf(bytes('app_log', levelPointer, levelLength));
            appLog(host, level, bytes('app_log', pointer, length));
          },
      },
    ],
    [
      'get_unixtime',
      {
        signatures: ['i64', 'i32', 'f64'].map((result) => signature([], [result])),
        value: ({ results }) => {
          return results[0] === 'i64' ? () => BigInt(unixtime()) : unixtime;
        },
      },
    ],
    [
      'fetch',
      {
        signatures: [signature(['i32', 'i32', 'i32', 'i32'], ['i32'])],
        value: () => suspendingFetch(host, bytes),
      },
    ],
    ['capture_stdout', print('stdout')],
    ['capture_stderr', print('stderr')],
    [
      // Emscripten's standalone modules tell each growth of their memory; every access here sees it.
      'emscripten_notify_memory_growth',
      { signatures: [signature(['i32'])], value: () => () => {} },
    ],
    ...assemblyScriptFunctions(host, memory),
  ]);
}

/**
 * `fetch` suspends the guest (JSPI) while the host works. A response is kept until the next request,
 * so that a guest whose buffer was too small can have it copied into a larger one.
 */
function suspendingFetch(
  host: RunHost,
  bytes: (name: string, pointer: number, length: number) => Uint8Array,
): WebAssembly.ImportValue {
  let kept: Uint8Array | null = null;
  const deliver = (response: Uint8Array, pointer: number, capacity: number): number => {
    if (response.length <= capacity >>> 0) {
      bytes('fetch', pointer, capacity).set(response);
    }
    return response.length;
  };
  const fetch = async (
    optionsPointer: number,
    optionsLength: number,
    pointer: number,
    capacity: number,
  ): Promise<number> => {
    bytes('fetch', pointer, capacity);
    if (optionsLength === 0) return kept ? deliver(kept, pointer, capacity) : -1;
    const options = parseFetchOptions(bytes('fetch', optionsPointer, optionsLength));
    kept = null;
    if (!options) return fetchErrors['bad-request'];
    const outcome = await fetchWithinRun(host, options.request, options.body);
    if (!outcome.ok) return fetchErrors[outcome.error.kind];
    kept = renderFetchResponse(outcome.response, outcome.body);
    return deliver(kept, pointer, capacity);
  };
  return new WebAssembly.Suspending(fetch);
}

function outside(name: string, pointer: number, length: number, memory: GuestMemory): never {
  return halt({
    kind: 'trap',
    message: `${name}: ${length >>> 0} bytes at ${pointer >>> 0} are outside of memory (${memory.byteLength} bytes)`,
  });
}

function signature(params: readonly string[], results: readonly string[] = []): Signature {
  return { params, results };
}

const longestLevel = Math.max(...logLevels.map(({ length }) => length));

/** An unknown one counts as `info`. */
function levelOf(text: Uint8Array): LogLevel {
  const name = text.length > longestLevel ? '' : Buffer.from(text).toString();
  return logLevels.find((level) => level === name) ?? 'info';
}
