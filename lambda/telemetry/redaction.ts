/** Keeps query strings, credentials and values that callers sent out of the log. */

import { inspect } from 'node:util';

/** The host (and port) of a URL; `null` where there is none. */
export function hostOf(url: string | null): string | null {
  return (url && URL.parse(url)?.host) || null;
}

/** A text with the credentials, query and fragment of every URL in it removed. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, '$1')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, '$1');
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly code: string | null;
  readonly cause: Failure | null;
}

const MAX_TEXT_LENGTH = 8192;
const MAX_CAUSES = 4;

/** A thrown value in a form that is fit for the log. */
export function describeFailure(thrown: unknown, causes = MAX_CAUSES): Failure {
  if (!(thrown instanceof Error)) {
    return {
      name: typeof thrown,
      message: safe(inspect(thrown)),
      stack: null,
      code: null,
      cause: null,
    };
  }
  return {
    name: thrown.name,
    message: safe(thrown.message),
    stack: thrown.stack === undefined ? null : safe(thrown.stack),
    code: 'code' in thrown ? String(thrown.code) : null,
    cause:
      thrown.cause === undefined || causes === 0 ? null : describeFailure(thrown.cause, causes - 1),
  };
}

function safe(text: string): string {
  return withoutSecrets(text.slice(0, MAX_TEXT_LENGTH));
}
