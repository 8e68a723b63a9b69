/** The resource `output-stream`. */

import { ResultError } from '../../host.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { trap } from '../binding/parameters.ts';
import { closed } from './error.ts';

/** Where the bytes of an output stream go: at once, whatever their number. */
export interface ByteSink {
  /** @throws {ResultError} a `stream-error`, after which the stream is closed */
  write(bytes: Uint8Array): void;
  /** Nobody writes any more. */
  close(): void;
}

/** What `check-write` permits. */
const MAX_WRITE_BYTES = 1024 * 1024;
/** What the functions take that write and flush. */
const MAX_FLUSHED_BYTES = 4096;

export class OutputStream extends HeldResource {
  readonly resource = 'wasi:io/streams/output-stream';
  readonly #sink: ByteSink;
  #isClosed = false;

  constructor(holdings: Holdings, sink: ByteSink) {
    super(holdings);
    this.#sink = sink;
  }

  /** @throws {ResultError} where it is closed */
  permit(): number {
    if (this.#isClosed) throw closed();
    return MAX_WRITE_BYTES;
  }

  /** @throws {ResultError} */
  write(bytes: Uint8Array): void {
    if (bytes.length > this.permit()) tooMuch('write', MAX_WRITE_BYTES);
    try {
      this.#sink.write(bytes);
    } catch (error) {
      if (error instanceof ResultError) this.#isClosed = true;
      throw error;
    }
  }

  /**
   * All that was written has arrived.
   * @throws {ResultError} where it is closed
   */
  flush(): void {
    this.permit();
  }

  /** @throws {ResultError} */
  writeAndFlush(bytes: Uint8Array): void {
    if (bytes.length > MAX_FLUSHED_BYTES) tooMuch('blocking-write-and-flush', MAX_FLUSHED_BYTES);
    this.write(bytes);
  }

  /** @throws {ResultError} */
  writeZeroes(count: bigint): void {
    if (count > this.permit()) tooMuch('write-zeroes', MAX_WRITE_BYTES);
    this.write(new Uint8Array(Number(count)));
  }

  /** @throws {ResultError} */
  writeZeroesAndFlush(count: bigint): void {
    if (count > MAX_FLUSHED_BYTES) tooMuch('blocking-write-zeroes-and-flush', MAX_FLUSHED_BYTES);
    this.writeZeroes(count);
  }

  override [Symbol.dispose](): void {
    this.#sink.close();
    super[Symbol.dispose]();
  }
}

function tooMuch(name: string, limit: number): never {
  return trap(`output-stream.${name}: more than the ${limit} bytes that are permitted.`);
}
