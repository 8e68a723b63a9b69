/** Text that somebody else has written. */

import { UsageError } from './arguments.ts';

/** @param what names it in the message @throws {UsageError} it is not UTF-8 */
export function textOf(what: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${what} is not text in UTF-8`);
  }
}
