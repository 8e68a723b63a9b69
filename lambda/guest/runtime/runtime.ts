/**
 * The seam between the sandbox process and a language: a new language is a folder beside
 * `javascript/` and `webassembly/` whose `language.ts` exports {@link CreateRuntime}, and a row in
 * `contract/languages.ts`.
 */

import type { CallName, CallRequest, CallResult } from '../../contract/calls.ts';
import type { Json } from '../../contract/errors.ts';
import type { CodeType } from '../../contract/languages.ts';
import type { LeftFiles, LogLevel, RunMessage, RunOutcome } from '../../contract/protocol.ts';
import type { CodeBudget } from './code-budget.ts';

/** What a run may ask of the host. Each run gets its own, which does nothing once the run is over. */
export interface RunHost {
  /** Of runs that differ in their input only, the same object for each; absent where a run stands alone. */
  readonly batch?: object;
  /**
   * The code begins to run: what fails from here on is its own fault. Output says so by itself.
   * @param codeType what the code has turned out to be; absent where it is what the run says
   */
  started(codeType?: CodeType): void;
  /**
   * Prints bytes as the guest produced them, up to the cap; they have left the process on return.
   * @returns whether more will be accepted on this stream
   */
  write(stream: 'stdout' | 'stderr', chunk: Uint8Array): boolean;
  /** How many more bytes the stream accepts. */
  room(stream: 'stdout' | 'stderr'): number;
  /**
   * Records an `app_log` entry, up to the cap.
   * @param cut the guest's entry was longer
   */
  log(level: LogLevel, message: string, fields: Json, cut?: boolean): void;
  /** Asks something of the host. The result never rejects. */
  call<Name extends CallName>(
    name: Name,
    request: CallRequest<Name>,
    body?: Uint8Array,
  ): PendingCall<Name>;
  /** Milliseconds left of the run's wall time; 0 or less when it is over. */
  timeLeftMs(): number;
  /** Milliseconds of CPU time left of the run. */
  cpuLeftMs(): number;
}

export interface PendingCall<Name extends CallName> {
  readonly result: Promise<CallResult<Name>>;
  abort(): void;
}

export interface RunReport {
  /** What the code has turned out to be; absent where it is what the run says. */
  readonly codeType?: CodeType;
  readonly outcome: RunOutcome;
  readonly memoryPeakBytes: number | null;
  /** The sandbox process should be replaced after this run. */
  readonly retire: boolean;
  /** What the guest leaves in its file system; absent where a language has none. */
  readonly left?: LeftFiles;
}

/** One language. Lives as long as its sandbox process; runs one guest at a time. */
export interface Runtime {
  /** Prepares the next run; called before the process is ready, and after each run. */
  prepare(): Promise<void>;
  /**
   * Does what can wait, in steps of some milliseconds: while the process is idle, and between its runs;
   * called once.
   */
  warmUp?(): AsyncGenerator<void>;
  /**
   * Runs one guest to its end. Must settle soon after `host.timeLeftMs()` reaches 0; the host kills
   * the process otherwise. Never rejects for what the guest did.
   * @param run the request; `code` is empty where `run.codeKept`
   */
  execute(run: RunMessage, code: Uint8Array, host: RunHost): Promise<RunReport>;
  /** Learns what a run cost. @returns whether the process should be replaced */
  charge?(cpuMs: number): boolean;
  /** Hashes of code that is kept for later runs, which need not be sent again. */
  kept(): readonly string[];
}

/** What the sandbox process gives to each of its languages. */
export interface RuntimeOptions {
  /** Where the build has put files that runtimes read, such as QuickJS and its image. */
  readonly directory: URL;
  /** The most memory that any run may be given. */
  readonly maxMemoryBytes: number;
  /** The most memory for images of compiled code; 0 to keep none. */
  readonly codeCacheBytes: number;
  /**
   * Whether to run something before the first run, which would wait for V8's compiler otherwise: true,
   * where absent. It costs more than it saves where that run is the only one.
   */
  readonly rehearse?: boolean;
  /** What they count against: one for all languages. */
  readonly budget: CodeBudget;
  /** Random bytes for the first runs. */
  readonly seeds?: Uint8Array<ArrayBuffer>;
}

/** Makes the runtime of a language: `createRuntime` in the `language.ts` of its folder. */
export type CreateRuntime = (options: RuntimeOptions) => Runtime;
