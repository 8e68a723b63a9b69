/** Step 5 of egress, the response: gathers it, or lets it flow, within the limits of its hop. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RedactingStream, Redaction } from '../credentials/redactor.ts';
import { EgressFailure, toEgressFailure } from '../policy/failure.ts';
import type { Lifetime } from '../policy/lifetime.ts';
import { Body } from './body.ts';
import { BodyFlow } from './body-flow.ts';
import { staysEncoded } from './encodings.ts';

/** The limits of one exchange. */
export interface HopLimits {
  readonly lifetime: Lifetime;
  /** The most bytes of the response's body, at each stage of decoding. */
  readonly maxBytes: number;
  /** Longest pause between two pieces of the response's body; 0: only its lifetime bounds it. */
  readonly maxSilenceMs: number;
  /** What becomes of a response's body. One that is dropped is read, if it is short. */
  use(status: number, headers: IncomingHttpHeaders): 'gather' | 'flow' | 'drop';
  /**
   * Judges each piece of a decoded body to keep.
   * @param total bytes of the body so far, this piece included
   * @returns why the exchange must stop, or `null`
   */
  meter(chunk: Uint8Array, total: number): EgressFailure | null;
  /**
   * Counts what arrives, also of a body that is dropped and of one that a cache has. Called at each
   * stage of decoding with the bytes that this stage has seen of the response so far.
   * @returns why the exchange must stop, or `null`
   */
  arrive(bytes: number): EgressFailure | null;
  /** Called when the request's body, or a piece of one, of so many bytes is sent. */
  onSend(bodyBytes: number): void;
  /** The failure of a body over `maxBytes`. */
  overflow(): EgressFailure;
}

/** One request, without its redirects. */
export interface Hop extends HopLimits {
  readonly url: URL;
  readonly method: string;
  /** Names and values in turn, already checked; names are lower case. */
  readonly headers: readonly string[];
  /** Whole, or pieces that are sent as they come. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Filled in while the exchange goes on; right however it ends. */
  readonly trace: HopTrace;
  /** Takes what the operator added to the request out of the response; `null`: nothing was added. */
  readonly redaction: Redaction | null;
}

export interface HopTrace {
  /** The connection; `null` before there is one, or where a cache answered. */
  peer: Peer | null;
  status: number | null;
  bytesSent: number;
  /** Bytes of the decoded body. */
  bytesReceived: number;
  /** Whether the operator added something to the request. */
  hasCredential: boolean;
}

/** The other end of a connection. */
export interface Peer {
  /** `null` before it is connected. */
  readonly address: string | null;
  /** Stops connecting, where it is not connected yet. */
  abandon(reason: Error): void;
}

export interface HopResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** As the server sent them, repeated ones included. */
  readonly rawHeaders: Dispatcher.DispatchController['rawHeaders'];
  /** Empty where it flows. */
  readonly body: Buffer;
  /** Where the body was to flow, and was not complete at once: then that knows the trailers. */
  readonly flow: BodyFlow | null;
  /** As the server sent them behind the body. */
  readonly rawTrailers: Dispatcher.DispatchController['rawTrailers'];
}

/** The options of a dispatch: interceptors and clients find the hop in them. */
export interface HopOptions extends Dispatcher.DispatchOptions {
  readonly hop: Hop;
}

/** A body to drop is read to its end, to keep the connection, up to this many bytes. */
const MAX_DRAIN_BYTES = 65_536;
const empty = Buffer.alloc(0);

/**
 * Receives one response within the limits of its hop. Settles once: when the body has been gathered, or
 * begins to flow.
 */
export class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #hop: Hop;
  readonly #resolve: (response: HopResponse) => void;
  readonly #reject: (failure: EgressFailure) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #response: HopResponse | null = null;
  /** `null` where the body is dropped. */
  #body: Body | BodyFlow | null = null;
  #redacted: RedactingStream | null = null;
  #over = false;

  constructor(
    hop: Hop,
    resolve: (response: HopResponse) => void,
    reject: (failure: EgressFailure) => void,
  ) {
    this.#hop = hop;
    this.#resolve = resolve;
    this.#reject = reject;
    hop.lifetime.onEnd((failure) => this.#fail(failure));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) {
      controller.abort(new EgressFailure('aborted', 'The request is over.'));
      return;
    }
    const { body } = this.#hop;
    // Pieces are counted as they are sent.
    const bodyBytes = body instanceof Uint8Array ? body.length : 0;
    this.#hop.trace.bytesSent = bodyBytes;
    this.#hop.onSend(bodyBytes);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText = '',
  ): void {
    if (this.#over || status < 200) return;
    this.#hop.trace.status = status;
    // That of the decoder, where there is one.
    this.#controller = controller;
    const { redaction } = this.#hop;
    if (redaction !== null && staysEncoded(headers)) {
      this.#fail(new EgressFailure('network', 'The response has an encoding that is not known.'));
      return;
    }
    const head = { statusText, headers, rawHeaders: controller.rawHeaders };
    const shown = redaction === null ? head : withoutSecrets(head, redaction);
    this.#redacted = redaction?.stream() ?? null;
    this.#response = { status, ...shown, body: empty, flow: null, rawTrailers: null };
    const use = this.#hop.use(status, headers);
    const { maxBytes } = this.#hop;
    const expectedBytes = Number(headers['content-length']) || 0;
    if (use === 'gather') this.#body = new Body(maxBytes, expectedBytes);
    if (use === 'flow') void this.#start(controller, this.#response, expectedBytes);
  }

  async #start(
    controller: Dispatcher.DispatchController,
    response: HopResponse,
    expectedBytes: number,
  ): Promise<void> {
    const flow = new BodyFlow({
      maxBytes: this.#hop.maxBytes,
      expectedBytes,
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      cancel: () => this.#fail(new EgressFailure('aborted', 'The rest of the body is of no use.')),
    });
    this.#body = flow;
    const body = await flow.complete();
    const { rawTrailers } = flow;
    this.#resolve(body === null ? { ...response, flow } : { ...response, body, rawTrailers });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    const total = this.#hop.trace.bytesReceived + chunk.length;
    this.#hop.trace.bytesReceived = total;
    const refused = this.#hop.arrive(total);
    if (refused !== null) {
      this.#fail(refused);
      return;
    }
    if (this.#body === null) {
      if (total <= MAX_DRAIN_BYTES) return;
      this.#succeed(null);
      controller.abort(new EgressFailure('aborted', 'The rest of the body is of no use.'));
      return;
    }
    const failure = this.#hop.meter(chunk, total);
    if (failure === null) this.#append(this.#redacted?.push(chunk) ?? chunk);
    else this.#fail(failure);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const { redaction } = this.#hop;
    const trailers = controller.rawTrailers ?? null;
    this.#succeed(redaction === null ? trailers : cleanRaw(trailers, redaction));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toEgressFailure(error, this.#hop.url));
  }

  #append(piece: Buffer): void {
    if (piece.length > 0) this.#body?.append(piece);
  }

  #succeed(rawTrailers: HopResponse['rawTrailers']): void {
    if (this.#over || this.#response === null) return;
    this.#end();
    if (this.#redacted !== null) this.#append(this.#redacted.end());
    if (this.#body instanceof BodyFlow) this.#body.end(rawTrailers);
    else this.#resolve({ ...this.#response, body: this.#body?.finish() ?? empty, rawTrailers });
  }

  #fail(failure: EgressFailure): void {
    if (this.#over) return;
    this.#end();
    const body = this.#body;
    this.#body = null;
    // Before the request has started, only connecting can be stopped.
    if (this.#controller === null) this.#hop.trace.peer?.abandon(failure);
    else this.#controller.abort(failure);
    if (body instanceof BodyFlow) body.fail(failure);
    else this.#reject(failure);
  }

  #end(): void {
    this.#over = true;
    this.#hop.lifetime.onEnd(null);
  }
}

type Head = Pick<HopResponse, 'statusText' | 'headers' | 'rawHeaders'>;

/** Also of `location`, or a redirect would carry what was added to another host. */
function withoutSecrets({ statusText, headers, rawHeaders }: Head, redaction: Redaction): Head {
  const clean = (value: string | string[] | undefined): string | string[] | undefined =>
    Array.isArray(value)
      ? value.map((text) => redaction.text(text))
      : value && redaction.text(value);
  return {
    statusText: redaction.text(statusText),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [redaction.text(name), clean(value)]),
    ),
    rawHeaders: cleanRaw(rawHeaders, redaction),
  };
}

function cleanRaw(raw: HopResponse['rawHeaders'], redaction: Redaction): string[] | null {
  if (!Array.isArray(raw)) return null;
  return raw.map((part) =>
    redaction.text(typeof part === 'string' ? part : part.toString('latin1')),
  );
}
