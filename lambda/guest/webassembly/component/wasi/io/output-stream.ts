/** The resource `output-stream`. */

import { ResultError } from '../../host.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { trap } from '../binding/parameters.ts';
import { closed } from './error.ts';
import { always, oneTurn, type Readiness, type Time, untilReady } from './readiness.ts';

/** Where the bytes of an output stream go. */
export interface ByteSink {
  /**
   * How many bytes it takes now; 0 until its readiness.
   * @throws {ResultError} a `stream-error`, after which the stream is closed
   */
  room(): number;
  /** That there is room, or a failure. */
  readonly readiness: Readiness;
  /** @throws {ResultError} a `stream-error`, after which the stream is closed */
  write(bytes: Uint8Array): void;
  /** Nobody writes any more. */
  close(): void;
}

/** What `check-write` permits, where there is room. */
export const MAX_WRITE_BYTES = 1024 * 1024;
/** What the functions take that write and flush. */
const MAX_FLUSHED_BYTES = 4096;

/** What goes nowhere that it would have to wait for. */
export const unhindered = { room: (): number => MAX_WRITE_BYTES, readiness: always };

export class OutputStream extends HeldResource {
  readonly resource = 'wasi:io/streams/output-stream';
  readonly #sink: ByteSink;
  #isClosed = false;
  /** What `check-write` has permitted, and was not written yet. */
  #permitted = 0;

  constructor(holdings: Holdings, sink: ByteSink) {
    super(holdings);
    this.#sink = sink;
  }

  get readiness(): Readiness {
    return this.#sink.readiness;
  }

  /**
   * How many bytes may be written; a promise where it took a turn to see that there is no room.
   * @throws {ResultError} where it is closed
   */
  permit(context: Time): number | Promise<number> {
    const permitted = this.#room();
    if (permitted > 0 || this.readiness.news === undefined) return permitted;
    return oneTurn(context).then(() => this.#room());
  }

  /** Waits until something may be written. @throws {ResultError} where it is closed */
  blockingPermit(context: Time): number | Promise<number> {
    const permitted = this.#room();
    if (permitted > 0) return permitted;
    return (untilReady([this.readiness], context) ?? Promise.resolve()).then(() => this.#room());
  }

  /** @throws {ResultError} */
  write(bytes: Uint8Array): void {
    const permitted = this.#latestPermit();
    if (bytes.length > permitted) tooMuch('write', permitted);
    this.#permitted = permitted - bytes.length;
    this.#attempt(() => this.#sink.write(bytes));
  }

  /** @throws {ResultError} */
  writeAndFlush(bytes: Uint8Array, context: Time): void | Promise<void> {
    if (bytes.length > MAX_FLUSHED_BYTES) tooMuch('blocking-write-and-flush', MAX_FLUSHED_BYTES);
    const permitted = this.blockingPermit(context);
    if (typeof permitted !== 'number') return permitted.then(() => this.write(bytes));
    this.write(bytes);
  }

  /** @throws {ResultError} */
  writeZeroes(count: bigint): void {
    const permitted = this.#latestPermit();
    if (count > permitted) tooMuch('write-zeroes', permitted);
    this.write(new Uint8Array(Number(count)));
  }

  /** @throws {ResultError} */
  writeZeroesAndFlush(count: bigint, context: Time): void | Promise<void> {
    if (count > MAX_FLUSHED_BYTES) tooMuch('blocking-write-zeroes-and-flush', MAX_FLUSHED_BYTES);
    return this.writeAndFlush(new Uint8Array(Number(count)), context);
  }

  /** What was permitted stays so, even if there is less room by now. */
  #latestPermit(): number {
    const before = this.#permitted;
    return Math.max(before, this.#room());
  }

  #room(): number {
    if (this.#isClosed) throw closed();
    this.#permitted = this.#attempt(() => this.#sink.room());
    return this.#permitted;
  }

  #attempt<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      if (error instanceof ResultError) this.#isClosed = true;
      throw error;
    }
  }

  override [Symbol.dispose](): void {
    this.#sink.close();
    super[Symbol.dispose]();
  }
}

function tooMuch(name: string, limit: number): never {
  return trap(`output-stream.${name}: more than the ${limit} bytes that are permitted.`);
}
