/**
 * `JSON.rawJSON`, `JSON.isRawJSON` and a `JSON.stringify` that writes what they make.
 * @see https://tc39.es/proposal-json-parse-with-source/
 */

import {
  apply,
  exec,
  freeze,
  indexOf,
  isArray,
  numberToString,
  parse,
  SyntaxErrorClass,
  slice,
  stringify,
  weakMapGet,
  weakMapSet,
} from '../core/intrinsics.ts';
import { defineLengths, defineMembers } from './method.ts';

type Replacer = (this: unknown, key: string, value: unknown) => unknown;

/** Texts of objects that `JSON.rawJSON` made. */
const texts = new WeakMap<object, string>();
const NativeProxy = Proxy;
const { random } = Math;

/** A JSON text of something that is no object or array, without space around it. */
const primitive = /^[^\t\n\r [{](?:[\s\S]*[^\t\n\r ])?$/;

/** What stands for raw texts while QuickJS writes the rest. */
let pending: {
  readonly mark: string;
  readonly raw: string[];
  /** Whether a replacer sees the raw objects before they become marks. */
  readonly isReplaced: boolean;
} | null = null;

function placeholder(text: string): string {
  const { mark, raw } = pending as NonNullable<typeof pending>;
  raw[raw.length] = text;
  return mark;
}

const handler: ProxyHandler<{ rawJSON: string }> = Object.assign(Object.create(null), {
  get(target: { rawJSON: string }, key: PropertyKey): unknown {
    // Nobody else sees it.
    if (key === 'toJSON' && pending?.isReplaced === false) {
      return () => placeholder(target.rawJSON);
    }
    return key === 'rawJSON' ? target.rawJSON : undefined;
  },
});

function rawJson(given: unknown): object {
  const text = `${given as string}`;
  if (exec(primitive, text) === null) {
    throw new SyntaxErrorClass(`Invalid value for JSON.rawJSON: ${stringify(text)}`);
  }
  parse(text);
  const value = new NativeProxy(
    freeze(Object.assign(Object.create(null), { rawJSON: text })) as { rawJSON: string },
    handler,
  );
  weakMapSet(texts, value, text);
  return value;
}

function rawText(value: unknown): string | undefined {
  // Of a primitive it has nothing.
  return weakMapGet(texts, value as object) as string | undefined;
}

/** QuickJS writes all but the raw texts, for which it writes a mark. */
function stringifyWithRaw(value: unknown, replacer: unknown, space: unknown): string | undefined {
  const outer = pending;
  // No text of the script has it: it cannot know it.
  const mark = `raw ${numberToString(random(), 36)}${numberToString(random(), 36)}`;
  const raw: string[] = [];
  // A list of names is no function that could see the raw objects: these become marks by `toJSON`.
  const isReplaced = !isArray(replacer);
  pending = { mark, raw, isReplaced };
  try {
    const json = isReplaced
      ? stringify(
          value,
          replacing(typeof replacer === 'function' ? (replacer as Replacer) : unchanged),
          space as string,
        )
      : stringify(value, replacer as string[], space as string);
    return json === undefined ? undefined : filled(json, `"${mark}"`, raw);
  } finally {
    pending = outer;
  }
}

const unchanged: Replacer = (_key, value) => value;

/** The script's replacer sees the raw objects. */
function replacing(replacer: Replacer): Replacer {
  return function (key, value) {
    const replaced = apply(replacer, this, [key, value]);
    const text = rawText(replaced);
    return text === undefined ? replaced : placeholder(text);
  };
}

function filled(json: string, mark: string, raw: readonly string[]): string {
  let text = '';
  let from = 0;
  for (let i = 0; i < raw.length; i++) {
    const at = indexOf(json, mark, from);
    if (at === -1) break;
    text += slice(json, from, at) + raw[i];
    from = at + mark.length;
  }
  return text + slice(json, from);
}

/** As `JSON.stringify` of one argument. */
export function toJson(value: unknown): string | undefined {
  return isUsed ? stringifyWithRaw(value, undefined, undefined) : stringify(value);
}

let isUsed = false;

export function installRawJson(): void {
  defineMembers(JSON, {
    // Always: a call has read it before its arguments make the first raw object.
    stringify(value: unknown, replacer: unknown, space: unknown): string | undefined {
      if (!isUsed) {
        const json = stringify(value, replacer as string[], space as string);
        // A replacer may have made the first one.
        if (!isUsed) return json;
      }
      return stringifyWithRaw(value, replacer, space);
    },
    rawJSON(text: unknown): object {
      const value = rawJson(text);
      isUsed = true;
      return value;
    },
    isRawJSON: (value: unknown): boolean => rawText(value) !== undefined,
  });
  defineLengths(JSON, { rawJSON: 1, isRawJSON: 1 });
}
