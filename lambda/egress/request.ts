/** Step 2 of egress, the request: follows redirects, judges each hop by the policy, and records it. */

import { setImmediate } from 'node:timers/promises';
import type { HostMatcher } from '../settings/host-patterns.ts';
import { type EgressRecord, type Purpose, recordOf } from './audit.ts';
import type { RunCredentials } from './credentials/credentials.ts';
import { EgressFailure, toEgressFailure } from './policy/failure.ts';
import type { Policy } from './policy/policy.ts';
import { isRedirect, MAX_REDIRECTS, type RedirectedRequest, redirectRequest } from './redirect.ts';
import type { Exchange } from './transport/client.ts';
import type { HopLimits, HopResponse, HopTrace } from './transport/exchange.ts';

/** A request with its redirects, its purpose and its limits. */
interface OutboundRequest extends RedirectedRequest {
  readonly runId: string;
  readonly purpose: Purpose;
  readonly hosts: HostMatcher;
  readonly redirect: 'follow' | 'error' | 'manual';
  readonly limits: HopLimits;
  readonly exchange: Exchange;
  /** Called before each hop. @returns why the hop must not be sent, or `null` */
  admit(hop: RedirectedRequest): EgressFailure | null;
  /** Judges a hop that the policy allows, by rules of its own kind. */
  judge?(url: URL): EgressFailure | null;
  /** What the operator adds to a hop that may be sent. */
  readonly credentials?: RunCredentials | null;
}

export interface OutboundResponse extends HopResponse {
  /** Where the response came from, without its fragment. */
  readonly url: string;
  readonly redirected: boolean;
}

/** Sends requests under the policy and records each hop. */
export interface Sender {
  /** @throws {EgressFailure} */
  send(request: OutboundRequest): Promise<OutboundResponse>;
}

export function createSender(
  policy: Policy,
  onRequest: ((record: EgressRecord) => void) | null,
): Sender {
  /** Judges each hop anew, by the very URL object that the client connects to. */
  async function sendHop(
    request: OutboundRequest,
    hop: RedirectedRequest,
    from: URL | null,
  ): Promise<HopResponse> {
    const trace: HopTrace = {
      peer: null,
      status: null,
      bytesSent: 0,
      bytesReceived: 0,
      hasCredential: false,
    };
    const started = performance.now();
    const record = (failure: EgressFailure | null): void =>
      onRequest?.(recordOf(request, hop, trace, performance.now() - started, failure));
    try {
      const refused =
        request.admit(hop) ??
        (from === null ? null : policy.judgeRedirect(from, hop.url)) ??
        policy.judge(hop.url, request.hosts) ??
        request.judge?.(hop.url) ??
        null;
      if (refused !== null) throw refused;
      // Of this hop alone: what a redirect leads to is made from the request without it.
      const added = (await request.credentials?.apply(hop.url, hop.method, hop.headers)) ?? null;
      trace.hasCredential = added !== null;
      const response = await request.exchange({
        ...request.limits,
        url: hop.url,
        method: hop.method,
        headers: added?.headers ?? hop.headers,
        redaction: added?.redaction ?? null,
        body: hop.body,
        trace,
      });
      if (response.flow === null) record(null);
      else void response.flow.over.then(record);
      return response;
    } catch (error) {
      const failure = toEgressFailure(error, hop.url);
      record(failure);
      throw failure;
    }
  }

  return {
    async send(request) {
      let hop: RedirectedRequest = request;
      let from: URL | null = null;
      for (let redirects = 0; ; redirects += 1) {
        const response = await sendHop(request, hop, from);
        if (!isRedirect(response.status, response.headers) || request.redirect === 'manual') {
          return { ...response, url: withoutFragment(hop.url), redirected: redirects > 0 };
        }
        if (request.redirect === 'error') {
          throw new EgressFailure('network', `${hop.url.host} answers with a redirect.`);
        }
        if (redirects === MAX_REDIRECTS) {
          throw new EgressFailure('network', `More than ${MAX_REDIRECTS} redirects.`);
        }
        from = hop.url;
        // undici can use the connection again one turn of the event loop after the response.
        await setImmediate();
        hop = redirectRequest(hop, response.status, String(response.headers.location));
      }
    },
  };
}

function withoutFragment(url: URL): string {
  const hash = url.href.indexOf('#');
  return hash === -1 ? url.href : url.href.slice(0, hash);
}
