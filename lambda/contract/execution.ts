/**
 * The engine as the handler sees it: requests and executions, independent of HTTP.
 */

import type { ErrorReport, Json } from './errors.ts';
import type { CodeType } from './languages.ts';
import type { LogLevel } from './protocol.ts';
import type { RunInputs } from './run-inputs.ts';

/** A validated request: every field is present, `null` where the caller left it out. */
export interface ExecuteRequest {
  readonly source: CodeSource;
  /** The language of code whose language nothing else shows. */
  readonly type: CodeType | null;
  /** What its run is given. */
  readonly inputs: RunInputs;
  /** JSON texts of many inputs, each of which gets a run of its own; `null`: one run, as `inputs` says. */
  readonly batch: readonly string[] | null;
  readonly integrity: Integrity | null;
  /** With `integrity`: modules of other origins than the code's need no value of their own. */
  readonly unpinned: boolean;
  readonly limits: RequestedLimits;
}

/** Where the code comes from: a URL, or the request itself. */
export type CodeSource = CodeUrl | InlineCode;

interface CodeUrl {
  readonly kind: 'url';
  /** Absolute `http:` or `https:` URL without credentials, as the caller wrote it. */
  readonly url: string;
}

export interface InlineCode {
  readonly kind: 'inline';
  readonly bytes: Buffer;
  /** Texts of modules by their URLs, see `inline.ts`. */
  readonly modules: InlineModules;
}

export type InlineModules = ReadonlyMap<string, Buffer>;

/**
 * Subresource-Integrity values, syntactically checked: that of the code, or those of the code and of
 * modules by their URLs.
 */
export type Integrity = string | { readonly [url: string]: string };

/** What the request asks for; already known to be within the operator's settings. */
export interface RequestedLimits {
  readonly timeoutMs: number | null;
  readonly cpuMs: number | null;
  readonly memoryMb: number | null;
  readonly fetch: {
    readonly maxRequests: number | null;
    readonly maxRequestBytes: number | null;
    readonly maxResponseBytes: number | null;
    readonly timeoutMs: number | null;
    /** Host patterns that narrow the operator's; `null`: no narrowing. */
    readonly allowedHosts: readonly string[] | null;
  };
  readonly imports: {
    /** Host patterns that narrow the operator's hosts of code; `null`: no narrowing. */
    readonly allowedHosts: readonly string[] | null;
    readonly maxModules: number | null;
    /** Whether the run may load what does not stand in the code as a literal. */
    readonly dynamic: boolean;
  };
}

/** What the engine knows of the invocation besides the request. */
export interface ExecutionContext {
  readonly requestId: string;
  /** Time for the execution, out of the time that the Lambda invocation has left. */
  readonly timeLeftMs: number;
  /**
   * Aborted where the caller no longer waits for the answer, which ends the execution; `null` where
   * nobody can tell.
   */
  readonly abandoned?: AbortSignal | null;
  /** Hears of the execution what happens in it; what was printed is then not in its result. */
  readonly observer?: ExecutionObserver;
}

export interface ExecutionObserver {
  tell(event: ExecutionEvent): Readiness;
}

/** Settles when the listener is ready for more; `null`: it is. Never rejects. */
export type Readiness = Promise<void> | null;

/** `start` is the first; not told where nothing has run. */
export type ExecutionEvent =
  | { readonly event: 'start'; readonly data: ExecutionStart }
  | { readonly event: 'stdout' | 'stderr'; readonly data: { readonly text: string } }
  | { readonly event: 'log'; readonly data: LogEntry }
  | { readonly event: 'item'; readonly data: { readonly index: number } & ItemExecution };

export type ExecutionStart = Pick<
  ExecutionMetadata,
  | 'requestId'
  | 'url'
  | 'codeType'
  | 'detectedBy'
  | 'sha256'
  | 'resourceSizeBytes'
  | 'downloadTimeMs'
  | 'timestamp'
>;

/**
 * How an execution ended. The error may carry any code: the HTTP status follows from it, and
 * what was measured until then (a download time, say) is kept.
 */
export interface Execution {
  /** JSON text of the result, verified to be JSON; `'null'` where there is none. */
  readonly resultJson: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly logs: readonly LogEntry[];
  /** Files that the run has made or changed, and those of `outputs`, by path. */
  readonly files: readonly OutputFile[];
  /** `null`: the run was a success. */
  readonly error: ErrorReport | null;
  readonly metadata: ExecutionMetadata;
  /** Outbound requests of the guest that policy or quota rejected; for the operator's log. */
  readonly fetchesRefused: number;
  /** Of a batch that ran, in the order of its inputs, whose output and results are here; else `null`. */
  readonly items: readonly ItemExecution[] | null;
}

/** How the run of one of many inputs ended. */
export interface ItemExecution
  extends Pick<Execution, 'resultJson' | 'stdout' | 'stderr' | 'logs' | 'error'>,
    Pick<
      ExecutionMetadata,
      'executionTimeMs' | 'cpuTimeMs' | 'memoryPeakBytes' | 'fetch' | 'truncated'
    > {
  /** Those that `outputs` asks for; `null` where it asks for none. */
  readonly files: readonly OutputFile[] | null;
}

/** One `app_log` entry. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly fields: Json;
}

/** A file that the program has made or changed, or that `outputs` asks for. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Where `outputs` asks for it and it fits: its text, or, where it is not UTF-8, its bytes. */
  readonly content?: string | { readonly base64: string };
}

export type DetectedBy = 'content' | 'content-type' | 'extension' | 'hint' | 'default';

/** Facts about an execution; `null` where one could not be measured. */
export interface ExecutionMetadata {
  readonly requestId: string;
  /**
   * Final URL, after redirects; the request's own where nothing was downloaded; that of code in the
   * request once its language is known.
   */
  readonly url: string | null;
  readonly codeType: CodeType | null;
  readonly detectedBy: DetectedBy | null;
  /** When the execution began: ISO 8601, UTC. */
  readonly timestamp: string;
  readonly executionTimeMs: number | null;
  readonly downloadTimeMs: number | null;
  readonly cpuTimeMs: number | null;
  readonly memoryPeakBytes: number | null;
  /** Size of the code, after decompression. */
  readonly resourceSizeBytes: number | null;
  /** Hex SHA-256 of the code. */
  readonly sha256: string | null;
  /** Exit code of a WASI program. */
  readonly exitCode: number | null;
  readonly fetch: {
    readonly requests: number;
    readonly bytesSent: number;
    readonly bytesReceived: number;
  };
  /** All imports; those that the run chose are in `fetch` as well. */
  readonly imports: {
    /** Redirects included, and what a cache answers. */
    readonly requests: number;
    readonly bytesReceived: number;
    /** While at least one was under way. */
    readonly timeMs: number;
  };
  /** Paths of `outputs` at which the run left no file; absolute. */
  readonly missingOutputs: readonly string[];
  readonly truncated: {
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly logs: boolean;
    readonly files: boolean;
    readonly error: boolean;
  };
}

/** State of the sandbox processes. */
export interface SandboxHealth {
  /** How many processes there should be. */
  readonly size: number;
  readonly idle: number;
  readonly busy: number;
  readonly starting: number;
  /** Executions waiting for a process. */
  readonly queued: number;
  /** Starts that failed since the last one that did not. */
  readonly failedStarts: number;
  /** Processes that others have taken the place of: they died, were killed or had grown too large. */
  readonly replaced: number;
  /** Compiled code that the processes keep, memory images and modules together. */
  readonly keptBytes: number;
  /** The most that each of them may keep. */
  readonly maxKeptBytes: number;
}

export interface Engine {
  /**
   * Obtains, detects and runs the code of one request.
   * @throws {EngineError} where nothing is known beyond the error itself (OVERLOADED, say);
   *   failures that leave something to report resolve with `error` set
   * @throws {ExecutionAbandoned} where the signal of the context has ended it
   */
  execute(request: ExecuteRequest, context: ExecutionContext): Promise<Execution>;
  health(): SandboxHealth;
  /** Stops the sandboxes and all connections. */
  close(): Promise<void>;
}
