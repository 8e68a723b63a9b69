/** The resource `input-stream`. */

import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { closed } from './error.ts';
import { always, oneTurn, type Readiness, type Time, untilReady } from './readiness.ts';

/** Where the bytes of an input stream come from. */
export interface ByteSource {
  /**
   * Takes up to so many bytes; none where none are there yet.
   * @throws {ResultError} a `stream-error`
   */
  read(max: number): Uint8Array;
  /** That there are bytes, or an end. */
  readonly readiness: Readiness;
  /** Nobody reads any more. */
  close(): void;
}

/** What one call may return: as much as a component is likely to have room for. */
const MAX_READ_BYTES = 1024 * 1024;

export class InputStream extends HeldResource {
  readonly resource = 'wasi:io/streams/input-stream';
  readonly #source: ByteSource;

  constructor(holdings: Holdings, source: ByteSource) {
    super(holdings);
    this.#source = source;
  }

  get readiness(): Readiness {
    return this.#source.readiness;
  }

  /** Gives what is there; a promise where it took a turn to see that nothing is. */
  read(length: bigint, context: Time): Uint8Array | Promise<Uint8Array> {
    const bytes = this.#read(length);
    if (bytes.length > 0 || length === 0n || this.readiness.news === undefined) return bytes;
    return oneTurn(context).then(() => this.#read(length));
  }

  #read(length: bigint): Uint8Array {
    return this.#source.read(length > MAX_READ_BYTES ? MAX_READ_BYTES : Number(length));
  }

  /** Waits for at least one byte, if any are wanted. */
  blockingRead(length: bigint, context: Time): Uint8Array | Promise<Uint8Array> {
    const bytes = this.#read(length);
    return bytes.length > 0 || length === 0n ? bytes : this.#awaitBytes(length, context);
  }

  override [Symbol.dispose](): void {
    this.#source.close();
    super[Symbol.dispose]();
  }

  async #awaitBytes(length: bigint, context: Time): Promise<Uint8Array> {
    for (;;) {
      await untilReady([this.readiness], context);
      const bytes = this.#read(length);
      if (bytes.length > 0) return bytes;
    }
  }
}

/** Bytes that are all there. Streams may share it: each goes on where another stopped. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  let position = 0;
  return {
    read(max) {
      if (position === bytes.length) throw closed();
      const piece = bytes.subarray(position, position + max);
      position += piece.length;
      return piece;
    },
    readiness: always,
    close() {},
  };
}
