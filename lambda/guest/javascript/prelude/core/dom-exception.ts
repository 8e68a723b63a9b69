/** `DOMException`: an error with a name, and the old numeric code of some names. */

import type { Prelude } from './host.ts';
import { toDomString } from './webidl/conversion.ts';
import { defineInterface } from './webidl/interface.ts';

/** @see https://webidl.spec.whatwg.org/#idl-DOMException-error-names */
const codes = {
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
} as const;

/** Codes by the name of the error in upper case, without `Error`: `INUSEATTRIBUTE`. */
const codeOfName = new Map(
  Object.entries(codes).map(([constant, code]) => [
    constant.slice(0, -4).replaceAll('_', ''),
    code,
  ]),
);
const namesWithoutCode = new Set(['DomstringSizeError', 'NoDataAllowedError', 'ValidationError']);

function legacyCode(name: string): number {
  if (!name.endsWith('Error') || namesWithoutCode.has(name)) return 0;
  const code = codeOfName.get(name.slice(0, -5).toUpperCase());
  return code !== undefined && isCamelCase(name) ? code : 0;
}

function isCamelCase(name: string): boolean {
  return /^(?:[A-Z][a-z]+)+$|^URLMismatchError$/.test(name);
}

interface State {
  readonly name: string;
  readonly message: string;
}

const states = new WeakMap<object, State>();

function stateOf(exception: unknown): State {
  const state = states.get(exception as object);
  if (state === undefined) throw new TypeError('Illegal invocation');
  return state;
}

export class DOMException {
  declare readonly stack: string;
  declare readonly cause?: unknown;

  constructor(message: unknown = '', options: unknown = 'Error') {
    const text = toDomString(message);
    const named = typeof options === 'object' && options !== null ? options : null;
    const given = named === null ? options : ((named as { name?: unknown }).name ?? 'Error');
    const name = toDomString(given);
    // `Error` itself makes the object, so that QuickJS gives it a stack and counts it as an error.
    const error: object = Reflect.construct(Error, [text], new.target);
    Reflect.deleteProperty(error, 'message');
    if (named !== null && 'cause' in named) {
      Object.defineProperty(error, 'cause', {
        value: named.cause,
        writable: true,
        configurable: true,
      });
    }
    states.set(error, { name, message: text });
    // biome-ignore lint/correctness/noConstructorReturn: the only way to be an error without inheriting its constructor
    return error as DOMException;
  }

  get name(): string {
    return stateOf(this).name;
  }

  get message(): string {
    return stateOf(this).message;
  }

  get code(): number {
    return legacyCode(stateOf(this).name);
  }
}

Object.setPrototypeOf(DOMException.prototype, Error.prototype);
defineInterface(DOMException, 'DOMException', { constants: codes });

/** Whether `DOMException` made the value; its prototype does not count. */
export function isDomException(value: unknown): value is DOMException {
  return typeof value === 'object' && value !== null && states.has(value);
}

export function installDomException({ define }: Prelude): void {
  define({ DOMException });
}
