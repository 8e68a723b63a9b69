/** Step 5 of egress, the response: decodes its body as it arrives. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { EgressFailure } from '../policy/failure.ts';
import { type Decoder, type DecoderFactory, parseLayers } from './encodings.ts';
import type { HopLimits } from './exchange.ts';

/** Inner layers always begin with a zlib header: servers omit it only from whole responses. */
const ZLIB_HEADER = 0x78;

/** A response may be encoded more than once (RFC 9110 §8.4); a hostile one is, many times. */
const MAX_LAYERS = 3;

/** Data that does not compress becomes a little longer. */
const MAX_OVERHEAD_BYTES = 65_536;

/** Each piece costs time: a hostile server sends a chunk for each byte. */
const MAX_PIECES = 16_384;
/** Of the average piece, where there are more. */
const MIN_PIECE_BYTES = 32;

type StageLimits = Pick<HopLimits, 'maxBytes' | 'overflow' | 'arrive'>;
/**
 * Decodes a response body as it arrives. The bytes into and out of each stage count against
 * `maxBytes`, so that neither a bomb nor a stream of empty blocks costs more than a plain response.
 * Unlike undici's own interceptor it leaves the headers as the server sent them, which is what
 * `fetch` shows.
 */
export class DecompressHandler implements Dispatcher.DispatchHandler {
  readonly #next: Dispatcher.DispatchHandler;
  readonly #limits: StageLimits;
  #layers: readonly DecoderFactory[] = [];
  #stages: Decoder[] = [];
  #received = 0;
  #pieces = 0;
  #inputEnded = false;
  #over = false;

  constructor(next: Dispatcher.DispatchHandler, limits: StageLimits) {
    this.#next = next;
    this.#limits = limits;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#next.onRequestStart?.(controller, context);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    const encodings = headers['content-encoding'];
    if (encodings !== undefined && status >= 200) {
      const layers = parseLayers(encodings);
      if (layers.length > MAX_LAYERS) {
        controller.abort(
          new EgressFailure('network', `The response is compressed more than ${MAX_LAYERS} times.`),
        );
        return;
      }
      this.#layers = layers;
    }
    const isDecoded = this.#layers.length > 0;
    const shown = isDecoded ? this.#decoded(controller) : controller;
    this.#next.onResponseStart?.(shown, status, headers, statusText);
  }

  /**
   * The controller of the decoded body: to pause it pauses the last stage, which the stages before it,
   * and at last the connection, wait for.
   */
  #decoded(controller: Dispatcher.DispatchController): Dispatcher.DispatchController {
    const last = (): Decoder | undefined => this.#stages.at(-1);
    return {
      get aborted() {
        return controller.aborted;
      },
      get paused() {
        return last()?.isPaused() ?? controller.paused;
      },
      get reason() {
        return controller.reason;
      },
      rawHeaders: controller.rawHeaders ?? null,
      rawTrailers: controller.rawTrailers ?? null,
      abort: (reason) => this.#fail(controller, reason),
      pause: () => void (last() ?? controller).pause(),
      resume: () => void (last() ?? controller).resume(),
    };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#pieces += 1;
    this.#received += chunk.length;
    if (this.#pieces > MAX_PIECES && this.#received < this.#pieces * MIN_PIECE_BYTES) {
      this.#fail(
        controller,
        new EgressFailure('network', 'The response comes in too many too small pieces.'),
      );
      return;
    }
    if (this.#layers.length === 0) {
      this.#next.onResponseData?.(controller, chunk);
      return;
    }
    const failure =
      this.#received > this.#limits.maxBytes + MAX_OVERHEAD_BYTES
        ? this.#limits.overflow()
        : this.#limits.arrive(this.#received);
    if (failure !== null) {
      this.#fail(controller, failure);
      return;
    }
    const first = this.#stages[0] ?? this.#start(controller, chunk[0] ?? 0);
    if (!first.write(chunk)) {
      controller.pause();
      first.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    const [first] = this.#stages;
    if (first === undefined) {
      this.#next.onResponseEnd?.(controller, trailers);
      return;
    }
    this.#inputEnded = true;
    this.#stages.at(-1)?.once('end', () => {
      if (this.#over) return;
      this.#over = true;
      this.#next.onResponseEnd?.(controller, trailers);
    });
    first.end();
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    for (const stage of this.#stages) stage.destroy();
    this.#next.onResponseError?.(controller, error);
  }

  #start(controller: Dispatcher.DispatchController, firstByte: number): Decoder {
    this.#stages = this.#layers.map((create, index) =>
      create(index === 0 ? firstByte : ZLIB_HEADER),
    );
    for (const [index, stage] of this.#stages.entries()) {
      const following = this.#stages[index + 1];
      let produced = 0;
      stage.on('error', (error: NodeJS.ErrnoException) =>
        this.#fail(controller, undecodable(error)),
      );
      stage.on('data', (chunk: Buffer) => {
        produced += chunk.length;
        if (following === undefined && !this.#over) this.#next.onResponseData?.(controller, chunk);
        const failure =
          produced > this.#limits.maxBytes
            ? this.#limits.overflow()
            : this.#limits.arrive(produced);
        if (failure !== null) this.#fail(controller, failure);
      });
      if (following !== undefined) stage.pipe(following);
    }
    const [first] = this.#stages;
    if (first === undefined) throw new TypeError('a body without encodings needs no decoder');
    return first;
  }

  #fail(controller: Dispatcher.DispatchController, failure: Error): void {
    // undici no longer aborts a request whose response has arrived in full.
    if (this.#inputEnded) this.onResponseError(controller, failure);
    else controller.abort(failure);
  }
}

function undecodable(error: NodeJS.ErrnoException): EgressFailure {
  return new EgressFailure(
    'network',
    'The response cannot be decompressed: it is not what its Content-Encoding says, or is cut short.',
    { causeCode: error.code ?? null, cause: error },
  );
}
