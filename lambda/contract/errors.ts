/**
 * Every way an execution can fail, as one small hierarchy with stable codes.
 * Callers match on `code`, never on message text.
 */

/** Failures of the guest: the HTTP answer is 200, `status` is `error`. */
export const guestErrorCodes = [
  'SYNTAX_ERROR',
  'RUNTIME_ERROR',
  'WASM_INVALID',
  'WASM_LINK_ERROR',
  'WASM_TRAP',
  'ENTRYPOINT_NOT_FOUND',
  'NON_ZERO_EXIT',
  'IMPORT_FAILED',
  'TIMEOUT',
  'CPU_LIMIT',
  'MEMORY_LIMIT',
  'STACK_OVERFLOW',
  'RESULT_NOT_SERIALIZABLE',
  'RESULT_TOO_LARGE',
  'SANDBOX_CRASHED',
] as const;

/** Failures of a request with many inputs, and of those inputs that were not run: HTTP 200, too. */
export const batchErrorCodes = ['BATCH_FAILED', 'NOT_RUN'] as const;

/** Failures before or around the run: each has its own HTTP status. */
export const requestErrorCodes = [
  'INVALID_REQUEST',
  'FORBIDDEN',
  'URL_NOT_ALLOWED',
  'CODE_NOT_ALLOWED',
  'REQUEST_TOO_LARGE',
  'CODE_TOO_LARGE',
  'UNSUPPORTED_CODE',
  'INTEGRITY_MISMATCH',
  'DOWNLOAD_FAILED',
  'DOWNLOAD_TIMEOUT',
  'OVERLOADED',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
  'INTERNAL_ERROR',
] as const;

export type GuestErrorCode = (typeof guestErrorCodes)[number];
export type RequestErrorCode = (typeof requestErrorCodes)[number];
export type BatchErrorCode = (typeof batchErrorCodes)[number];
export type ErrorCode = GuestErrorCode | BatchErrorCode | RequestErrorCode;

/** The name of an error that the engine itself reports: `DOWNLOAD_FAILED` is `DownloadFailed`. */
export function errorName(code: string): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

/** A JSON value, as it stands in requests and responses. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The `error` object of a response. */
export interface ErrorReport {
  readonly code: ErrorCode;
  /** The error's name: the guest's own (`TypeError`), or the engine's (`DownloadFailed`). */
  readonly name: string;
  /** What went wrong and what the caller can do about it. */
  readonly message: string;
  /** Guest frames only, never a host path. */
  readonly stack: string | null;
  readonly details: Json;
}

/**
 * A failure of the request or of the download, thrown by the engine's own parts and
 * turned into a response by the handler. The message is shown to the caller.
 */
export class EngineError extends Error {
  readonly code: RequestErrorCode;
  readonly details: Json;

  constructor(
    code: RequestErrorCode,
    message: string,
    options: { details?: Json; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EngineError';
    this.code = code;
    this.details = options.details ?? null;
  }
}

/** Nobody waits for the execution any more, which was ended for that. */
export class ExecutionAbandoned extends Error {
  override readonly name = 'ExecutionAbandoned';
}
