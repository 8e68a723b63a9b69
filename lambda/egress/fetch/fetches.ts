/** Step 1 of egress, who asks: the fetches of one run, whose bodies may flow in both directions. */

import type {
  BodyCancelRequest,
  BodyReadRequest,
  BodyReadResult,
  CallResult,
  FetchFailed,
  GuestFetchRequest,
  GuestFetchResult,
  UploadRequest,
} from '../../contract/calls.ts';
import type { HostMatcher } from '../../settings/host-patterns.ts';
import type { FetchQuota } from '../../settings/settings.ts';
import type { RunCredentials } from '../credentials/credentials.ts';
import { asFailure, EgressFailure } from '../policy/failure.ts';
import { Lifetime } from '../policy/lifetime.ts';
import { BODY_TIMEOUT_MS } from '../policy/timeouts.ts';
import type { QuotaAccount } from '../quota.ts';
import { isRedirect, type RedirectedRequest } from '../redirect.ts';
import type { OutboundResponse, Sender } from '../request.ts';
import type { RunScope } from '../scope.ts';
import type { BodyFlow } from '../transport/body-flow.ts';
import type { Exchange } from '../transport/client.ts';
import type { Turnstile } from '../turnstile.ts';
import { parseGuestRequest } from './guest-request.ts';
import { toGuestResponse, trailersIn } from './guest-response.ts';
import { Upload } from './upload.ts';

interface FetchesOptions {
  readonly runId: string;
  readonly quota: FetchQuota;
  readonly hosts: HostMatcher;
  readonly account: QuotaAccount;
  readonly turnstile: Turnstile;
  readonly scope: RunScope;
  readonly exchange: Exchange;
  readonly sender: Sender;
  readonly userAgent: string;
  /** What the operator adds to requests of this run's code. */
  readonly credentials: RunCredentials | null;
}

/** A body that the guest has not read to its end. */
interface OpenBody {
  readonly flow: BodyFlow;
  isBeingRead: boolean;
}

/** Each has a connection, and some memory. */
const MAX_OPEN_BODIES = 100;

/** None of its functions rejects. */
export class Fetches {
  readonly #options: FetchesOptions;
  readonly #bodies = new Map<number, OpenBody>();
  readonly #uploads = new Map<number, Upload>();
  #lastBody = 0;

  constructor(options: FetchesOptions) {
    this.#options = options;
  }

  async fetch(
    request: GuestFetchRequest,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<GuestFetchResult> {
    try {
      const response = await this.#send(request, body, signal);
      return {
        ok: true,
        response: toGuestResponse(response),
        body: response.body,
        rest: response.flow === null ? null : this.#keep(response.flow),
        ...trailersIn(response.rawTrailers),
      };
    } catch (error) {
      return failed(error);
    }
  }

  /** @param signal gives the body up */
  async read({ rest, whole }: BodyReadRequest, signal: AbortSignal): Promise<BodyReadResult> {
    const body = this.#bodies.get(rest);
    if (body === undefined || body.isBeingRead) {
      return failed(
        new EgressFailure('bad-request', 'There is no such body, or it is being read.'),
      );
    }
    const giveUp = (): void => body.flow.cancel();
    signal.addEventListener('abort', giveUp);
    body.isBeingRead = true;
    try {
      const { bytes, ended } = await body.flow.read(whole);
      if (ended) this.#bodies.delete(rest);
      const trailers = ended ? trailersIn(body.flow.rawTrailers) : {};
      return { ok: true, body: bytes, ended, ...trailers };
    } catch (error) {
      this.#bodies.delete(rest);
      return failed(error);
    } finally {
      body.isBeingRead = false;
      signal.removeEventListener('abort', giveUp);
    }
  }

  async cancel({ rest }: BodyCancelRequest): Promise<CallResult<'fetchCancel'>> {
    this.#bodies.get(rest)?.flow.cancel();
    this.#bodies.delete(rest);
    return { ok: true };
  }

  async send({ upload, last }: UploadRequest, piece: Uint8Array): Promise<CallResult<'fetchSend'>> {
    const target = this.#uploads.get(upload);
    if (target === undefined) return failed(requestIsOver());
    if (target.isBusy) {
      return failed(
        new EgressFailure('bad-request', 'The body has ended, or a piece of it waits.'),
      );
    }
    const failure = await target.send(piece, last);
    return failure === null ? { ok: true } : failed(failure);
  }

  async #send(
    request: GuestFetchRequest,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<OutboundResponse> {
    const { account, quota, scope, turnstile, sender, userAgent } = this.#options;
    const { runId, hosts, exchange, credentials } = this.#options;
    const parsed = parseGuestRequest(request, body, userAgent);
    if (request.upload !== null && (!request.hasBody || this.#uploads.has(request.upload))) {
      throw new EgressFailure('bad-request', 'The request has no body of its own.');
    }
    // Counted before it waits: else a line of any length would hold bodies of any size.
    const bodyBytes = lengthOf(parsed.body);
    const refused = account.admit(bodyBytes);
    if (refused !== null) throw refused;
    const timeoutMs = Math.min(quota.timeoutMs, request.timeoutMs ?? quota.timeoutMs);
    const lifetime = new Lifetime('The request', 'timeoutMs', timeoutMs, signal);
    const upload = this.#openUpload(request.upload, lifetime);
    let hops = 0;
    const work = (): Promise<OutboundResponse> => {
      if (!request.whole && this.#bodies.size >= MAX_OPEN_BODIES) throw tooManyBodies();
      return sender.send({
        ...parsed,
        body: upload ?? parsed.body,
        runId,
        purpose: 'fetch',
        hosts,
        redirect: request.redirect,
        exchange,
        credentials,
        admit(hop) {
          hops += 1;
          return lifetime.failure ?? (hops === 1 ? null : account.admit(lengthOf(hop.body)));
        },
        limits: {
          lifetime,
          maxBytes: quota.maxResponseBytes,
          maxSilenceMs: request.whole ? BODY_TIMEOUT_MS : 0,
          onSend: (bytes) => account.send(bytes),
          use: (status, headers) =>
            request.whole || (isRedirect(status, headers) && request.redirect !== 'manual')
              ? 'gather'
              : 'flow',
          arrive: () => null,
          meter: (chunk, total) => account.receive(chunk.length, total),
          overflow: () => account.responseTooLarge(),
        },
      });
    };
    const closeUpload = (): void => {
      if (upload === null || request.upload === null) return;
      upload.close(requestIsOver());
      this.#uploads.delete(request.upload);
    };
    let over: Promise<unknown> | null = null;
    try {
      return await scope.during(lifetime, turnstile, work, ({ flow }) => {
        over = flow === null ? null : flow.over.then(closeUpload);
        return over;
      });
    } finally {
      if (over === null) closeUpload();
      if (hops === 0) account.giveBack(bodyBytes + (upload?.bytes ?? 0));
    }
  }

  #openUpload(number: number | null, lifetime: Lifetime): Upload | null {
    if (number === null) return null;
    const { account } = this.#options;
    const upload = new Upload({
      admit: (pieceBytes, total) => account.admitPiece(pieceBytes, total),
      onRefusal: (failure) => lifetime.end(failure),
    });
    this.#uploads.set(number, upload);
    return upload;
  }

  #keep(flow: BodyFlow): number {
    this.#lastBody += 1;
    this.#bodies.set(this.#lastBody, { flow, isBeingRead: false });
    return this.#lastBody;
  }
}

function lengthOf(body: RedirectedRequest['body']): number {
  return body instanceof Uint8Array ? body.length : 0;
}

function failed(error: unknown): FetchFailed {
  const { kind, message, causeCode } = asFailure(error);
  return { ok: false, error: { kind, message, causeCode } };
}

function requestIsOver(): EgressFailure {
  return new EgressFailure('aborted', 'The request is over.');
}

function tooManyBodies(): EgressFailure {
  return new EgressFailure(
    'quota',
    `The quota of this run is used up: ${MAX_OPEN_BODIES} responses whose bodies are neither read nor cancelled.`,
  );
}
