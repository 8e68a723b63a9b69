/** What is told about a thrown value, whatever it is. Never throws. */

import { toldFailure } from './modules.ts';

export interface ErrorRecord {
  /** Set where the engine itself found the error. */
  readonly code: string | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly details: unknown;
  /** Texts were cut. */
  readonly truncated?: boolean;
}

/** Texts of an error are cut to these many UTF-16 units. */
const MAX_NAME_LENGTH = 256;
const MAX_MESSAGE_LENGTH = 64 * 1024;
const MAX_STACK_LENGTH = 16 * 1024;

/** File name that the prelude is evaluated under: its frames are not the guest's business. */
const PRELUDE_FRAME = /\(engine:|^\s*at engine:/;

// Captured: a script may replace them.
const { stringify } = JSON;

export function describeError(thrown: unknown): ErrorRecord {
  let truncated = false;
  const cut = (value: string, length: number): string => {
    if (value.length <= length) return value;
    truncated = true;
    return value.slice(0, length);
  };
  const isError = thrown instanceof Error || isDomException(thrown);
  const name = isError ? cut(read(thrown, 'name') || 'Error', MAX_NAME_LENGTH) : 'Error';
  const message = cut(isError ? read(thrown, 'message') : show(thrown), MAX_MESSAGE_LENGTH);
  const frames = isError ? guestFrames(read(thrown, 'stack')) : '';
  const header = message === '' ? name : `${name}: ${message}`;
  const stack =
    frames === ''
      ? null
      : cut(`${cut(header, MAX_MESSAGE_LENGTH)}\n${frames}`, MAX_MESSAGE_LENGTH + MAX_STACK_LENGTH);
  const told = isError ? toldFailure(thrown as object) : undefined;
  return {
    code: told?.code ?? null,
    name,
    message: told?.message ?? message,
    stack,
    details: told?.details ?? null,
    ...(truncated ? { truncated } : {}),
  };
}

/** The frames of a stack that belong to the script, cut to a readable length. */
export function guestFrames(stack: string): string {
  return stack
    .slice(0, 4 * MAX_STACK_LENGTH)
    .split('\n')
    .filter((line) => /^\s*at /.test(line) && !PRELUDE_FRAME.test(line))
    .join('\n')
    .slice(0, MAX_STACK_LENGTH);
}

function read(source: unknown, property: string): string {
  try {
    const value = (source as Record<string, unknown>)[property];
    return value === undefined || value === null ? '' : String(value);
  } catch {
    return '';
  }
}

function show(value: unknown): string {
  try {
    if (typeof value === 'object' && value !== null) return stringify(value) ?? '[object]';
    return String(value);
  } catch {
    return `[${typeof value} that cannot be shown]`;
  }
}

function isDomException(value: unknown): boolean {
  try {
    return typeof DOMException === 'function' && value instanceof DOMException;
  } catch {
    return false;
  }
}
