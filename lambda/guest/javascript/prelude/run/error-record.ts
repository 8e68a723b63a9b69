/** Describes a thrown value of any kind for the host. Never throws. */

import { framesProperty } from '../../bridge/frames-property.ts';
import { scriptStack } from '../console/error-stack.ts';
import { isError } from '../console/inspect/brands.ts';
import { guestFrames, rawFrames } from '../console/inspect/frames.ts';
import { isInternalError } from '../core/internal-error.ts';
import { arrayIncludes, get, isArray, min, slice, stringify, toText } from '../core/intrinsics.ts';
import { ownProperties } from './error-properties.ts';
import { knownFailure } from './modules.ts';

export interface ErrorRecord {
  /** Set where the engine itself made the error. */
  readonly code: string | null;
  readonly name: string;
  readonly message: string;
  /** As V8 writes it: name and message, and the frames of the script. */
  readonly stack: string | null;
  readonly details: unknown;
  /** Whether texts were cut or errors were left out. */
  readonly truncated?: boolean;
}

/** An error inside another one: its `cause`, or one of its `errors`. */
interface InnerError {
  /** `null` where the value is not an error. */
  readonly name: string | null;
  readonly message: string;
  readonly stack: string | null;
  cause?: InnerError;
  errors?: InnerError[];
}

/** Texts of an error are cut to these many UTF-16 units. */
const MAX_NAME_LENGTH = 256;
const MAX_MESSAGE_LENGTH = 64 * 1024;
const MAX_STACK_LENGTH = 16 * 1024;
const MAX_INNER_MESSAGE_LENGTH = 1024;
const MAX_INNER_STACK_LENGTH = 2048;

/** Inner errors: levels, errors in one list, errors in all. */
const MAX_INNER_DEPTH = 5;
const MAX_LISTED_ERRORS = 10;
const MAX_INNER_ERRORS = 20;

export function describeError(thrown: unknown): ErrorRecord {
  let truncated = false;
  let innerCount = 0;
  /** The errors that contain the current one. */
  const outer: unknown[] = [];
  const known = knownFailure(thrown);
  const inner = isErrorSafely(thrown) ? innerErrorsOf(thrown, 0) : {};
  const { name, message, stack } = texts(thrown, MAX_MESSAGE_LENGTH, MAX_STACK_LENGTH);
  // What the engine itself made has its details.
  const own = known === undefined ? ownProperties(thrown) : null;
  if (own?.truncated === true) truncated = true;
  const properties = own?.properties;
  const details = { ...(known?.details as object | undefined), ...inner, properties };
  return {
    code: known?.code ?? null,
    name: name ?? 'Error',
    message: known?.message ?? message,
    stack,
    details:
      known === undefined &&
      inner.cause === undefined &&
      inner.errors === undefined &&
      properties === undefined
        ? null
        : details,
    ...(truncated ? { truncated } : {}),
  };

  function cut(value: string, length: number): string {
    if (value.length <= length) return value;
    truncated = true;
    return slice(value, 0, length);
  }

  function texts(
    value: unknown,
    maxMessageLength: number,
    maxStackLength: number,
  ): Pick<InnerError, 'name' | 'message' | 'stack'> {
    if (!isErrorSafely(value)) {
      return { name: null, message: cut(show(value), maxMessageLength), stack: null };
    }
    // The host tells exhausted memory and stacks by this name, which scripts do not see.
    const given = isInternalError(value) ? 'InternalError' : textOf(value, 'name');
    const name = cut(given || 'Error', MAX_NAME_LENGTH);
    const message = cut(textOf(value, 'message'), maxMessageLength);
    const frames =
      guestFrames(ownStack(value)) ||
      guestFrames(rawFrames(value) ?? textOf(value, framesProperty));
    // By `+`: for a template QuickJS calls `String.prototype.concat`, which a script may replace.
    const header = message === '' ? name : name + ': ' + message;
    const stack = frames === '' ? null : header + cut(frames, maxStackLength);
    return { name, message, stack };
  }

  /** The `cause` and the `errors` of an error. */
  function innerErrorsOf(error: object, depth: number): Pick<InnerError, 'cause' | 'errors'> {
    const found: Pick<InnerError, 'cause' | 'errors'> = {};
    if (arrayIncludes(outer, error)) return found;
    outer[outer.length] = error;
    const cause = read(error, 'cause');
    if (cause !== undefined) {
      const inner = describeInner(cause, depth);
      if (inner !== null) found.cause = inner;
    }
    const errors = read(error, 'errors');
    if (isArraySafely(errors)) {
      const list: InnerError[] = [];
      const length = min(Number(read(errors, 'length')), MAX_LISTED_ERRORS);
      for (let index = 0; index < length; index++) {
        const inner = describeInner(read(errors, index), depth);
        if (inner !== null) list[list.length] = inner;
      }
      if (Number(read(errors, 'length')) > list.length) truncated = true;
      found.errors = list;
    }
    outer.length -= 1;
    return found;
  }

  function describeInner(value: unknown, depth: number): InnerError | null {
    innerCount += 1;
    if (depth >= MAX_INNER_DEPTH || innerCount > MAX_INNER_ERRORS) {
      truncated = true;
      return null;
    }
    const own = texts(value, MAX_INNER_MESSAGE_LENGTH, MAX_INNER_STACK_LENGTH);
    return isErrorSafely(value) ? { ...own, ...innerErrorsOf(value, depth + 1) } : own;
  }
}

/** The `stack` that the script itself has set. */
function ownStack(error: object): string {
  try {
    const stack = scriptStack(error);
    return stack === undefined || stack === null ? '' : toText(stack);
  } catch {
    return '';
  }
}

function read(source: object, property: PropertyKey): unknown {
  try {
    return get(source, property);
  } catch {
    return undefined;
  }
}

function textOf(source: object, property: string): string {
  try {
    const value = get(source, property);
    return value === undefined || value === null ? '' : toText(value);
  } catch {
    return '';
  }
}

function show(value: unknown): string {
  try {
    if (typeof value === 'object' && value !== null) return stringify(value) ?? '[object]';
    return toText(value);
  } catch {
    return '[' + typeof value + ' that cannot be shown]';
  }
}

/** A revoked proxy throws, as may one whose prototype is read. */
function isErrorSafely(value: unknown): value is object {
  try {
    return isError(value);
  } catch {
    return false;
  }
}

function isArraySafely(value: unknown): value is unknown[] {
  try {
    return isArray(value);
  } catch {
    return false;
  }
}
