/** `URLSearchParams`: an ordered list of pairs, which Node.js's own class parses and serializes. */

import { preventCloning } from '../core/clone.ts';
import type { Host, Prelude } from '../core/host.ts';
import { classNameOf, defineInspector, lessDepth } from '../core/inspection.ts';
import { toUsvString } from '../core/webidl/conversion.ts';
import { withCode } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { forEachPair, pairIterators } from '../core/webidl/iteration.ts';

type Pair = readonly [name: string, value: string];

let host: Host;

/** Called when a script changes the list of a `URL`. */
type QueryWatcher = () => void;

let attach: (params: URLSearchParams, watcher: QueryWatcher) => void;
let replace: (params: URLSearchParams, query: string) => void;
let pairsOf: (params: URLSearchParams) => readonly Pair[];

export class URLSearchParams {
  #pairs: Pair[] = [];
  #watcher: QueryWatcher | null = null;

  static {
    attach = (params, watcher) => {
      params.#watcher = watcher;
    };
    replace = (params, query) => {
      params.#pairs = parseQuery(query);
    };
    pairsOf = (params) => params.#pairs;
  }

  constructor(init?: unknown) {
    if (init === undefined || init === null) return;
    if (typeof init !== 'object' && typeof init !== 'function') {
      const text = toUsvString(init);
      this.#pairs = parseQuery(text.startsWith('?') ? text.slice(1) : text);
      return;
    }
    const iterate: unknown = (init as { [Symbol.iterator]?: unknown })[Symbol.iterator];
    this.#pairs =
      iterate === undefined || iterate === null
        ? pairsOfRecord(init)
        : pairsOfSequence(init, iterate);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: unknown, value: unknown): void {
    const pair: Pair = [toUsvString(name), toUsvString(value)];
    this.#change((pairs) => {
      pairs.push(pair);
      return pairs;
    });
  }

  delete(name: unknown, value?: unknown): void {
    const wanted = toUsvString(name);
    const only = value === undefined ? undefined : toUsvString(value);
    this.#change((pairs) =>
      pairs.filter((pair) => pair[0] !== wanted || (only !== undefined && pair[1] !== only)),
    );
  }

  get(name: unknown): string | null {
    const pairs = this.#pairs;
    const wanted = toUsvString(name);
    return pairs.find((pair) => pair[0] === wanted)?.[1] ?? null;
  }

  getAll(name: unknown): string[] {
    const pairs = this.#pairs;
    const wanted = toUsvString(name);
    return pairs.filter((pair) => pair[0] === wanted).map((pair) => pair[1]);
  }

  has(name: unknown, value?: unknown): boolean {
    const pairs = this.#pairs;
    const wanted = toUsvString(name);
    const only = value === undefined ? undefined : toUsvString(value);
    return pairs.some((pair) => pair[0] === wanted && (only === undefined || pair[1] === only));
  }

  set(name: unknown, value: unknown): void {
    const pair: Pair = [toUsvString(name), toUsvString(value)];
    this.#change((pairs) => {
      const first = pairs.findIndex((other) => other[0] === pair[0]);
      if (first < 0) return [...pairs, pair];
      return pairs
        .with(first, pair)
        .filter((other, index) => index <= first || other[0] !== pair[0]);
    });
  }

  sort(): void {
    this.#change((pairs) =>
      pairs.toSorted(([first], [second]) => (first < second ? -1 : first > second ? 1 : 0)),
    );
  }

  entries(): Iterator<Pair> {
    return iterate(this, ([name, value]) => [name, value]) as Iterator<Pair>;
  }

  forEach(callback: unknown, thisArgument?: unknown): void {
    this.#pairs;
    if (typeof callback !== 'function') {
      throw withCode(
        new TypeError('The "callback" argument must be of type function.'),
        'ERR_INVALID_ARG_TYPE',
      );
    }
    forEachPair(this, pairsOf, callback as () => unknown, thisArgument);
  }

  keys(): Iterator<string> {
    return iterate(this, ([name]) => name) as Iterator<string>;
  }

  values(): Iterator<string> {
    return iterate(this, ([, value]) => value) as Iterator<string>;
  }

  toString(): string {
    return writeQuery(this.#pairs);
  }

  #change(edit: (pairs: Pair[]) => Pair[]): void {
    this.#pairs = edit(this.#pairs);
    this.#watcher?.();
  }

  declare [Symbol.iterator]: () => Iterator<Pair>;
}
defineInterface(URLSearchParams, 'URLSearchParams', {
  required: {
    append: ['name', 'value'],
    delete: ['name'],
    get: ['name'],
    getAll: ['name'],
    has: ['name'],
    set: ['name', 'value'],
    forEach: ['callback'],
  },
});
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  writable: true,
  configurable: true,
});

const createIterator = pairIterators('URLSearchParams', pairsOf, inspectIterator);

function iterate(params: URLSearchParams, pick: (pair: Pair) => unknown): Iterator<unknown> {
  // Throws for what is no instance.
  pairsOf(params);
  return createIterator(params, pick);
}

/** Node.js lists the items that an iterator has left. */
function inspectIterator(
  Class: { prototype: object },
  rest: (iterator: object) => unknown[],
): void {
  defineInspector(Class, (iterator, depth, options, inspect) => {
    if (depth !== null && depth < 0) return '[Object]';
    const inner = { ...options, depth: lessDepth(depth) };
    const items = rest(iterator).map((item) => inspect(item, inner));
    const isLong = inspect(rest(iterator), inner).includes('\n');
    const list = isLong ? `\n  ${items.join(',\n  ')}` : ` ${items.join(', ')}`;
    return `URLSearchParams Iterator {${list} }`;
  });
}

/** Columns that the pairs may take in one line. */
const MAX_LINE_LENGTH = 80;

function inspectPairs(): void {
  defineInspector(URLSearchParams, (object, depth, options, inspect) => {
    if (depth !== null && depth < 0) return '[Object]';
    const inner = { ...options, depth: lessDepth(depth) };
    const pairs = pairsOf(object).map(
      ([name, value]) => `${inspect(name, inner)} => ${inspect(value, inner)}`,
    );
    const name = classNameOf(object, 'URLSearchParams');
    if (pairs.length === 0) return `${name} {}`;
    const line = pairs.join(', ');
    const { breakLength = MAX_LINE_LENGTH } = options as { breakLength?: number };
    return line.length > breakLength
      ? `${name} {\n  ${pairs.join(',\n  ')} }`
      : `${name} { ${line} }`;
  });
}

function pairsOfSequence(init: object, iterate: unknown): Pair[] {
  if (typeof iterate !== 'function') throw notIterable('Query pairs must be iterable');
  const pairs: Pair[] = [];
  for (const item of init as Iterable<unknown>) {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
      throw notTuple();
    }
    if (typeof (item as { [Symbol.iterator]?: unknown })[Symbol.iterator] !== 'function') {
      throw notTuple();
    }
    const pair = [...(item as Iterable<unknown>)];
    if (pair.length !== 2) throw notTuple();
    pairs.push([toUsvString(pair[0]), toUsvString(pair[1])]);
  }
  return pairs;
}

/** Keys that are equal after lone surrogates are replaced count as one. */
function pairsOfRecord(init: object): Pair[] {
  const record = new Map<string, string>();
  for (const key of Reflect.ownKeys(init)) {
    if (Reflect.getOwnPropertyDescriptor(init, key)?.enumerable !== true) continue;
    record.set(toUsvString(key), toUsvString((init as Record<PropertyKey, unknown>)[key]));
  }
  return [...record];
}

function notTuple(): TypeError {
  return withCode(
    new TypeError('Each query pair must be an iterable [name, value] tuple'),
    'ERR_INVALID_TUPLE',
  );
}

function notIterable(message: string): TypeError {
  return withCode(new TypeError(message), 'ERR_ARG_NOT_ITERABLE');
}

function parseQuery(query: string): Pair[] {
  return query === '' ? [] : (JSON.parse(host.call('url.parseQuery', query) as string) as Pair[]);
}

function writeQuery(pairs: readonly Pair[]): string {
  return pairs.length === 0 ? '' : (host.call('url.writeQuery', JSON.stringify(pairs)) as string);
}

/** Makes the list of a URL. @param watcher called when a script changes the list */
export function searchParamsOf(query: string, watcher: QueryWatcher): URLSearchParams {
  const params = new URLSearchParams();
  replace(params, query);
  attach(params, watcher);
  return params;
}

/** Serializes the list, even where a script has replaced `toString`. */
export function queryOf(params: URLSearchParams): string {
  return writeQuery(pairsOf(params));
}

/** Replaces the pairs of a URL's list, without a call of its watcher. */
export function replaceQuery(params: URLSearchParams, query: string): void {
  replace(params, query);
}

export function installUrlSearchParams(prelude: Prelude): void {
  host = prelude.host;
  inspectPairs();
  preventCloning((value) => value instanceof URLSearchParams);
  prelude.define({ URLSearchParams });
}
