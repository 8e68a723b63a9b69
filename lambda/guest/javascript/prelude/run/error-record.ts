/** What is told about a thrown value, whatever it is. Never throws. */

import { framesProperty } from '../../bridge/frames-property.ts';
import { isError } from '../console/inspect/brands.ts';
import { guestFrames } from '../console/inspect/frames.ts';
import {
  arrayIncludes,
  get,
  hasOwn,
  isArray,
  min,
  slice,
  stringify,
  toText,
} from '../console/inspect/intrinsics.ts';
import { toldFailure } from './modules.ts';

export interface ErrorRecord {
  /** Set where the engine itself found the error. */
  readonly code: string | null;
  readonly name: string;
  readonly message: string;
  /** As V8 writes it: name and message, and the frames of the script. */
  readonly stack: string | null;
  readonly details: unknown;
  /** Texts were cut. */
  readonly truncated?: boolean;
}

/** An error within another one. */
interface InnerError {
  /** `null` where it is no error. */
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

/** Errors within errors: how deep, how many beside each other, and how many in all. */
const MAX_DEPTH = 5;
const MAX_BRANCHES = 10;
const MAX_INNER_ERRORS = 20;

export function describeError(thrown: unknown): ErrorRecord {
  let truncated = false;
  let innerErrors = 0;
  /** The errors that the one being described is within. */
  const around: unknown[] = [];
  const told = toldFailure(thrown);
  const inner = isErrorSafely(thrown) ? within(thrown, 0) : {};
  const { name, message, stack } = texts(thrown, MAX_MESSAGE_LENGTH, MAX_STACK_LENGTH);
  const details = { ...(told?.details as object | undefined), ...inner };
  return {
    code: told?.code ?? null,
    name: name ?? 'Error',
    message: told?.message ?? message,
    stack,
    details:
      told === undefined && inner.cause === undefined && inner.errors === undefined
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
    const name = cut(textOf(value, 'name') || 'Error', MAX_NAME_LENGTH);
    const message = cut(textOf(value, 'message'), maxMessageLength);
    const frames = guestFrames(writtenStack(value)) || guestFrames(textOf(value, framesProperty));
    const header = message === '' ? name : `${name}: ${message}`;
    const stack = frames === '' ? null : header + cut(frames, maxStackLength);
    return { name, message, stack };
  }

  /** The cause of an error, and the errors that it is made of. */
  function within(error: object, depth: number): Pick<InnerError, 'cause' | 'errors'> {
    const found: Pick<InnerError, 'cause' | 'errors'> = {};
    if (arrayIncludes(around, error)) return found;
    around[around.length] = error;
    const cause = read(error, 'cause');
    if (cause !== undefined) {
      const told = describeInner(cause, depth);
      if (told !== null) found.cause = told;
    }
    const errors = read(error, 'errors');
    if (isArraySafely(errors)) {
      const list: InnerError[] = [];
      const length = min(Number(read(errors, 'length')), MAX_BRANCHES);
      for (let index = 0; index < length; index++) {
        const told = describeInner(read(errors, index), depth);
        if (told !== null) list[list.length] = told;
      }
      if (Number(read(errors, 'length')) > list.length) truncated = true;
      found.errors = list;
    }
    around.length -= 1;
    return found;
  }

  function describeInner(value: unknown, depth: number): InnerError | null {
    innerErrors += 1;
    if (depth >= MAX_DEPTH || innerErrors > MAX_INNER_ERRORS) {
      truncated = true;
      return null;
    }
    const own = texts(value, MAX_INNER_MESSAGE_LENGTH, MAX_INNER_STACK_LENGTH);
    return isErrorSafely(value) ? { ...own, ...within(value, depth + 1) } : own;
  }
}

/** What the script has put in the place of an error's stack. */
function writtenStack(error: object): string {
  try {
    return hasOwn(error, 'stack') ? textOf(error, 'stack') : '';
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
    return `[${typeof value} that cannot be shown]`;
  }
}

/** A proxy may be revoked, or throw when its prototype is asked for. */
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
