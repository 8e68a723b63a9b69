/** What the caller is told of a failure outside the guest. */

import { EngineError, type ErrorReport, errorName } from '../contract/errors.ts';

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
    name: errorName(code),
    message: known ? failure.message : messageOfDefects,
    stack: null,
    details: known ? failure.details : null,
  };
}
