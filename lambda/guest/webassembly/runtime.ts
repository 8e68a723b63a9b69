/** Runs WebAssembly modules: WASI programs, modules with the `env` imports, and plain exports. */

import type { RunMessage, RunOutcome } from '../../sandbox/protocol.ts';
import { collectGarbage } from '../reclaim.ts';
import type { RunHost, RunReport, Runtime } from '../runtime.ts';
import type { CompiledModule } from './compiled.ts';
import { CompiledModules } from './compiled.ts';
import type { Entry, Value } from './entry.ts';
import { chooseEntry, resultJson } from './entry.ts';
import type { Failure, Origin } from './failure.ts';
import { failureOf, isCleanExit } from './failure.ts';
import type { ModuleShape } from './inspect.ts';
import { grantPages, pageBytes } from './limits.ts';
import { checkImports, createMemories, link } from './link.ts';
import { Session } from './session.ts';
import { loadWasmer } from './wasi/wasmer.ts';

export interface WasmRuntimeOptions {
  /** Directories that WASI programs find open, from descriptor 3 on; the root alone by default. */
  readonly preopens?: readonly string[];
}

/** How many frames of a guest a stack trace may have. */
const maxFrames = 32;

/** Memory of a run beyond which garbage is worth collecting before the next. */
const collectableBytes = 32 * 1024 * 1024;

const noMemory = { bytes: 0, exhausted: false };

export function createWasmRuntime({ preopens = ['/'] }: WasmRuntimeOptions = {}): Runtime {
  const modules = new CompiledModules();
  let lastPeakBytes = 0;
  return {
    codeType: 'wasm',
    kept: () => modules.hashes(),
    async prepare() {
      await loadWasmer();
      if (lastPeakBytes > collectableBytes) collectGarbage();
      lastPeakBytes = 0;
    },
    async execute(run, code, host) {
      const stackTraceLimit = Error.stackTraceLimit;
      Error.stackTraceLimit = maxFrames;
      try {
        const compiled = modules.obtain(run.sha256, code, run.limits.memoryBytes);
        const report = await execute(run, compiled, host, preopens);
        lastPeakBytes = report.memoryPeakBytes ?? 0;
        return report;
      } catch (error) {
        const origin = { url: run.url, limits: run.limits, codeShift: 0, memoryUsed: noMemory };
        const outcome = outcomeOf(failureOf(error, origin));
        return { outcome, memoryPeakBytes: null, retire: false };
      } finally {
        Error.stackTraceLimit = stackTraceLimit;
      }
    },
  };
}

async function execute(
  run: RunMessage,
  compiled: CompiledModule,
  host: RunHost,
  preopens: readonly string[],
): Promise<RunReport> {
  const { module, shape, bounded } = compiled;
  const session = await Session.open(run, shape, host, preopens);
  let memories: readonly WebAssembly.Memory[] | null = null;
  let outcome: RunOutcome;
  try {
    checkImports(shape, session);
    const entry = chooseEntry(shape, run);
    memories = createMemories(bounded, run.limits.memoryBytes);
    const exported = shape.exports.find(({ name, kind }) => name === 'memory' && kind === 'memory');
    const memory = memories[exported?.index ?? 0];
    if (memory) session.useMemory(memory);
    const instance = new WebAssembly.Instance(module, link(shape, bounded, memories, session));
    const resultJson = await callAll(instance, shape, bounded.startExport, entry);
    outcome = { status: 'success', resultJson, exitCode: entry?.isCommand ? 0 : null };
  } catch (error) {
    outcome = isCleanExit(error)
      ? { status: 'success', resultJson: 'null', exitCode: 0 }
      : outcomeOf(failureOf(error, originOf(run, compiled, memories ?? [])));
  }
  return { outcome, memoryPeakBytes: memories && sizeOf(memories), retire: !session.close() };
}

/** Calls the start function, a reactor's `_initialize` and the entry, each able to suspend. */
async function callAll(
  { exports }: WebAssembly.Instance,
  shape: ModuleShape,
  startExport: string | null,
  entry: Entry | null,
): Promise<string> {
  const call = async (name: string, args: readonly Value[]): Promise<unknown> => {
    const target = exports[name];
    if (typeof target !== 'function') throw new TypeError(`${name} is not a function`);
    return WebAssembly.promising(target)(...args);
  };
  if (startExport !== null) await call(startExport, []);
  if (!entry) return 'null';
  const initializes = shape.exports.some(
    ({ name, kind }) => name === '_initialize' && kind === 'function',
  );
  if (initializes && !entry.isCommand && entry.name !== '_initialize')
    await call('_initialize', []);
  return resultJson(entry.signature, await call(entry.name, entry.args));
}

function originOf(
  { url, limits }: RunMessage,
  { bounded }: CompiledModule,
  memories: readonly WebAssembly.Memory[],
): Origin {
  const bytes = sizeOf(memories);
  const grants = memories.length > 0 ? grantPages(bounded, limits.memoryBytes) : [];
  const exhausted = memories.some((memory, index) => isExhausted(memory, grants[index] ?? 0));
  return { url, limits, codeShift: bounded.codeShift, memoryUsed: { bytes, exhausted } };
}

function outcomeOf({ error, exitCode }: Failure): RunOutcome {
  return { status: 'error', error, exitCode };
}

/** Linear memories never shrink: their size at the end is their peak. */
function sizeOf(memories: readonly WebAssembly.Memory[]): number {
  return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}

/**
 * A failed `memory.grow` is the guest's own affair, so that a program out of memory is known by what
 * it does next: it gives up, with less than an eighth of what it might have had left.
 */
function isExhausted(memory: WebAssembly.Memory, grantedPages: number): boolean {
  return memory.buffer.byteLength > grantedPages * pageBytes * (7 / 8);
}
