/**
 * A failure as it crosses from the host to the realm: a text that the host throws. Making an error there
 * would set its properties, which a script can have replaced.
 */

export interface NamedFailure {
  /** Of a class of errors. */
  readonly name: string;
  readonly message: string;
}

export function failureText({ name, message }: NamedFailure): string {
  return `${name}\n${message}`;
}

export function readFailure(text: string): NamedFailure {
  const end = text.indexOf('\n');
  return { name: text.slice(0, end), message: text.slice(end + 1) };
}
