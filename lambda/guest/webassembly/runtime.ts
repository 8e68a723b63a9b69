/** Runs WebAssembly modules: WASI programs, modules with the `env` imports, and plain exports. */

import type { RunMessage, RunOutcome } from '../../contract/protocol.ts';
import { collectGarbage } from '../../contract/reclaim.ts';
import { CodeBudget } from '../runtime/code-budget.ts';
import type { RunHost, RunReport, Runtime } from '../runtime/runtime.ts';
import { type ModuleShape, readPreamble } from '../wasm-binary/inspect.ts';
import type { ComponentRunner } from './component/runner.ts';
import type { Entry, Value } from './entry.ts';
import { chooseEntry, resultJson } from './entry.ts';
import type { Failure } from './failure.ts';
import { failureOf, isCleanExit, nowhere } from './failure.ts';
import type { CompiledModule } from './module/compiled.ts';
import { CompiledModules } from './module/compiled.ts';
import { checkImports, createMemories, link } from './module/link.ts';
import { memorySize } from './module/memory.ts';
import { RefusalWatch, refusalByLimit, watchGrowth } from './module/refusal.ts';
import { Session } from './session.ts';
import { loadWasmer } from './wasi/wasmer.ts';

interface WasmRuntimeOptions {
  /** Directories that WASI programs find open, from descriptor 3 on; the root alone by default. */
  readonly preopens?: readonly string[];
  /** What compiled modules count against. */
  readonly budget?: CodeBudget;
}

/** How many frames of a guest a stack trace may have. */
const MAX_FRAMES = 32;

/** Memory of a run beyond which garbage is worth collecting before the next. */
const COLLECTABLE_BYTES = 32 * 1024 * 1024;
/** What V8 holds of a module that is not kept, in multiples of its size. */
const DROPPED_MODULE_FACTOR = 3;

/** Of compiled modules, where nobody says. */
const DEFAULT_BUDGET_BYTES = 64 * 1024 * 1024;

export function createWasmRuntime({
  preopens = ['/'],
  budget = new CodeBudget(DEFAULT_BUDGET_BYTES),
}: WasmRuntimeOptions = {}): Runtime {
  const modules = new CompiledModules(budget);
  const refusals = new RefusalWatch();
  let components: ComponentRunner | null = null;
  /** Most sandboxes never see a component. */
  const loadComponents = async (): Promise<ComponentRunner> => {
    if (components) return components;
    const { ComponentRunner } = await import('./component/runner.ts');
    components ??= new ComponentRunner(budget, preopens, refusals);
    return components;
  };
  let lastPeakBytes = 0;
  return {
    kept: () => [...modules.hashes(), ...(components?.hashes() ?? [])],
    async prepare() {
      if (lastPeakBytes > COLLECTABLE_BYTES) await collectGarbage();
      lastPeakBytes = 0;
    },
    async *warmUp() {
      yield;
      await loadWasmer();
    },
    async execute(run, code, host) {
      const stackTraceLimit = Error.stackTraceLimit;
      Error.stackTraceLimit = MAX_FRAMES;
      try {
        if (components?.has(run.sha256) || readPreamble(code).kind === 'component') {
          const report = await (await loadComponents()).execute(run, code, host);
          lastPeakBytes = report.memoryPeakBytes ?? 0;
          return report;
        }
        const compiled = modules.obtain(run.sha256, code, run.limits.memoryBytes);
        const report = await execute(run, compiled, host, preopens, refusals);
        const droppedBytes = modules.has(run.sha256) ? 0 : code.length;
        lastPeakBytes = Math.max(report.memoryPeakBytes ?? 0, DROPPED_MODULE_FACTOR * droppedBytes);
        return report;
      } catch (error) {
        const outcome = outcomeOf(failureOf(error, nowhere(run)));
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
  refusals: RefusalWatch,
): Promise<RunReport> {
  const { module, shape, bounded } = compiled;
  const watch = bounded.growthExport === null ? null : refusals;
  watch?.reset();
  const session = await Session.open(run, shape, host, preopens, watch);
  let memories: readonly WebAssembly.Memory[] | null = null;
  let outcome: RunOutcome;
  try {
    checkImports(shape, session);
    const entry = chooseEntry(shape, run);
    memories = createMemories(bounded, run.limits.memoryBytes);
    const exported = shape.exports.find(({ name, kind }) => name === 'memory' && kind === 'memory');
    const memory = memories[exported?.index ?? 0];
    if (memory) session.useMemory(memory);
    host.started();
    const instance = new WebAssembly.Instance(module, link(shape, bounded, memories, session));
    if (watch) watchGrowth(instance, bounded.growthExport, watch);
    const resultJson = await callAll(instance, shape, bounded.startExport, entry);
    outcome = { status: 'success', resultJson, exitCode: entry?.isCommand ? 0 : null };
  } catch (error) {
    outcome = isCleanExit(error)
      ? { status: 'success', resultJson: 'null', exitCode: 0 }
      : outcomeOf(
          failureOf(error, {
            ...nowhere(run),
            offsetInFile: bounded.offsetInFile,
            memoryBytes: memorySize(memories ?? []),
            memoryRefusal: watch && refusalByLimit(watch, bounded, run.limits.memoryBytes),
          }),
        );
  }
  return {
    outcome,
    memoryPeakBytes: memories && memorySize(memories),
    left: session.leftFiles(),
    retire: !session.close(),
  };
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
  const returned = await call(entry.name, entry.args);
  return entry.isCommand ? 'null' : resultJson(entry.signature, returned);
}

function outcomeOf({ error, exitCode }: Failure): RunOutcome {
  return { status: 'error', error, exitCode };
}
