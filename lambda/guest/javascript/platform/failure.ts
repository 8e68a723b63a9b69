/** Turns what an API of Node.js throws into what the guest sees. */

import { BridgeError } from '../bridge/bridge.ts';

export interface Failure {
  readonly name: string;
  readonly message: string;
  /** Node.js's own, such as `ERR_INVALID_ARG_TYPE`. */
  readonly code?: string;
}

/** Reads an error of whatever realm: what was thrown may be anything. */
export function failureOf(thrown: unknown): Failure {
  const { name, message, code } = Object(thrown) as { readonly [key: string]: unknown };
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : String(thrown),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

/** Calls an API of Node.js; what it throws becomes a `RangeError` or a `TypeError` of the guest. */
export function named<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { name, message, code } = failureOf(error);
    throw new BridgeError(name === 'RangeError' ? name : 'TypeError', message, code);
  }
}
