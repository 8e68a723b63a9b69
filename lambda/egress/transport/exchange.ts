/** Step 5 of egress, the response: gathers it within the limits of its hop. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { EgressFailure, toEgressFailure } from '../policy/failure.ts';
import type { Lifetime } from '../policy/lifetime.ts';
import { Body } from './body.ts';

/** The limits of one exchange. */
export interface HopLimits {
  readonly lifetime: Lifetime;
  /** The most bytes of the response's body, at each stage of decoding. */
  readonly maxBytes: number;
  /** Whether to keep the body of a response with this status; else it is read and dropped. */
  keepsBody(status: number): boolean;
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
  /** Called when the request, with a body of so many bytes, is sent. */
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
  readonly body: Uint8Array | null;
  /** Filled in while the exchange goes on; right however it ends. */
  readonly trace: HopTrace;
}

export interface HopTrace {
  /** The connection; `null` before there is one, or where a cache answered. */
  peer: Peer | null;
  status: number | null;
  bytesSent: number;
  /** Bytes of the decoded body. */
  bytesReceived: number;
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
  readonly body: Buffer;
}

/** The options of a dispatch: interceptors and clients find the hop in them. */
export interface HopOptions extends Dispatcher.DispatchOptions {
  readonly hop: Hop;
}

/** A body to drop is read to its end, to keep the connection, up to this many bytes. */
const MAX_DRAIN_BYTES = 65_536;
const empty = Buffer.alloc(0);

/** Gathers one response within the limits of its hop. Settles once. */
export class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #hop: Hop;
  readonly #resolve: (response: HopResponse) => void;
  readonly #reject: (failure: EgressFailure) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #response: HopResponse | null = null;
  /** `null` where the body is dropped. */
  #body: Body | null = null;
  #settled = false;

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
    if (this.#settled) {
      controller.abort(new EgressFailure('aborted', 'The request is over.'));
      return;
    }
    const bodyBytes = this.#hop.body?.length ?? 0;
    this.#hop.trace.bytesSent = bodyBytes;
    this.#hop.onSend(bodyBytes);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText = '',
  ): void {
    if (this.#settled || status < 200) return;
    this.#hop.trace.status = status;
    if (this.#hop.keepsBody(status)) {
      this.#body = new Body(this.#hop.maxBytes, Number(headers['content-length']) || 0);
    }
    this.#response = {
      status,
      statusText,
      headers,
      rawHeaders: controller.rawHeaders,
      body: empty,
    };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    const total = this.#hop.trace.bytesReceived + chunk.length;
    this.#hop.trace.bytesReceived = total;
    const refused = this.#hop.arrive(total);
    if (refused !== null) {
      this.#fail(refused);
      return;
    }
    if (this.#body === null) {
      if (total <= MAX_DRAIN_BYTES) return;
      this.#succeed();
      controller.abort(new EgressFailure('aborted', 'The rest of the body is of no use.'));
      return;
    }
    const failure = this.#hop.meter(chunk, total);
    if (failure === null) this.#body.append(chunk);
    else this.#fail(failure);
  }

  onResponseEnd(): void {
    this.#succeed();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toEgressFailure(error, this.#hop.url));
  }

  #succeed(): void {
    if (this.#settled || this.#response === null) return;
    this.#settle();
    this.#resolve({ ...this.#response, body: this.#body?.finish() ?? empty });
  }

  #fail(failure: EgressFailure): void {
    if (this.#settled) return;
    this.#settle();
    this.#body = null;
    // Before the request has started, only connecting can be stopped.
    if (this.#controller === null) this.#hop.trace.peer?.abandon(failure);
    else this.#controller.abort(failure);
    this.#reject(failure);
  }

  #settle(): void {
    this.#settled = true;
    this.#hop.lifetime.onEnd(null);
  }
}
