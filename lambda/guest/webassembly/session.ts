/** What one run's host functions share: the instance's memory, the WASI system, and their release. */

import type { LeftFiles, RunMessage } from '../../contract/protocol.ts';
import { leftFiles } from '../files/left-files.ts';
import { UNFIT_FILES } from '../files/request-files.ts';
import type { RunHost } from '../runtime/runtime.ts';
import type { ModuleShape } from '../wasm-binary/inspect.ts';
import { InvalidArguments } from './entry.ts';
import { envFunctions } from './env.ts';
import { halt } from './module/halt.ts';
import type { HostFunction, HostModules } from './module/link.ts';
import { GuestMemory } from './module/memory.ts';
import type { RefusalWatch } from './module/refusal.ts';
import { programName, rejectUnencodable, watchedHost } from './program.ts';
import { WasiFailure } from './wasi/abi.ts';
import type { Wasi } from './wasi/wasi.ts';
import { openWasi, wasiModules } from './wasi/wasi.ts';
import type { WasmerBinding } from './wasi/wasmer.ts';
import { bindWasmer, loadWasmer, wasmerFunctions } from './wasi/wasmer.ts';

export class Session implements HostModules {
  readonly #run: RunMessage;
  readonly #host: RunHost;
  readonly #watch: RefusalWatch | null;
  readonly #wasmer: Awaited<ReturnType<typeof loadWasmer>> | null;
  readonly #preopens: readonly string[];
  readonly #modules = new Map<string, ReadonlyMap<string, HostFunction>>();
  #memory: WebAssembly.Memory | null = null;
  #guestMemory: GuestMemory | null = null;
  #wasi: Wasi | null = null;
  #binding: WasmerBinding | null = null;

  private constructor(
    run: RunMessage,
    host: RunHost,
    preopens: readonly string[],
    watch: RefusalWatch | null,
    wasmer: Awaited<ReturnType<typeof loadWasmer>> | null,
  ) {
    this.#run = run;
    this.#watch = watch;
    this.#host = watch ? watchedHost(host, watch) : host;
    this.#preopens = preopens;
    this.#wasmer = wasmer;
  }

  /**
   * @param watch follows what the guest does after it was refused memory
   * @throws {InvalidArguments} where the program could not be given its arguments or environment
   */
  static async open(
    run: RunMessage,
    shape: ModuleShape,
    host: RunHost,
    preopens: readonly string[],
    watch: RefusalWatch | null,
  ): Promise<Session> {
    const needsWasmer = shape.imports.some(
      ({ module, name }) => module in wasiModules && wasmerNames.has(name),
    );
    if (needsWasmer) rejectUnencodable(run);
    return new Session(run, host, preopens, watch, needsWasmer ? await loadWasmer() : null);
  }

  functions(module: string): ReadonlyMap<string, HostFunction> | null {
    const known = this.#modules.get(module);
    if (known) return known;
    const edition = wasiModules[module];
    if (module !== 'env' && !edition) return null;
    const functions = edition
      ? this.#openWasi().functions(edition)
      : envFunctions(this.#host, (caller) => this.#mustHaveMemory(caller));
    this.#modules.set(module, functions);
    return functions;
  }

  /** Sets the memory that pointers of host functions point into; before functions are asked for. */
  useMemory(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    this.#guestMemory = new GuestMemory(memory);
  }

  /** What the program leaves in its file system. */
  leftFiles(): LeftFiles {
    const { outputs, limits } = this.#run;
    if (!this.#wasi) return { files: [], truncated: false };
    return leftFiles(this.#wasi.files, outputs, limits.maxOutputBytes);
  }

  /** @returns whether the process can run other guests */
  close(): boolean {
    return this.#binding?.release() ?? true;
  }

  #mustHaveMemory(caller?: string): GuestMemory {
    return this.#guestMemory ?? trapWithoutMemory(caller);
  }

  #openWasi(): Wasi {
    if (this.#wasi) return this.#wasi;
    try {
      this.#wasi = openWasi({
        run: this.#run,
        host: this.#host,
        memory: () => this.#mustHaveMemory(),
        wasmer: () => this.#bindWasmer(),
        preopens: this.#preopens,
        watch: this.#watch,
      });
      return this.#wasi;
    } catch (error) {
      if (!(error instanceof WasiFailure)) throw error;
      throw new InvalidArguments([{ path: 'files', reason: UNFIT_FILES }]);
    }
  }

  #bindWasmer(): WasmerBinding {
    if (!this.#memory) return unbound;
    if (!this.#wasmer) throw new Error('bound before the package is loaded');
    const args = [programName(this.#run.url), ...this.#run.args.map(String)];
    this.#binding ??= bindWasmer(this.#wasmer, this.#memory, args, this.#run.env);
    return this.#binding;
  }
}

const wasmerNames: ReadonlySet<string> = new Set(wasmerFunctions);

const trapWithoutMemory = (caller = 'the function that it calls'): never =>
  halt({ kind: 'trap', message: `The module has no memory, which ${caller} needs.` });

/** What a module without a memory gets. */
const unbound: WasmerBinding = {
  functions: {
    args_get: () => trapWithoutMemory('args_get'),
    args_sizes_get: () => trapWithoutMemory('args_sizes_get'),
    environ_get: () => trapWithoutMemory('environ_get'),
    environ_sizes_get: () => trapWithoutMemory('environ_sizes_get'),
    sched_yield: () => trapWithoutMemory('sched_yield'),
  },
  release: () => true,
};
