/**
 * The third argument of `JSON.parse`'s reviver, which has the source text of numbers and the like.
 * @see https://tc39.es/proposal-json-parse-with-source/
 */

import {
  apply,
  create,
  defineOwn,
  deleteProperty,
  exec,
  functionToString,
  get,
  hasOwn,
  is,
  isArray,
  objectKeys,
  parse,
  toText,
} from '../core/intrinsics.ts';
import { defineLengths, defineMembers, isObject } from './method.ts';

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;

/** Where a value comes from: the texts of primitives, in the shape that the JSON text has. */
type Origin =
  | { readonly kind: 'primitive'; readonly source: string; readonly value: unknown }
  | { readonly kind: 'array'; readonly items: Origin[] }
  | { readonly kind: 'object'; readonly members: { [name: string]: Origin } };

/** It matches wherever a token of valid JSON begins. */
const token = /[\t\n\r ]*([{}[\],:]|"(?:[^"\\]|\\.)*"|[^\t\n\r ,:[\]{}"]+)/y;

/** Reads a text that is valid JSON. */
class OriginReader {
  readonly #text: string;
  #token = '';

  constructor(text: string) {
    this.#text = text;
    token.lastIndex = 0;
    this.#advance();
  }

  read(): Origin {
    const first = this.#token;
    this.#advance();
    if (first === '[') return this.#array();
    if (first === '{') return this.#object();
    return { kind: 'primitive', source: first, value: parse(first) };
  }

  #advance(): void {
    this.#token = exec(token, this.#text)?.[1] ?? '';
  }

  /** Behind an item: whether another follows. */
  #goesOn(): boolean {
    const goesOn = this.#token === ',';
    this.#advance();
    return goesOn;
  }

  #array(): Origin {
    const items: Origin[] = [];
    if (this.#token === ']') this.#advance();
    else {
      do items[items.length] = this.read();
      while (this.#goesOn());
    }
    return { kind: 'array', items };
  }

  #object(): Origin {
    const members: { [name: string]: Origin } = create(null);
    if (this.#token === '}') this.#advance();
    else {
      do {
        const name: string = parse(this.#token);
        this.#advance();
        this.#advance();
        members[name] = this.read();
      } while (this.#goesOn());
    }
    return { kind: 'object', members };
  }
}

function revive(
  holder: object,
  key: string,
  origin: Origin | undefined,
  reviver: Reviver,
): unknown {
  const value: unknown = get(holder, key);
  const context: { source?: string } = {};
  if (isObject(value)) {
    if (isArray(value)) reviveItems(value, origin, reviver);
    else reviveMembers(value, origin, reviver);
  } else if (origin?.kind === 'primitive' && is(value, origin.value)) {
    put(context, 'source', origin.source);
  }
  return apply(reviver, holder, [key, value, context]);
}

function reviveItems(list: unknown[], origin: Origin | undefined, reviver: Reviver): void {
  const items = origin?.kind === 'array' ? origin.items : [];
  // The reviver may change the list, which may be a proxy: as `LengthOfArrayLike`.
  const length = +list.length || 0;
  for (let index = 0; index < length; index++) {
    replaceBy(list, toText(index), index < items.length ? items[index] : undefined, reviver);
  }
}

function reviveMembers(object: object, origin: Origin | undefined, reviver: Reviver): void {
  const members = origin?.kind === 'object' ? origin.members : null;
  const names = objectKeys(object);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const known = members !== null && hasOwn(members, name) ? members[name] : undefined;
    replaceBy(object, name, known, reviver);
  }
}

function replaceBy(
  holder: object,
  key: string,
  origin: Origin | undefined,
  reviver: Reviver,
): void {
  const revived = revive(holder, key, origin, reviver);
  if (revived === undefined) deleteProperty(holder, key);
  else put(holder, key, revived);
}

function put(holder: object, key: string, value: unknown): void {
  defineOwn(holder, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

const thirdParameter = /\barguments\b|\[native code\]|^[^()]*\([^)]*(?:=|\.\.\.)/;

/** Whether a reviver may look at its third argument. Most do not, and QuickJS calls those. */
function readsContext(reviver: Reviver): boolean {
  return reviver.length > 2 || exec(thirdParameter, functionToString(reviver)) !== null;
}

export function installJsonParse(): void {
  defineMembers(JSON, {
    parse(given: unknown, reviver?: unknown): unknown {
      if (typeof reviver !== 'function') return parse(given as string);
      if (!readsContext(reviver as Reviver)) return parse(given as string, reviver as () => void);
      const text = `${given as string}`;
      const value: unknown = parse(text);
      const root = {};
      put(root, '', value);
      return revive(root, '', new OriginReader(text).read(), reviver as Reviver);
    },
  });
  defineLengths(JSON, { parse: 2 });
}
