/** The header list of a request or a response, and the syntax of headers. */

interface Header {
  /** With the case that the script used. */
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

/** Names keep their case; lookups ignore it. */
export class HeaderList {
  #headers: Header[] = [];
  #sorted: readonly (readonly [string, string])[] | null = null;

  static of(pairs: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of pairs) list.append(name, value);
    return list;
  }

  append(name: string, value: string): void {
    this.#headers.push({ name, key: name.toLowerCase(), value });
    this.#sorted = null;
  }

  /** Replaces the first header of that name and removes the others. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const index = this.#headers.findIndex((header) => header.key === key);
    if (index < 0) {
      this.append(name, value);
      return;
    }
    this.#headers = this.#headers.filter((header, at) => at <= index || header.key !== key);
    this.#headers[index] = { name, key, value };
    this.#sorted = null;
  }

  delete(name: string): void {
    const key = name.toLowerCase();
    this.#headers = this.#headers.filter((header) => header.key !== key);
    this.#sorted = null;
  }

  has(name: string): boolean {
    const key = name.toLowerCase();
    return this.#headers.some((header) => header.key === key);
  }

  /** All values of that name, not combined. */
  all(name: string): string[] {
    const key = name.toLowerCase();
    return this.#headers.filter((header) => header.key === key).map(({ value }) => value);
  }

  /** All values of that name, combined, or `null`. */
  get(name: string): string | null {
    const values = this.all(name);
    if (values.length === 0) return null;
    return combine(name.toLowerCase(), values);
  }

  /** Pairs in the order in which they were added. */
  pairs(): (readonly [string, string])[] {
    return this.#headers.map(({ name, value }) => [name, value] as const);
  }

  /** What Node.js shows on inspection: each name with the case of its first use, in that order. */
  described(): object {
    const names = new Map(this.#headers.toReversed().map(({ key, name }) => [key, name]));
    return Object.fromEntries(
      Array.from(this.#byKey(), ([key, values]) => [names.get(key), combine(key, values)]),
    );
  }

  /**
   * Pairs sorted by lower-case name, values of one name combined but for `set-cookie`.
   * @see https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
   */
  sorted(): readonly (readonly [string, string])[] {
    this.#sorted ??= [...this.#byKey()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([key, values]): (readonly [string, string])[] =>
        key === 'set-cookie'
          ? values.map((value) => [key, value] as const)
          : [[key, combine(key, values)]],
      );
    return this.#sorted;
  }

  #byKey(): Map<string, string[]> {
    const values = new Map<string, string[]>();
    for (const { key, value } of this.#headers) {
      const known = values.get(key);
      if (known === undefined) values.set(key, [value]);
      else known.push(value);
    }
    return values;
  }
}

function combine(key: string, values: readonly string[]): string {
  return values.join(key === 'cookie' ? '; ' : ', ');
}

/** Removes HTTP white space at both ends. By a loop, as a regular expression takes quadratic time. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

/**
 * Whether a text is a token of HTTP: a header name, a method.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens
 */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}
