/** Prints errors as Node.js does, from the stacks of QuickJS. */

import { framesProperty } from '../../../bridge/frames-property.ts';
import {
  append,
  arrayIncludes,
  arrayIndexOf,
  defineProperty,
  ErrorClass,
  endsWith,
  errorToString,
  exec,
  get,
  getOwnPropertyDescriptor,
  hasOwn,
  includes,
  indexOf,
  isArray,
  join,
  min,
  objectToString,
  repeat,
  replace,
  slice,
  splice,
  split,
  startsWith,
  toText,
  weakMapDelete,
  weakMapGet,
  weakMapSet,
} from '../../core/intrinsics.ts';
import { isError } from './brands.ts';
import type { InspectContext } from './context.ts';
import { guestFrames, rawFrames } from './frames.ts';
import { prefixOf } from './names.ts';
import { withinRoom } from './text.ts';

/** The frames of the current call, for `console.trace`. */
export const currentFrames = (): string => guestFrames(rawFrames(new ErrorClass()) ?? '');

/** `TypeError: message` and the frames; undefined where QuickJS gave the object none. */
export function composedStack(error: object): string | undefined {
  const known = weakMapGet(composed, error) as string | undefined;
  if (known !== undefined) return known;
  const frames = rawFrames(error);
  if (frames === undefined) return undefined;
  const text = `${errorToString(error)}${guestFrames(frames)}`;
  weakMapSet(composed, error, text);
  return text;
}

/**
 * A stack of the current call, for any object.
 * @param above the frames begin above the function of this name; with the first where none has it
 */
export function stackFromHere(target: object, above: string): string {
  const frames = currentFrames();
  const last = above === '' ? -1 : indexOf(frames, `\n    at ${above} (`);
  const next = last === -1 ? 0 : indexOf(frames, '\n', last + 1);
  return `${errorToString(target)}${next === -1 ? '' : slice(frames, next)}`;
}

/** For an error whose `stack` the script sets: where the script deletes that, the error has none. */
export function forgetFrames(error: object): void {
  // It stays, as a sign that the error had frames. That of a frozen error cannot change.
  if (getOwnPropertyDescriptor(error, framesProperty)?.configurable) {
    defineProperty(error, framesProperty, noFrames);
  }
  weakMapDelete(composed, error);
}

const noFrames: PropertyDescriptor = Object.assign(Object.create(null), {
  value: '',
  writable: false,
});

/** As in V8, a stack that was read once does not change with name and message. */
const composed = new WeakMap<object, string>();

/** In V8 an error has its stack even with another prototype. */
function stackOf(error: object): unknown {
  return hasOwn(error, 'stack')
    ? get(error, 'stack')
    : (composedStack(error) ?? get(error, 'stack'));
}

function stackText(context: InspectContext, error: object): string {
  let stack: unknown;
  try {
    stack = stackOf(error);
  } catch {
    // A getter that throws counts as no stack.
  }
  if (!stack) return errorToString(error);
  if (typeof stack === 'string') return stack;
  context.seen[context.seen.length] = error;
  context.indentation += 4;
  const text = context.format(stack, Number.NaN);
  context.indentation -= 4;
  context.seen.length -= 1;
  return `${errorToString(error)}\n    ${text}`;
}

function attempt(read: () => unknown): { value: unknown } | undefined {
  try {
    return { value: read() };
  } catch {
    return undefined;
  }
}

/**
 * The first lines of a printed error.
 * @param keys the own keys to list after it; those that the lines show are removed
 */
export function formatError(
  context: InspectContext,
  error: object,
  className: string | null,
  tag: string,
  keys: (string | symbol)[],
): string {
  const whole = attempt(() => stackText(context, error));
  if (whole === undefined) return objectToString(error);
  let stack = whole.value as string;

  const message = attempt(() => get(error, 'message'));
  const name = attempt(() => get(error, 'name'));
  if (!context.showHidden && keys.length !== 0) {
    drop(keys, 'stack');
    dropShown(keys, 'message', message, stack);
    dropShown(keys, 'name', name, stack);
  }
  if (hasOwn(error, 'cause')) add(keys, 'cause');
  const errors = attempt(() => get(error, 'errors'));
  if (isArray(errors?.value) && hasOwn(error, 'errors')) add(keys, 'errors');

  stack = withinRoom(context, stack);
  stack = nameClass(stack, className, name?.value ?? 'Error', tag);

  // The search for frames starts after the message, which may look like a frame.
  let from = -1;
  if (typeof message?.value === 'string' && message.value !== '') {
    from = indexOf(stack, message.value);
    if (from !== -1) from += message.value.length;
  }
  const start = indexOf(stack, '\n    at', from);
  if (start === -1) stack = `[${stack}]`;
  else {
    const frames = foldFrames(context, error, split(slice(stack, start + 1), '\n'));
    stack = `${slice(stack, 0, start)}\n${join(frames, '\n')}`;
  }
  return context.indentation === 0
    ? stack
    : replace(/\n/g, stack, `\n${repeat(' ', context.indentation)}`);
}

/** Drops a property that the stack shows already. */
function dropShown(
  keys: (string | symbol)[],
  key: string,
  read: { value: unknown } | undefined,
  stack: string,
): void {
  if (read === undefined) return;
  if (typeof read.value !== 'string' || includes(stack, read.value)) drop(keys, key);
}

function drop(keys: (string | symbol)[], key: string): void {
  const index = arrayIndexOf(keys, key);
  if (index !== -1) splice(keys, index, 1);
}

function add(keys: (string | symbol)[], key: string): void {
  if (!arrayIncludes(keys, key)) keys[keys.length] = key;
}

/** Adds the class to the first line, where the error's `name` is another. */
function nameClass(
  stack: string,
  className: string | null,
  nameValue: unknown,
  tag: string,
): string {
  const name = toText(nameValue);
  if (typeof nameValue !== 'string') {
    const at = indexOf(stack, name);
    if (at === -1) return stack;
    const prefix = slice(prefixOf(className, tag, 'Error'), 0, -1);
    return `${slice(stack, 0, at)}${name} [${prefix}]${slice(stack, at + name.length)}`;
  }
  const next = stack[name.length];
  const looksNormal =
    endsWith(name, 'Error') &&
    startsWith(stack, name) &&
    (next === undefined || next === ':' || next === '\n');
  if (className !== null && !looksNormal) return stack;

  let length = name.length;
  let fallback = 'Error';
  if (className === null) {
    const found =
      exec(/^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/, stack) ??
      exec(/^([a-z_A-Z0-9-]*Error)$/, stack);
    fallback = found?.[1] ?? '';
    length = fallback.length;
    if (fallback === '') fallback = 'Error';
  }
  const prefix = slice(prefixOf(className, tag, fallback), 0, -1);
  if (name === prefix) return stack;
  if (!includes(prefix, name)) return `${prefix} [${name}]${slice(stack, length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${slice(stack, length)}`;
}

/** Leaves out the frames that the cause's stack has too. */
function foldFrames(context: InspectContext, error: object, frames: string[]): string[] {
  const cause = attempt(() => get(error, 'cause'))?.value;
  if (cause === undefined || cause === null || !isError(cause)) return frames;
  const causeStack = stackText(context, cause as object);
  const start = indexOf(causeStack, '\n    at');
  if (start === -1) return frames;
  const causeFrames = split(slice(causeStack, start + 1), '\n');
  for (let i = 0; i < frames.length - 3; i++) {
    const at = arrayIndexOf(causeFrames, frames[i] as string);
    if (at === -1) continue;
    const longest = min(frames.length - i, causeFrames.length - at);
    let length = 1;
    while (length < longest && frames[i + length] === causeFrames[at + length]) length++;
    if (length > 3) {
      const note = `    ... ${length - 2} lines matching cause stack trace ...`;
      const folded: string[] = [];
      for (let j = 0; j <= i; j++) folded[j] = frames[j] as string;
      append(folded, [context.stylize(note, 'undefined')]);
      for (let j = i + length - 1; j < frames.length; j++) append(folded, [frames[j] as string]);
      return folded;
    }
  }
  return frames;
}
