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
}

export function failureText({ name, message }: NamedFailure): string {
  return `${name}\n${message}`;
}

export function readFailure(text: string): NamedFailure {
  const end = apply(indexOf, text, ['\n']);
  return { name: apply(slice, text, [0, end]), message: apply(slice, text, [end + 1]) };
}
