/**
 * `RegExp.$1`, `RegExp.lastMatch` and the like, about the last match of any regular expression.
 * @see https://github.com/tc39/proposal-regexp-legacy-features
 */

import {
  exec,
  getOwnPropertyDescriptor,
  RegExpClass,
  regExpSource,
  replace,
  slice,
  TypeErrorClass,
} from '../core/intrinsics.ts';
import { lastMatch } from '../core/last-match.ts';
import { defineMembers } from './method.ts';

interface Match {
  readonly input: string;
  readonly index: number;
  /** The match and its groups. */
  readonly groups: readonly (string | undefined)[];
}

const none: Match = { input: '', index: 0, groups: [''] };

/** Matches again: the script may have changed what it got the first time. */
function matchAgain(): Match {
  const { pattern, result } = lastMatch;
  if (pattern === null || result === null) return none;
  const { input, index } = result;
  const flags = replace(/[gy]/g, pattern.flags, '') + 'y';
  const again = new RegExpClass(regExpSource(pattern) as string, flags);
  again.lastIndex = index;
  const groups = exec(again, input);
  return groups === null ? none : { input, index, groups };
}

function group(number: number): () => string {
  return () => matchAgain().groups[number] ?? '';
}

function lastGroup(): string {
  const { groups } = matchAgain();
  return groups.length > 1 ? (groups[groups.length - 1] ?? '') : '';
}

function before(): string {
  const { input, index } = matchAgain();
  return slice(input, 0, index);
}

function after(): string {
  const { input, index, groups } = matchAgain();
  return slice(input, index + (groups[0] as string).length);
}

const identifier = /^[\w$]+$/;

const readers: { readonly [name: string]: () => string } = {
  lastMatch: group(0),
  '$&': group(0),
  lastParen: lastGroup,
  '$+': lastGroup,
  leftContext: before,
  '$`': before,
  rightContext: after,
  "$'": after,
};

/**
 * Makes `exec`, which all functions of regular expressions call, note what matched. Not from the start:
 * QuickJS has a faster way where `exec` is its own.
 */
export function recordMatches(): void {
  if (isRecording) return;
  isRecording = true;
  const { prototype } = RegExpClass;
  if (prototype.exec !== nativeExec) return;
  defineMembers(prototype, {
    exec(this: RegExp, text: string): RegExpExecArray | null {
      const result = exec(this, text);
      if (result !== null) {
        lastMatch.pattern = this;
        lastMatch.result = result;
      }
      return result;
    },
  });
}

const nativeExec = RegExpClass.prototype.exec;
let isRecording = false;

export function installRegExpLegacy(): void {
  const define = (name: string, read: () => string, write: (value: unknown) => void): void => {
    const accessor = {
      get [name](): string {
        requireRegExp(this);
        // Code that the host did not see, as a script has made it: from now on.
        recordMatches();
        return read();
      },
      set [name](value: unknown) {
        requireRegExp(this);
        write(value);
      },
    };
    const descriptor = { ...getOwnPropertyDescriptor(accessor, name), enumerable: false };
    // Else `toString` would have a text for it that is no function's.
    if (!exec(identifier, name)) {
      for (const accessing of [descriptor.get, descriptor.set]) {
        Object.defineProperty(accessing, 'name', { value: '', configurable: true });
      }
    }
    Object.defineProperty(RegExpClass, name, descriptor);
  };
  const ignore = (): void => {};
  let input: string | null = null;
  let inputOf: object | null = null;
  const readInput = (): string =>
    input !== null && inputOf === lastMatch.result ? input : matchAgain().input;
  const writeInput = (value: unknown): void => {
    input = `${value as string}`;
    inputOf = lastMatch.result;
  };
  for (const name of ['input', '$_']) define(name, readInput, writeInput);
  for (const [name, read] of Object.entries(readers)) define(name, read, ignore);
  for (let number = 1; number <= 9; number++) define(`$${number}`, group(number), ignore);
}

function requireRegExp(value: unknown): void {
  if (value !== RegExpClass) {
    throw new TypeErrorClass('RegExp static property accessed on what is not RegExp');
  }
}
