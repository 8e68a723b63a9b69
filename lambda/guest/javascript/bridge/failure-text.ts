/**
 * A failure as it crosses from the host to the realm: a text that the host throws. Making an error there
 * would set its properties, which a script can have replaced. Uses captured functions of the language.
 */

const { apply } = Reflect;
const { indexOf, slice } = String.prototype;

export interface NamedFailure {
  /** Of a class of errors. */
  readonly name: string;
  readonly message: string;
  /** Node.js's own, such as `ERR_INVALID_ARG_TYPE`. */
  readonly code?: string;
}

export function failureText({ name, message, code = '' }: NamedFailure): string {
  return `${name}\n${code}\n${message}`;
}

/** @returns an empty code where there is none */
export function readFailure(text: string): Required<NamedFailure> {
  const end = apply(indexOf, text, ['\n']);
  const codeEnd = apply(indexOf, text, ['\n', end + 1]);
  return {
    name: apply(slice, text, [0, end]),
    code: apply(slice, text, [end + 1, codeEnd]),
    message: apply(slice, text, [codeEnd + 1]),
  };
}
