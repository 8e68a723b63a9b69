/** `URLPattern`: Node.js's own class, which gets the pattern with every call. */

import type { Host, Prelude } from '../core/host.ts';
import { toDictionary, toUsvString } from '../core/webidl/conversion.ts';
import { defineInterface } from '../core/webidl/interface.ts';

const initMembers = [
  ...['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'],
  'baseURL',
];

type Component = { readonly input: string; readonly groups: Record<string, string | undefined> };
type Match = Record<string, Component>;

/** The arguments of `test` and `exec`. */
type Subject = readonly (string | Record<string, string>)[];

let host: Host;

function callJson(operation: string, ...args: string[]): unknown {
  return JSON.parse(host.call(operation, ...args) as string);
}

/** A string, or a `URLPatternInit`. */
function toInput(value: unknown): string | Record<string, string> {
  if (value !== undefined && value !== null && typeof value !== 'object') return toUsvString(value);
  const given = toDictionary(value, 'input');
  const input: Record<string, string> = {};
  for (const name of initMembers.toSorted()) {
    const member = given[name];
    if (member !== undefined) input[name] = toUsvString(member);
  }
  return input;
}

function toOptions(value: unknown): { ignoreCase: boolean } {
  return { ignoreCase: Boolean(toDictionary(value, 'options').ignoreCase) };
}

function toSubject(input: unknown, base: unknown): Subject {
  const subject = toInput(input);
  return base === undefined ? [subject] : [subject, toUsvString(base)];
}

class URLPattern {
  /** JSON of the arguments. */
  readonly #args: string;
  readonly #parts: Readonly<Record<string, unknown>>;

  constructor(input: unknown = {}, baseOrOptions: unknown = undefined, options?: unknown) {
    const pattern = toInput(input);
    const hasBase = baseOrOptions !== undefined && typeof baseOrOptions !== 'object';
    const args = hasBase
      ? [pattern, toUsvString(baseOrOptions), toOptions(options)]
      : [pattern, toOptions(baseOrOptions)];
    this.#args = JSON.stringify(args);
    this.#parts = callJson('urlPattern.parts', this.#args) as Record<string, unknown>;
  }

  static {
    const parts = initMembers.slice(0, -1);
    for (const name of [...parts, 'hasRegExpGroups']) {
      const descriptor = {
        get(this: URLPattern): unknown {
          return this.#parts[name];
        },
      };
      Object.defineProperty(URLPattern.prototype, name, { ...descriptor, configurable: true });
    }
  }

  test(input: unknown = {}, base?: unknown): boolean {
    const subject = JSON.stringify(toSubject(input, base));
    return callJson('urlPattern.test', this.#args, subject) === true;
  }

  exec(input: unknown = {}, base?: unknown): (Match & { inputs: Subject }) | null {
    const inputs = toSubject(input, base);
    const match = callJson('urlPattern.exec', this.#args, JSON.stringify(inputs)) as Match | null;
    if (match === null) return null;
    for (const { groups } of Object.values(match)) {
      for (const name of Object.keys(groups)) groups[name] ??= undefined;
    }
    return Object.assign(match, { inputs });
  }
}
defineInterface(URLPattern, 'URLPattern');

export function installUrlPattern(prelude: Prelude): void {
  host = prelude.host;
  prelude.define({ URLPattern });
}
