/** Failures outside the guest as callers see them. */

import { EngineError, type ErrorReport, errorName } from '../contract/errors.ts';

const DEFECT_MESSAGE =
  'The engine failed. The cause is in its log under the request id of this response; trying again may help.';

/**
 * The error that the caller gets for a failure outside the guest. Only the message of an
 * {@link EngineError} is meant for callers; anything else is a defect, and stays in the log.
 */
export function reportOf(failure: unknown): ErrorReport {
  const known = failure instanceof EngineError && failure.code !== 'INTERNAL_ERROR';
  const code = known ? failure.code : 'INTERNAL_ERROR';
  return {
    code,
    name: errorName(code),
    message: known ? failure.message : DEFECT_MESSAGE,
    stack: null,
    details: known ? failure.details : null,
  };
}
