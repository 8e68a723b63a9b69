/** What can go wrong between a caller and the engine. Each has the stable code of the API. */

import type { ErrorCode, ExecutionError } from './answer.ts';
import type { ExecuteResponse } from './wire.ts';

/** Any answer that is an error. `code` is stable; messages are for people. */
export class ScriptEngineError extends Error {
  override readonly name: string = 'ScriptEngineError';
  readonly code: ErrorCode;
  /** More about the error, by code: a list of `path` and `reason` for INVALID_REQUEST, say. */
  readonly details: unknown;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The id under which the engine's log has this request. */
  readonly requestId: string | null;
  /** The whole answer: what was printed before the error, say. */
  readonly response: ExecuteResponse | null;

  constructor(error: ExecutionError, status: number, response: ExecuteResponse | null) {
    super(error.message);
    this.code = error.code;
    this.details = error.details;
    this.status = status;
    this.requestId = response?.metadata.requestId ?? null;
    this.response = response;
  }
}

/** The code ran, and ended in an error of its own or at a limit: HTTP 200. */
export class RunError extends ScriptEngineError {
  override readonly name = 'RunError';
  /** Name of the guest's error, such as `TypeError`. */
  readonly guestName: string;
  /** Frames of the guest, with the script's own lines. */
  readonly guestStack: string | null;

  constructor(error: ExecutionError, status: number, response: ExecuteResponse | null) {
    super(error, status, response);
    this.guestName = error.name;
    this.guestStack = error.stack;
  }
}

/** The request does not fit the schema or the limits: 400, 404, 405, 413, 415. */
export class InvalidRequestError extends ScriptEngineError {
  override readonly name = 'InvalidRequestError';
}

/** The caller, the URL or the code is not permitted: 401, 403. */
export class NotAllowedError extends ScriptEngineError {
  override readonly name = 'NotAllowedError';
}

/** The code is nothing that runs here, or not what `integrity` says: 422. */
export class UnsupportedCodeError extends ScriptEngineError {
  override readonly name = 'UnsupportedCodeError';
}

/** The code could not be downloaded, or not in time: 502, 504. */
export class DownloadError extends ScriptEngineError {
  override readonly name = 'DownloadError';
}

/** Too much is asked of the engine at the moment: 429, 503. */
export class OverloadedError extends ScriptEngineError {
  override readonly name = 'OverloadedError';
  /** What `Retry-After` said, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(
    error: ExecutionError,
    status: number,
    response: ExecuteResponse | null,
    retryAfterMs: number | null,
  ) {
    super(error, status, response);
    this.retryAfterMs = retryAfterMs;
  }
}

/** What answered is no engine, or the stream ended before its `end` event. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** @param status HTTP status of the answer that tells the error */
export function errorOf(
  error: ExecutionError,
  status: number,
  response: ExecuteResponse | null,
  retryAfterMs: number | null,
): ScriptEngineError {
  if (status === 200) return new RunError(error, status, response);
  if (status === 429 || status === 503) {
    return new OverloadedError(error, status, response, retryAfterMs);
  }
  const Class = classes.get(status) ?? ScriptEngineError;
  return new Class(error, status, response);
}

const classes: ReadonlyMap<number, typeof ScriptEngineError> = new Map<
  number,
  typeof ScriptEngineError
>([
  [400, InvalidRequestError],
  [404, InvalidRequestError],
  [405, InvalidRequestError],
  [413, InvalidRequestError],
  [415, InvalidRequestError],
  [401, NotAllowedError],
  [403, NotAllowedError],
  [422, UnsupportedCodeError],
  [502, DownloadError],
  [504, DownloadError],
]);
