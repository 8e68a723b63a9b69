/** Step 1 of egress, who asks: a request's body that a guest sends piece by piece. */

import type { EgressFailure } from '../policy/failure.ts';

interface UploadEvents {
  /** @param total bytes of the body, this piece included. @returns why it must not be sent, or `null` */
  admit(pieceBytes: number, total: number): EgressFailure | null;
  /** The body must not be sent any further. */
  onRefusal(failure: EgressFailure): void;
}

/** Takes one piece at a time, and the next one when the connection has taken that. */
export class Upload implements AsyncIterable<Uint8Array> {
  /** Of the pieces that were admitted. */
  bytes = 0;
  readonly #events: UploadEvents;
  #piece: Uint8Array | null = null;
  #ended = false;
  #closed: EgressFailure | null = null;
  #onTaken: (() => void) | null = null;
  #onPiece: (() => void) | null = null;

  constructor(events: UploadEvents) {
    this.#events = events;
  }

  /**
   * Waits until the connection has taken the piece.
   * @returns why no more can be sent, or `null`
   */
  async send(piece: Uint8Array, last: boolean): Promise<EgressFailure | null> {
    if (this.#closed !== null) return this.#closed;
    const refused = this.#events.admit(piece.length, this.bytes + piece.length);
    if (refused !== null) {
      this.#events.onRefusal(refused);
      return refused;
    }
    this.bytes += piece.length;
    if (piece.length > 0) this.#piece = piece;
    this.#ended = last;
    this.#onPiece?.();
    if (piece.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onTaken = resolve;
      });
    }
    return this.#closed;
  }

  /** Whether a piece waits, or the body has ended: then there must not be another one. */
  get isBusy(): boolean {
    return this.#piece !== null || this.#ended;
  }

  /** Nothing of it is sent any more. */
  close(failure: EgressFailure): void {
    this.#closed ??= failure;
    this.#piece = null;
    this.#onPiece?.();
    this.#onTaken?.();
  }

  /** @throws {EgressFailure} where it is closed */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#piece;
      if (this.#closed !== null) throw this.#closed;
      if (piece !== null) {
        this.#piece = null;
        this.#onTaken?.();
        yield piece;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#onPiece = resolve;
        });
      }
    }
  }
}
