/**
 * The messages between the host and a sandbox process.
 *
 * A frame is `u32 header length, u32 body length` (little endian), the header as UTF-8 JSON,
 * and the body as raw bytes. The sandbox reads frames from its stdin and writes them to file
 * descriptor 3 with blocking writes, so that what a guest printed has left the process before the
 * guest can loop for ever. JSON and bytes rather than V8's serializer, because the host
 * trusts no byte that comes out of a sandbox.
 */

import type { CallName, CallReply, CallRequest } from './calls.ts';
import type { GuestErrorCode, Json } from './errors.ts';
import type { CodeType } from './languages.ts';
import type { RunInputs } from './run-inputs.ts';

/** The limits of one run that the sandbox itself enforces. */
export interface RunLimits {
  /** Wall time of the run. */
  readonly timeoutMs: number;
  /** CPU time of the run. */
  readonly cpuMs: number;
  /** Guest memory: the whole QuickJS heap, or all linear memories and tables together. */
  readonly memoryBytes: number;
  /** Each of stdout and stderr, log entries, and the contents of output files together. */
  readonly maxOutputBytes: number;
  /** In place of it for each of stdout and stderr of a run that somebody listens to. */
  readonly maxStreamBytes?: number;
  readonly maxLogEntries: number;
  /** The result's JSON text. */
  readonly maxResultBytes: number;
  /** The files of the run: what was given and what is written together. */
  readonly maxFilesBytes: number;
  /** JavaScript: the modules that the run may load, the code itself not counted. */
  readonly maxModules: number;
}

/** Starts a run; the frame's body is the code (empty where `codeKept`). */
export interface RunMessage extends RunInputs {
  readonly type: 'run';
  readonly runId: number;
  readonly codeType: CodeType;
  /** Nothing but the lack of another language speaks for the code type. */
  readonly isGuessed: boolean;
  /** Final URL of the code, as guests see it in stack traces and `import.meta.url`. */
  readonly url: string;
  /** Hex SHA-256 of the code, by which what it compiles to is kept; `''`: nothing is kept. */
  readonly sha256: string;
  /** The sandbox has reported code of this hash (`DoneMessage.kept`): the body is empty. */
  readonly codeKept: boolean;
  readonly limits: RunLimits;
}

/** What a run is, apart from its place in the sandbox's line. */
export type RunJob = Omit<RunMessage, 'type' | 'runId' | 'codeKept'>;

/** What runs have in common that differ in their input only; the frame's body is their code. */
export interface BatchMessage {
  readonly type: 'batch';
  /** Under which the sandbox keeps it, in place of what it kept there before. */
  readonly slot: number;
  readonly job: RunJob;
}

/** No more runs of the batch in this slot will come. */
export interface BatchEndMessage {
  readonly type: 'batch-end';
  readonly slot: number;
}

/** Starts a run of the batch in a slot; the frame's body is the JSON text of its input. */
export interface ItemMessage {
  readonly type: 'item';
  readonly slot: number;
  readonly runId: number;
  /** Wall time of this run, and the most of its CPU time: no more than that of the batch. */
  readonly timeoutMs: number;
}

/**
 * Takes back runs that were sent ahead: those that have not begun are dropped. Answered by a
 * `RecalledMessage` once none of them is under way any more.
 */
export interface RecallMessage {
  readonly type: 'recall';
  readonly firstRunId: number;
  readonly lastRunId: number;
}

/** Answers a `CallMessage`; the frame's body is that of the result. */
export interface ReplyMessage {
  readonly type: 'reply';
  readonly runId: number;
  readonly callId: number;
  readonly reply: CallReply;
}

export type HostMessage =
  | RunMessage
  | BatchMessage
  | BatchEndMessage
  | ItemMessage
  | RecallMessage
  | ReplyMessage;

/** The sandbox is up and waits for a run. */
export interface ReadyMessage {
  readonly type: 'ready';
}

/** None of the runs of a `RecallMessage` is under way, or will be. */
export interface RecalledMessage {
  readonly type: 'recalled';
  readonly lastRunId: number;
}

/** The code has been compiled and begins to run; of runs with `maxStreamBytes` only. */
export interface StartedMessage {
  readonly type: 'started';
  readonly runId: number;
  /** What the code has turned out to be, where that was guessed. */
  readonly codeType: CodeType;
}

/** The frame's body is what the guest printed. */
export interface OutputMessage {
  readonly type: 'output';
  readonly runId: number;
  readonly stream: 'stdout' | 'stderr';
  /** The cap is reached: output after this chunk is dropped. */
  readonly truncated: boolean;
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogMessage {
  readonly type: 'log';
  readonly runId: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Json;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
}

/** The cap on log entries is reached: later entries are dropped. */
export interface LogsDroppedMessage {
  readonly type: 'logs-dropped';
  readonly runId: number;
}

/** The most files that one run may report. */
export const MAX_LEFT_FILES = 1000;

/** A regular file after the run. */
export interface LeftFile {
  /** Absolute. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** `null` where the request does not ask for it, or it did not fit. */
  readonly content: Uint8Array | null;
}

/** The files that a run has made or changed, and those it was asked for, in the order of their paths. */
export interface LeftFiles {
  readonly files: readonly LeftFile[];
  /** Files, or contents that the request asks for, are missing. */
  readonly truncated: boolean;
}

/** A file that the guest leaves, sent when it has ended; the frame's body is its content. */
export interface FileMessage {
  readonly type: 'file';
  readonly runId: number;
  readonly path: string;
  readonly size: number;
  readonly hasContent: boolean;
}

/** A cap on files has been reached. */
export interface FilesDroppedMessage {
  readonly type: 'files-dropped';
  readonly runId: number;
}

/** The guest asks something of the host; the frame's body is that of the request. */
export interface CallMessage {
  readonly type: 'call';
  readonly runId: number;
  readonly callId: number;
  readonly name: CallName;
  /** Of this name: checked by `hostCalls`. */
  readonly request: CallRequest;
}

/** The guest no longer waits for the reply. */
export interface CallAbortMessage {
  readonly type: 'call-abort';
  readonly runId: number;
  readonly callId: number;
}

export interface GuestError {
  readonly code: GuestErrorCode | 'INVALID_REQUEST' | 'UNSUPPORTED_CODE';
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly details: Json;
  /** Texts were cut. */
  readonly truncated?: boolean;
}

interface RunSuccess {
  readonly status: 'success';
  readonly resultJson: string;
  readonly exitCode: number | null;
}

interface RunError {
  readonly status: 'error';
  readonly error: GuestError;
  readonly exitCode: number | null;
}

export type RunOutcome = RunSuccess | RunError;

/** A run has ended; the frame's body is the result's JSON, where there is one. */
export interface DoneMessage {
  readonly type: 'done';
  readonly runId: number;
  /** What the code has turned out to be, where that was guessed. */
  readonly codeType: CodeType;
  readonly outcome: Omit<RunSuccess, 'resultJson'> | RunError;
  readonly executionTimeMs: number;
  readonly cpuTimeMs: number;
  /** Peak of the guest's memory in this run; `null` where nothing ran. */
  readonly memoryPeakBytes: number | null;
  /** Hashes of the code that this sandbox keeps after the run, for runs and for imports. */
  readonly kept: readonly string[];
  /** What all compiled code takes that this sandbox keeps: images and modules. */
  readonly keptBytes?: number;
  /** The host must replace the sandbox: it is no longer in its initial state. */
  readonly retire: boolean;
}

export type SandboxMessage =
  | ReadyMessage
  | RecalledMessage
  | StartedMessage
  | OutputMessage
  | LogMessage
  | LogsDroppedMessage
  | CallMessage
  | CallAbortMessage
  | FileMessage
  | FilesDroppedMessage
  | DoneMessage;
