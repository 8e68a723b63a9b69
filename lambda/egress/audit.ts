import type { EgressFailure, Rule } from './policy/failure.ts';
import { portOf } from './policy/policy.ts';
import type { HopTrace } from './transport/exchange.ts';

/** What a request was for: the invocation's own code, a module it imports, or its `fetch`. */
export type Purpose = 'code' | 'import' | 'fetch';

/**
 * One outbound request, each redirect hop by itself, performed or refused. Holds nothing of its
 * path, query, headers or bodies, where secrets are.
 */
export interface EgressRecord {
  readonly runId: string;
  readonly purpose: Purpose;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** The address connected to or refused; `null` where there was none. */
  readonly address: string | null;
  readonly outcome: 'performed' | 'cached' | 'refused' | 'failed';
  readonly status: number | null;
  readonly bytesSent: number;
  /** Of the decoded body. */
  readonly bytesReceived: number;
  readonly durationMs: number;
  /** The policy's rule behind a refusal. */
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
    rule: failure?.rule ?? null,
    failure: failure === null ? null : (failure.causeCode ?? failure.kind),
  };
}

function outcomeOf(trace: HopTrace, failure: EgressFailure | null): EgressRecord['outcome'] {
  if (failure !== null) return failure.kind === 'not-allowed' ? 'refused' : 'failed';
  return trace.peer === null ? 'cached' : 'performed';
}
