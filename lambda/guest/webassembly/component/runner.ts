/** Runs components: commands as WASI programs, and exported functions with JSON in and out. */

import type { Json } from '../../../contract/errors.ts';
import type { LeftFiles, RunMessage, RunOutcome } from '../../../contract/protocol.ts';
import { leftFiles } from '../../files/left-files.ts';
import { UNFIT_FILES } from '../../files/request-files.ts';
import type { CodeBudget, Shelf } from '../../runtime/code-budget.ts';
import type { RunHost, RunReport } from '../../runtime/runtime.ts';
import { InvalidArguments } from '../entry.ts';
import { failureOf, isCleanExit, nowhere } from '../failure.ts';
import { halt } from '../module/halt.ts';
import { createMemories } from '../module/link.ts';
import { memorySize } from '../module/memory.ts';
import { type RefusalWatch, refusalByLimit, watchGrowth } from '../module/refusal.ts';
import { programName, rejectUnencodable, watchedHost } from '../program.ts';
import { WasiFailure } from '../wasi/abi.ts';
import {
  type ComponentEntry,
  chooseComponentEntry,
  entryFunction,
  namesCommand,
} from './border/entry.ts';
import { paramsFromJson, withoutJsonForm } from './border/from-json.ts';
import { toJson } from './border/to-json.ts';
import { type CompiledComponent, compileComponent } from './compiled.ts';
import type { HostValue } from './host.ts';
import { HostLinker } from './link/host-linker.ts';
import { Instantiation } from './link/instantiation.ts';
import { scriptEngineInterface } from './script-engine/interface.ts';
import {
  type ExchangeAnswer,
  type IncomingExchange,
  openExchange,
} from './wasi/http/incoming-handler.ts';
import { openWasi2, type Wasi2 } from './wasi/wasi.ts';

const MAX_KEPT_COMPONENTS = 64;
/** A message shows no more of the error that a function returned. */
const MAX_SHOWN_ERROR_LENGTH = 200;

export class ComponentRunner {
  readonly #kept: Shelf<CompiledComponent>;
  readonly #preopens: readonly string[];
  readonly #watch: RefusalWatch;

  /** @param budget that compiled components count against */
  constructor(budget: CodeBudget, preopens: readonly string[], watch: RefusalWatch) {
    this.#kept = budget.shelf(MAX_KEPT_COMPONENTS);
    this.#preopens = preopens;
    this.#watch = watch;
  }

  hashes(): readonly string[] {
    return this.#kept.keys();
  }

  has(sha256: string): boolean {
    return this.#kept.get(sha256) !== undefined;
  }

  /** @param code empty where it is kept */
  async execute(run: RunMessage, code: Uint8Array, host: RunHost): Promise<RunReport> {
    this.#watch.reset();
    const state: RunState = { memories: [], compiled: null, wasi: null };
    const outcome = await this.#outcome(run, code, watchedHost(host, this.#watch), state);
    return {
      outcome,
      memoryPeakBytes: state.compiled && memorySize(state.memories),
      left: state.wasi ? filesOf(state.wasi, run) : { files: [], truncated: false },
      retire: false,
    };
  }

  async #outcome(
    run: RunMessage,
    code: Uint8Array,
    host: RunHost,
    state: RunState,
  ): Promise<RunOutcome> {
    try {
      state.wasi = openSystem(run, host, this.#preopens, this.#watch);
      state.compiled = await this.#obtain(run, code, state.wasi);
      return await call(run, state, this.#watch);
    } catch (error) {
      if (isCleanExit(error)) return { status: 'success', resultJson: 'null', exitCode: 0 };
      const { compiled, memories } = state;
      const failure = failureOf(error, {
        ...nowhere(run),
        offsetInFile: (offset) => compiled?.offsetInFile(offset) ?? offset,
        memoryBytes: memorySize(memories),
        memoryRefusal: compiled
          ? refusalByLimit(this.#watch, compiled.needs, run.limits.memoryBytes)
          : null,
      });
      return { status: 'error', ...failure };
    }
  }

  async #obtain(
    { sha256, limits }: RunMessage,
    code: Uint8Array,
    { interfaces }: Wasi2,
  ): Promise<CompiledComponent> {
    const kept = this.#kept.get(sha256);
    if (kept) return kept;
    const compiled = await compileComponent(code, interfaces, limits.memoryBytes);
    if (sha256 !== '') this.#kept.set(sha256, compiled, compiled.weight);
    return compiled;
  }
}

interface RunState {
  memories: readonly WebAssembly.Memory[];
  compiled: CompiledComponent | null;
  wasi: Wasi2 | null;
}

async function call(
  run: RunMessage,
  state: RunState & { readonly compiled: CompiledComponent | null },
  watch: RefusalWatch,
): Promise<RunOutcome> {
  const { compiled, wasi } = state;
  if (!compiled || !wasi) throw new Error('called before it is compiled');
  const entry = chooseComponentEntry(compiled.exports, run.entrypoint);
  const exchange = entry.kind === 'handler' ? openExchangeOf(run, wasi) : null;
  const params = exchange?.params ?? convertParams(compiled, entry, run);
  state.memories = createMemories(compiled.needs, run.limits.memoryBytes);
  const granted = state.memories.values();
  const instantiation = new Instantiation(compiled.modules, {
    grants: { next: () => granted.next().value ?? unplanned() },
    watch: (instance, { bounded }) => watchGrowth(instance, bounded.growthExport, watch),
  });
  const exports = await instantiation.instantiate(
    { binary: compiled.binary, scope: null },
    new HostLinker(wasi.interfaces, instantiation.work, compiled.imports).supply,
    null,
    compiled.mayBlock,
  );
  const { type, invoke } = entryFunction(exports, entry);
  let result: HostValue;
  await invoke({
    instance: null,
    source: 'host',
    params: () => params,
    resolve: (value) => {
      result = value;
    },
  });
  if (exchange) return answered(exchange.answer());
  if (entry.kind === 'command') return exitOf(result);
  return outcomeOf(
    type.result ? toJson(type.result, result) : null,
    type.result?.kind === 'result',
  );
}

/** @throws {InvalidArguments} */
function openExchangeOf({ inputJson }: RunMessage, { context }: Wasi2): IncomingExchange {
  const exchange = openExchange(context, inputJson);
  if (exchange) return exchange;
  const reason = 'not a request: { url, method, headers, body or bodyBase64 }';
  throw new InvalidArguments([{ path: 'input', reason }]);
}

function answered(answer: ExchangeAnswer): RunOutcome {
  if ('response' in answer) {
    return { status: 'success', resultJson: JSON.stringify(answer.response), exitCode: null };
  }
  return runtimeError(answer.failure, answer.details);
}

function runtimeError(message: string, details: Json): RunOutcome {
  const error = { code: 'RUNTIME_ERROR', name: 'Error', message, stack: null, details } as const;
  return { status: 'error', error, exitCode: null };
}

function unplanned(): never {
  throw new Error('more memories than were planned');
}

/** @throws {InvalidArguments} */
function convertParams(
  { exports }: CompiledComponent,
  entry: ComponentEntry,
  run: RunMessage,
): readonly HostValue[] {
  const { type } = entryFunction(exports, entry);
  if (entry.kind === 'command') {
    const others = run.args.flatMap((arg, at) =>
      typeof arg === 'string' ? [] : [{ path: `args[${at}]`, reason: 'a program takes texts' }],
    );
    if (others.length > 0) throw new InvalidArguments(others);
    return [];
  }
  const withoutForm = withoutJsonForm(type);
  if (withoutForm.length > 0) throw new InvalidArguments(withoutForm);
  const unasked = run.entrypoint === null && type.params.length === 0;
  const converted = paramsFromJson(type, unasked ? [] : run.args);
  if ('issues' in converted) throw new InvalidArguments(converted.issues);
  return converted.values;
}

/** Of a command, which returns `result` without more. */
function exitOf(result: HostValue): RunOutcome {
  const isOk = typeof result === 'object' && 'tag' in result && result.tag === 'ok';
  return isOk
    ? { status: 'success', resultJson: 'null', exitCode: 0 }
    : halt({ kind: 'exit', code: 1 });
}

/** A function that returns a `result` has failed where that is an error. */
function outcomeOf(json: Json, isResult: boolean): RunOutcome {
  const success = (value: Json): RunOutcome => {
    return { status: 'success', resultJson: JSON.stringify(value), exitCode: null };
  };
  if (!isResult || json === null || typeof json !== 'object' || !('tag' in json)) {
    return success(json);
  }
  const value = json.value ?? null;
  if (json.tag === 'ok') return success(value);
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const cut =
    shown.length > MAX_SHOWN_ERROR_LENGTH ? `${shown.slice(0, MAX_SHOWN_ERROR_LENGTH)}…` : shown;
  const message =
    value === null ? 'The function returned an error.' : `The function returned an error: ${cut}`;
  return runtimeError(message, value);
}

/** @throws {InvalidArguments} where the program could not be given its arguments, environment or files */
function openSystem(
  run: RunMessage,
  host: RunHost,
  preopens: readonly string[],
  watch: RefusalWatch,
): Wasi2 {
  const { args: own, env } = run;
  const isProgram = namesCommand(run.entrypoint);
  rejectUnencodable({ args: isProgram ? own : [], env });
  const args = [programName(run.url), ...(isProgram ? own.map(String) : [])];
  try {
    const wasi = openWasi2({ run, host, args, preopens, goesOn: () => watch.goesOn() });
    return { ...wasi, interfaces: [...wasi.interfaces, scriptEngineInterface(host)] };
  } catch (error) {
    if (!(error instanceof WasiFailure)) throw error;
    throw new InvalidArguments([{ path: 'files', reason: UNFIT_FILES }]);
  }
}

function filesOf({ files }: Wasi2, { outputs, limits }: RunMessage): LeftFiles {
  return leftFiles(files, outputs, limits.maxOutputBytes);
}
