import {
  EngineError,
  type ErrorCode,
  type ErrorReport,
  guestErrorCodes,
  type RequestErrorCode,
} from '../engine/errors.ts';

/** HTTP status of each failure that is not the guest's. */
const requestErrorStatus = {
  INVALID_REQUEST: 400,
  URL_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TOO_LARGE: 413,
  CODE_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNSUPPORTED_CODE: 422,
  INTEGRITY_MISMATCH: 422,
  INTERNAL_ERROR: 500,
  DOWNLOAD_FAILED: 502,
  OVERLOADED: 503,
  DOWNLOAD_TIMEOUT: 504,
} as const satisfies Record<RequestErrorCode, number>;

/** HTTP status of each error code: a guest that fails is a request that was answered. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  ...(Object.fromEntries(guestErrorCodes.map((code) => [code, 200])) as Record<ErrorCode, number>),
  ...requestErrorStatus,
};

const messageOfDefects =
  'The engine failed. The cause is in its log under the request id of this response; trying again may help.';

/**
 * What the caller is told of a failure outside the guest. Only the message of an
 * {@link EngineError} is meant for callers; anything else is a defect, and stays in the log.
 */
export function reportOf(failure: unknown): ErrorReport {
  const known = failure instanceof EngineError && failure.code !== 'INTERNAL_ERROR';
  const code = known ? failure.code : 'INTERNAL_ERROR';
  return {
    code,
    name: pascalCase(code),
    message: known ? failure.message : messageOfDefects,
    stack: null,
    details: known ? failure.details : null,
  };
}

/** `DOWNLOAD_FAILED` → `DownloadFailed`. */
function pascalCase(code: string): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}
