/** Whether the function has the memory and the time that its settings ask for. */

import type { Settings } from '../../lambda/settings/settings.ts';

interface FunctionSettings {
  readonly functionMemoryMb: number;
  readonly functionTimeoutSeconds: number;
  readonly streaming: boolean;
}

/** What one module of WebAssembly takes while it is downloaded, compiled and run, in sizes of its own. */
const MODULE_FACTOR = 5;
/** Memory of the function that its own process and an idle sandbox take, with room to spare. */
const HOST_MEMORY_MB = 384;
/** Beside the run of a stream: for the download, for waiting for a sandbox, and for the answer. */
const BESIDE_STREAM_SECONDS = 60;
/** Lambda's limit, and API Gateway's for answers that stream. */
const MAX_INVOCATION_SECONDS = 900;

/** How long an invocation may take, and API Gateway waits for it. */
export function invocationSecondsOf(
  { maxStreamTimeoutMs }: Settings,
  { streaming, functionTimeoutSeconds }: FunctionSettings,
): number {
  if (!streaming) return functionTimeoutSeconds;
  const seconds = Math.ceil(maxStreamTimeoutMs / 1000) + BESIDE_STREAM_SECONDS;
  return Math.max(functionTimeoutSeconds, Math.min(seconds, MAX_INVOCATION_SECONDS));
}

/** @returns a line for each setting that does not fit */
export function roomProblems(engine: Settings, settings: FunctionSettings): readonly string[] {
  const { functionMemoryMb, functionTimeoutSeconds, streaming } = settings;
  const moduleMb = Math.ceil((MODULE_FACTOR * engine.maxWasmBytes) / 2 ** 20);
  const neededMb = (engine.maxMemoryMb + moduleMb) * engine.sandboxes + HOST_MEMORY_MB;
  const mostStreamMs = (MAX_INVOCATION_SECONDS - BESIDE_STREAM_SECONDS) * 1000;
  return [
    ...(engine.maxTimeoutMs >= functionTimeoutSeconds * 1000
      ? ['engineMaxTimeoutMs: must be under functionTimeoutSeconds']
      : []),
    ...(streaming && engine.maxStreamTimeoutMs > mostStreamMs
      ? [`engineMaxStreamTimeoutMs: must be ${mostStreamMs} or less`]
      : []),
    ...(neededMb > functionMemoryMb
      ? [
          `functionMemoryMb: must be at least ${neededMb}: for each of engineSandboxes ` +
            `engineMaxMemoryMb and ${MODULE_FACTOR} times engineMaxWasmBytes, and ` +
            `${HOST_MEMORY_MB} for the engine itself`,
        ]
      : []),
  ];
}
