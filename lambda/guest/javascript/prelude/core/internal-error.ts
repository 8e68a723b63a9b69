/**
 * What QuickJS throws where its memory runs out. It is an `InternalError`, a class that nobody else has:
 * here it inherits from `RangeError`, which V8 throws where its stack runs out.
 */

import { stackOverflowMessage } from '../../bridge/stack-overflow.ts';
import { getPrototypeOf, isNativeError } from './intrinsics.ts';

/** QuickJS's own. */
declare const InternalError: ErrorConstructor;

const { prototype } = InternalError;

/** Whether QuickJS itself made the error, and for no fault of the language. */
export function isInternalError(value: unknown): value is Error {
  return isNativeError(value) && getPrototypeOf(value) === prototype;
}

export function isStackOverflow(value: unknown): boolean {
  return isNativeError(value) && value.message === stackOverflowMessage;
}

export function installInternalError(): void {
  Object.setPrototypeOf(prototype, RangeError.prototype);
  Object.setPrototypeOf(InternalError, RangeError);
  const hidden = { writable: true, enumerable: false, configurable: true };
  Object.defineProperty(prototype, 'name', { value: 'RangeError', ...hidden });
  Object.defineProperty(prototype, 'constructor', { value: RangeError, ...hidden });
  // V8 has none, and nobody need make one.
  Reflect.deleteProperty(globalThis, 'InternalError');
}
