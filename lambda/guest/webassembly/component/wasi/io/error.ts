/** `wasi:io/error`, and how streams fail. */

import { type HostInterface, type HostVariant, ResultError } from '../../host.ts';
import { WASI_VERSION } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostFunction, wit } from '../binding/parameters.ts';

/** What an error of a stream is in the interface that the stream is of. */
interface Cause {
  /** Its `error-code` in `wasi:filesystem/types`. */
  readonly filesystem?: string;
  /** Its `error-code` in `wasi:http/types`. */
  readonly http?: HostVariant;
}

export class IoError extends HeldResource {
  readonly resource = 'wasi:io/error/error';
  readonly message: string;
  readonly cause: Cause;

  constructor(holdings: Holdings, message: string, cause: Cause) {
    super(holdings);
    this.message = message;
    this.cause = cause;
  }
}

/** `stream-error::closed`. */
export function closed(): ResultError {
  return new ResultError({ tag: 'closed' });
}

/** `stream-error::last-operation-failed`. */
export function failed(holdings: Holdings, message: string, cause: Cause): ResultError {
  const value = new IoError(holdings, message, cause);
  return new ResultError({ tag: 'last-operation-failed', value });
}

export const errorInterface: HostInterface = {
  name: 'wasi:io/error',
  version: WASI_VERSION,
  resources: ['error'],
  functions: {
    '[method]error.to-debug-string': hostFunction(
      [wit.resource(IoError)],
      (error) => error.message,
    ),
  },
};
