/** The HTTP status that answers with each error code. */

import {
  batchErrorCodes,
  type ErrorCode,
  guestErrorCodes,
  type RequestErrorCode,
} from './errors.ts';

/** HTTP status of each failure that is not the guest's. */
const requestErrorStatus = {
  INVALID_REQUEST: 400,
  FORBIDDEN: 403,
  URL_NOT_ALLOWED: 403,
  CODE_NOT_ALLOWED: 403,
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
  ...(Object.fromEntries(
    [...guestErrorCodes, ...batchErrorCodes].map((code) => [code, 200]),
  ) as Record<ErrorCode, number>),
  ...requestErrorStatus,
};
