/** Policy of egress, beside all steps: why a request failed, in words that callers may read. */

import type { GuestFetchError } from '../../contract/calls.ts';
import { BODY_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './timeouts.ts';

/** The rule that a refused request broke: of the egress policy, or of imports alone. */
export type Rule =
  | 'scheme'
  | 'credentials'
  | 'credential'
  | 'host'
  | 'port'
  | 'address'
  | 'downgrade'
  | 'dynamic'
  | 'import-map'
  | 'integrity';

interface FailureOptions {
  readonly causeCode?: string | null;
  readonly rule?: Rule;
  /** The refused address: for the audit record, never for the caller. */
  readonly address?: string;
  readonly cause?: unknown;
}

/** Why an outbound request failed. Callers and guests may read the message. */
export class EgressFailure extends Error {
  readonly kind: GuestFetchError['kind'];
  /** Code of the error of Node.js or undici (`ECONNREFUSED`), where there is one. */
  readonly causeCode: string | null;
  readonly rule: Rule | null;
  readonly address: string | null;

  constructor(kind: GuestFetchError['kind'], message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EgressFailure';
    this.kind = kind;
    this.causeCode = options.causeCode ?? null;
    this.rule = options.rule ?? null;
    this.address = options.address ?? null;
  }
}

/** A defect of the engine reaches the guest as a failure without details. */
export function asFailure(error: unknown): EgressFailure {
  return error instanceof EgressFailure
    ? error
    : new EgressFailure('network', 'The request failed.', { cause: error });
}

/**
 * Describes an error of the network stack so that the caller knows what to do. Does not pass on the
 * stack's own messages: they name the addresses behind a host.
 */
export function toEgressFailure(error: unknown, url: URL): EgressFailure {
  if (error instanceof EgressFailure) return error;
  const code = codeOf(error);
  const place = url.host;
  const timedOut = code === null ? undefined : timeouts[code];
  if (timedOut !== undefined) {
    return new EgressFailure('timeout', timedOut(place), { causeCode: code, cause: error });
  }
  return new EgressFailure('network', describe(code, place), { causeCode: code, cause: error });
}

function codeOf(error: unknown): string | null {
  let cause = error;
  for (let depth = 0; depth < 4 && typeof cause === 'object' && cause !== null; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    // Where all addresses of a host failed, the first failure stands for the rest.
    if ('errors' in cause && Array.isArray(cause.errors)) cause = cause.errors[0];
    else cause = 'cause' in cause ? cause.cause : null;
  }
  return null;
}

type Sentence = (place: string) => string;

const timeouts: { readonly [code: string]: Sentence } = {
  UND_ERR_CONNECT_TIMEOUT: (place) =>
    `Connecting to ${place} took longer than ${CONNECT_TIMEOUT_MS} ms.`,
  ETIMEDOUT: (place) => `Connecting to ${place} timed out.`,
  UND_ERR_BODY_TIMEOUT: (place) =>
    `${place} stopped sending in the middle of its response, for longer than ${BODY_TIMEOUT_MS} ms.`,
};

const closedEarly: Sentence = (place) =>
  `${place} closed the connection before its response was complete.`;
const selfSigned: Sentence = (place) =>
  `The TLS certificate of ${place} is self-signed; it needs one from a public certificate authority.`;
const untrusted: Sentence = (place) =>
  `The TLS certificate of ${place} is not issued by a known certificate authority, or its server does not send the intermediate certificates.`;

const sentences: { readonly [code: string]: Sentence } = {
  ENOTFOUND: (place) => `The host of ${place} has no address in DNS; check the URL's spelling.`,
  ENODATA: (place) => `The host of ${place} has no address in DNS; check the URL's spelling.`,
  EAI_AGAIN: (place) => `DNS did not answer for ${place}; try again.`,
  ESERVFAIL: (place) => `DNS failed for ${place}; try again.`,
  ECONNREFUSED: (place) => `${place} refused the connection: nothing is listening there.`,
  EHOSTUNREACH: (place) => `There is no network route to ${place}.`,
  ENETUNREACH: (place) => `There is no network route to ${place}.`,
  ECONNRESET: closedEarly,
  EPIPE: closedEarly,
  UND_ERR_SOCKET: closedEarly,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: (place) =>
    `The response of ${place} is not as long as its Content-Length says.`,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: (place) =>
    `The body of the request to ${place} is not as long as its Content-Length says.`,
  UND_ERR_HEADERS_OVERFLOW: (place) => `The response headers of ${place} are over 16 KiB.`,
  CERT_HAS_EXPIRED: (place) => `The TLS certificate of ${place} has expired.`,
  CERT_NOT_YET_VALID: (place) => `The TLS certificate of ${place} is not valid yet.`,
  CERT_REVOKED: (place) => `The TLS certificate of ${place} has been revoked.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (place) =>
    `The TLS certificate of ${place} is for another host name.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: selfSigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};

function describe(code: string | null, place: string): string {
  const sentence = code === null ? undefined : sentences[code];
  if (sentence !== undefined) return sentence(place);
  if (code?.startsWith('HPE_')) return `${place} does not answer with valid HTTP/1.1 (${code}).`;
  if (code?.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return `The TLS handshake with ${place} failed; check that the port speaks HTTPS (${code}).`;
  }
  return `The request to ${place} failed${code === null ? '' : ` (${code})`}.`;
}
