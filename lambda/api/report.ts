/** What the caller is told of a failure outside the guest. */

import { EngineError, type ErrorReport } from '../contract/errors.ts';

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
