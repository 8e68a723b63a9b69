/**
 * Installs `web-streams-polyfill`, the reference implementation of the standard, with the names and
 * the attributes that the platform's classes have.
 * @see https://streams.spec.whatwg.org/
 */

import type * as Ponyfill from 'web-streams-polyfill';
import type { ReadableStream, WritableStream } from 'web-streams-polyfill';
import { preventCloning } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { defineTag } from '../core/webidl/interface.ts';
import { hideInternals } from './streams-internals.ts';

const classNames = [
  'ReadableStream',
  'ReadableStreamDefaultReader',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableByteStreamController',
  'ReadableStreamDefaultController',
  'TransformStream',
  'TransformStreamDefaultController',
  'WritableStream',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
  'ByteLengthQueuingStrategy',
  'CountQueuingStrategy',
] as const;

const AsyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}.prototype),
) as object;

const CHUNK_BYTES = 64 * 1024;

type Streams = Pick<typeof Ponyfill, 'ReadableStream' | 'TransformStream' | 'WritableStream'>;

export let streams: Streams;

/** Internal properties of the library's objects. */
interface Internals {
  readonly _disturbed: boolean;
  readonly _state: string;
  readonly _backpressure: boolean;
  readonly _ownerReadableStream: object | undefined;
  readonly _ownerWritableStream: object | undefined;
  readonly _readRequests: { readonly length: number } | undefined;
  readonly _readIntoRequests: { readonly length: number } | undefined;
  readonly _readableStreamController: object;
}

/** Whether a value is a `ReadableStream`. */
export function isReadableStream(value: unknown): value is ReadableStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    value instanceof streams.ReadableStream &&
    Object.hasOwn(value, '_readableStreamController')
  );
}

/** Whether a stream was read from or cancelled. */
export function isDisturbed(stream: ReadableStream): boolean {
  return internals(stream)._disturbed;
}

function internals(stream: object): Internals {
  return stream as unknown as Internals;
}

/** A byte stream, and a function that makes it fail. */
interface FallibleStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly fail: (reason: unknown) => void;
}

/** A byte stream of given bytes, in chunks that are copies. */
export function streamOf(bytes: Uint8Array): FallibleStream {
  let offset = 0;
  let fail = (_: unknown): void => {};
  const stream = new streams.ReadableStream(
    {
      type: 'bytes',
      start(controller) {
        fail = (reason) => controller.error(reason);
      },
      pull(controller) {
        const chunk = bytes.slice(offset, offset + CHUNK_BYTES) as Uint8Array<ArrayBuffer>;
        offset += chunk.byteLength;
        if (chunk.byteLength > 0) controller.enqueue(chunk);
        if (offset >= bytes.byteLength) {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, fail };
}

/** Bytes that arrive one after the other. */
export interface ByteSource {
  /**
   * Waits for what comes next; not empty, unless the bytes have ended. Call it again when it has settled.
   * @param whole waits for all that is left
   */
  read(whole: boolean): Promise<{ readonly bytes: Uint8Array; readonly ended: boolean }>;
  /** The rest is of no use. */
  cancel(): void;
}

/** A byte stream that reads a source when it is read itself, and not before. */
export function streamFrom(source: ByteSource): FallibleStream {
  let fail = (_: unknown): void => {};
  const stream = new streams.ReadableStream(
    {
      type: 'bytes',
      start(controller) {
        fail = (reason) => controller.error(reason);
      },
      async pull(controller) {
        const { bytes, ended } = await source.read(false);
        if (bytes.byteLength > 0) controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
        if (ended) {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
  return { stream, fail };
}

/** The two sides of a transform. */
export interface TransformSides<Written, Read> {
  readonly readable: ReadableStream<Read>;
  readonly writable: WritableStream<Written>;
}

/**
 * Adds `readable` and `writable` to a prototype.
 * @see https://streams.spec.whatwg.org/#other-specs-ts-wrapping (`GenericTransformStream`)
 */
export function mixInTransform<T extends object>(
  prototype: T,
  sidesOf: (object: T) => TransformSides<unknown, unknown>,
): void {
  const mixin = {
    get readable(): ReadableStream<unknown> {
      return sidesOf(this as unknown as T).readable;
    },
    get writable(): WritableStream<unknown> {
      return sidesOf(this as unknown as T).writable;
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(mixin));
}

/** The bundler resolves this call. */
declare function require(name: string): unknown;

export function installStreams(prelude: Prelude): void {
  // Not an `import`: the library reads the global `DOMException` when it is loaded.
  const library = require('web-streams-polyfill') as typeof Ponyfill;
  hideInternals(library);
  streams = library as unknown as Streams;
  for (const name of classNames) {
    const { prototype } = library[name] as { prototype: object };
    defineTag(prototype, name);
  }
  defineInspection(library.ReadableStream, (stream) => ({
    locked: stream.locked,
    state: internals(stream)._state,
    supportsBYOB:
      internals(stream)._readableStreamController instanceof library.ReadableByteStreamController,
  }));
  defineInspection(library.WritableStream, (stream) => ({
    locked: stream.locked,
    state: internals(stream)._state,
  }));
  defineInspection(library.TransformStream, (stream) => ({
    readable: stream.readable,
    writable: stream.writable,
    backpressure: internals(stream)._backpressure,
  }));
  defineInspection(library.ReadableStreamDefaultReader, (reader) => ({
    stream: internals(reader)._ownerReadableStream,
    readRequests: internals(reader)._readRequests?.length,
    close: reader.closed,
  }));
  defineInspection(library.ReadableStreamBYOBReader, (reader) => ({
    stream: internals(reader)._ownerReadableStream,
    readIntoRequests: internals(reader)._readIntoRequests?.length,
    close: reader.closed,
  }));
  defineInspection(library.WritableStreamDefaultWriter, (writer) => ({
    stream: internals(writer)._ownerWritableStream,
    close: writer.closed,
    ready: writer.ready,
    desiredSize: writer.desiredSize,
  }));
  for (const name of ['CountQueuingStrategy', 'ByteLengthQueuingStrategy'] as const) {
    defineInspection(library[name], ({ highWaterMark }) => ({ highWaterMark }));
  }
  // The library makes a prototype of its own, for engines without this one.
  const iterator = Object.getPrototypeOf(new library.ReadableStream().values()) as object;
  Object.setPrototypeOf(iterator, AsyncIteratorPrototype);
  // An earlier version of the standard had it.
  Reflect.deleteProperty(library.WritableStreamDefaultController.prototype, 'abortReason');
  preventCloning((value) => classNames.some((name) => value instanceof library[name]));
  prelude.define(Object.fromEntries(classNames.map((name) => [name, library[name]])));
}
