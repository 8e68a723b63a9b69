/** Step 2 of egress, the request: the record of each hop, for the operator. */

import type { EgressFailure, Rule } from './policy/failure.ts';
import { portOf } from './policy/policy.ts';
import type { HopTrace } from './transport/exchange.ts';

/** What a request is for: the code of the invocation, a module or source map of it, or its `fetch`. */
export type Purpose = 'code' | 'import' | 'source-map' | 'fetch';

/**
 * One hop of an outbound request, performed or refused. Holds nothing of its path, query, headers or
 * bodies: secrets are there.
 */
export interface EgressRecord {
  readonly runId: string;
  readonly purpose: Purpose;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** The address of the connection, or the refused one; `null` where there was none. */
  readonly address: string | null;
  readonly outcome: 'performed' | 'cached' | 'refused' | 'failed';
  readonly status: number | null;
  readonly bytesSent: number;
  /** Bytes of the decoded body. */
  readonly bytesReceived: number;
  readonly durationMs: number;
  /** Whether a credential of the operator went with it. */
  readonly hasCredential: boolean;
  /** The rule of the policy that a refused hop broke. */
  readonly rule: Rule | null;
  /** Kind or code of a failure: `timeout`, `ECONNREFUSED` … */
  readonly failure: string | null;
}

export function recordOf(
  request: { readonly runId: string; readonly purpose: Purpose },
  hop: { readonly url: URL; readonly method: string },
  trace: HopTrace,
  durationMs: number,
  failure: EgressFailure | null,
): EgressRecord {
  return {
    runId: request.runId,
    purpose: request.purpose,
    method: hop.method,
    scheme: hop.url.protocol.slice(0, -1),
    host: hop.url.hostname,
    port: portOf(hop.url),
    address: failure?.address ?? trace.peer?.address ?? null,
    outcome: outcomeOf(trace, failure),
    status: trace.status,
    bytesSent: trace.bytesSent,
    bytesReceived: trace.bytesReceived,
    durationMs,
    hasCredential: trace.hasCredential,
    rule: failure?.rule ?? null,
    failure: failure === null ? null : reasonOf(failure),
  };
}

function outcomeOf(trace: HopTrace, failure: EgressFailure | null): EgressRecord['outcome'] {
  if (failure === null) return trace.peer === null ? 'cached' : 'performed';
  const isUnsent = trace.peer === null && trace.status === null;
  return failure.kind === 'not-allowed' || (isUnsent && isOverQuota(failure))
    ? 'refused'
    : 'failed';
}

function reasonOf({ kind, causeCode }: EgressFailure): string {
  return kind === 'quota' ? kind : (causeCode ?? kind);
}

function isOverQuota({ kind }: EgressFailure): boolean {
  return kind === 'quota' || kind === 'too-large';
}
