/** The errors that a script sees where `fetch`, or reading a response, fails. */

import type { GuestFetchError } from '../../../../contract/calls.ts';
import { framesProperty } from '../../bridge/frames-property.ts';
import { isError } from '../console/inspect/brands.ts';
import { guestFrames, rawFrames } from '../console/inspect/frames.ts';
import { DOMException } from '../core/dom-exception.ts';
import { defineProperty } from '../core/intrinsics.ts';

/** The error that Node.js throws for a failure of the network. */
export function failure(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

/** The error that Node.js throws where the network fails in the middle of a body. */
function termination(cause: unknown): TypeError {
  return new TypeError('terminated', { cause });
}

/**
 * What Node.js throws, or an error that names the broken rule.
 * @param isBegun the response has begun
 */
export function toError({ kind, message, causeCode }: GuestFetchError, isBegun = false): Error {
  switch (kind) {
    case 'timeout':
      return new DOMException(message, 'TimeoutError');
    case 'aborted':
      return new DOMException(message, 'AbortError');
    case 'network': {
      const cause = new Error(message);
      if (causeCode !== null) Object.assign(cause, { code: causeCode });
      return isBegun ? termination(cause) : failure(cause);
    }
    case 'bad-request':
    case 'not-allowed':
    case 'too-large':
    case 'quota':
      return new TypeError(message);
  }
}

/** Gives a failure that came from the host the place where the script has called `fetch`. */
export function placeAt(error: unknown, frames: string): void {
  if (!isError(error) || guestFrames(rawFrames(error as object) ?? '') !== '') return;
  defineProperty(error, framesProperty, { value: frames, writable: true, configurable: true });
}
