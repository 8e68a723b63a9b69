/**
 * The body of a request or a response: bytes, there or still to arrive, which become a stream only
 * where a script reads `body`, or the stream that a script passed.
 * @see https://fetch.spec.whatwg.org/#bodies
 */

import type { ReadableStream, ReadableStreamDefaultReader } from 'web-streams-polyfill';
import { concatenate, viewBytes } from '../core/bytes.ts';
import { structuredClone } from '../core/clone.ts';
import { type Dictionary, toDictionary, toUsvString } from '../core/webidl/conversion.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/encoding.ts';
import { type Blob, blobBytes, blobOf, isBlob, toBlobType } from '../files/blob.ts';
import {
  type ByteSource,
  isDisturbed,
  isReadableStream,
  streamFrom,
  streamOf,
  streams,
} from '../streams/streams.ts';
import { isUrlSearchParams } from '../url/url-values.ts';
import { extractMimeType, serializeMimeType } from './body-mime.ts';
import { type FormData, isFormData } from './form-data.ts';
import { encodeFormData, parseFormData } from './form-data-encoding.ts';
import type { HeaderList } from './headers-list.ts';

/** Bytes of the network, of which reading may be made to fail. */
interface ArrivingBytes extends ByteSource {
  /** Makes a read that is under way fail, and gives up the rest. */
  fail(reason: unknown): void;
}

export class Body {
  /** `null` where the body is a stream, or has not arrived. */
  #bytes: Uint8Array | null;
  #arriving: ArrivingBytes | null = null;
  #stream: ReadableStream | null = null;
  /** The reader of {@link consume}. */
  #reader: ReadableStreamDefaultReader | null = null;
  #consumed = false;
  #failure: { readonly reason: unknown } | null = null;
  #failStream: (reason: unknown) => void = () => {};

  private constructor(bytes: Uint8Array | null, stream: ReadableStream | null) {
    this.#bytes = bytes;
    this.#stream = stream;
  }

  /** @param bytes not copied: the caller must not write to them */
  static ofBytes(bytes: Uint8Array): Body {
    return new Body(bytes, null);
  }

  static ofArriving(bytes: ArrivingBytes): Body {
    const body = new Body(null, null);
    body.#arriving = bytes;
    return body;
  }

  static ofStream(stream: ReadableStream): Body {
    return new Body(null, stream);
  }

  /** Whether a script passed a stream: that can be sent only once. */
  get streamed(): boolean {
    return this.#bytes === null && this.#arriving === null;
  }

  get stream(): ReadableStream {
    this.#stream ??= this.#startStream();
    return this.#stream;
  }

  #startStream(): ReadableStream {
    const { stream, fail } =
      this.#arriving === null || this.#consumed
        ? streamOf(this.#bytes ?? new Uint8Array())
        : streamFrom(this.#arriving);
    if (this.#failure !== null) fail(this.#failure.reason);
    this.#failStream = fail;
    if (this.#consumed) {
      const reader = stream.getReader();
      reader.cancel().catch(() => {});
    }
    return stream;
  }

  get used(): boolean {
    return this.#consumed || (this.#stream !== null && isDisturbed(this.#stream));
  }

  /** Used, or locked by another reader. */
  get unusable(): boolean {
    return this.used || (this.#stream?.locked ?? false);
  }

  /** Reads all of it. Call it once, on a body that is not unusable. */
  async consume(): Promise<Uint8Array> {
    if (this.#stream !== null) return collect(this.openReader());
    this.#consumed = true;
    if (this.#failure !== null) throw this.#failure.reason;
    if (this.#arriving !== null) return (await this.#arriving.read(true)).bytes;
    return this.#bytes ?? new Uint8Array();
  }

  /** Reads it chunk by chunk. Call it once, on a body that is not unusable. */
  openReader(): ReadableStreamDefaultReader {
    this.#reader = this.stream.getReader();
    return this.#reader;
  }

  /** A second body with the same content. Call it on a body that is not unusable. */
  clone(): Body {
    if (this.#stream === null && this.#arriving === null) return new Body(this.#bytes, null);
    const [mine, theirs] = this.stream.tee();
    this.#stream = mine;
    const copies = new streams.TransformStream<unknown, unknown>(
      { transform: (chunk, controller) => controller.enqueue(structuredClone(chunk)) },
      undefined,
      { highWaterMark: 0 },
    );
    return new Body(this.#bytes, theirs.pipeThrough(copies));
  }

  /** Moves the content to another body. This one is used afterwards. */
  take(): Body {
    if (this.#stream !== null) {
      return new Body(this.#bytes, this.#stream.pipeThrough(new streams.TransformStream()));
    }
    this.#consumed = true;
    return new Body(this.#bytes, null);
  }

  /** Makes reading fail from now on. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#failStream(reason);
    this.#arriving?.fail(reason);
  }

  /** Cancels a script's stream. */
  cancel(reason: unknown): void {
    if (this.#reader !== null) this.#reader.cancel(reason).catch(() => {});
    else if (this.#stream?.locked === false) this.#stream.cancel(reason).catch(() => {});
  }
}

async function collect(reader: ReadableStreamDefaultReader): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await readChunk(reader);
    if (chunk === null) return concatenate(chunks);
    chunks.push(chunk);
  }
}

/** @returns `null` at the end. @throws {TypeError} where the chunk is not bytes */
export async function readChunk(reader: ReadableStreamDefaultReader): Promise<Uint8Array | null> {
  const { done, value } = (await reader.read()) as { done: boolean; value: unknown };
  if (done) return null;
  if (Object.prototype.toString.call(value) !== '[object Uint8Array]') {
    throw new TypeError('Received non-Uint8Array chunk');
  }
  return value as Uint8Array;
}

/** A body, and its content type where no header sets one. */
export interface ExtractedBody {
  readonly body: Body;
  readonly type: string | null;
}

/**
 * @param value anything but `null` and `undefined`
 * @see https://fetch.spec.whatwg.org/#concept-bodyinit-extract
 */
export function extractBody(value: unknown): ExtractedBody {
  if (isBlob(value)) {
    return { body: Body.ofBytes(blobBytes(value)), type: value.type === '' ? null : value.type };
  }
  const bytes = viewBytes(value);
  if (bytes !== null) return { body: Body.ofBytes(bytes.slice()), type: null };
  if (isFormData(value)) {
    const { content, type } = encodeFormData(value);
    return { body: Body.ofBytes(content), type };
  }
  if (isUrlSearchParams(value)) {
    return {
      body: Body.ofBytes(encodeUtf8(String(value))),
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
    };
  }
  const stream = toStream(value);
  if (stream !== null) return { body: Body.ofStream(stream), type: null };
  const text = toUsvString(value, 'Response: body');
  return { body: Body.ofBytes(encodeUtf8(text)), type: 'text/plain;charset=UTF-8' };
}

/** A stream. Like Node.js, it accepts any asynchronous iterable as one. */
function toStream(value: unknown): ReadableStream | null {
  if (isReadableStream(value)) {
    if (value.locked || isDisturbed(value)) {
      throw new TypeError('Response body object should not be disturbed or locked');
    }
    return value;
  }
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return null;
  return streams.ReadableStream.from(value as AsyncIterable<unknown>);
}

/** The parts of a request or response that the methods of the mixin need. */
interface Carrier {
  readonly body: Body | null;
  readonly headers: HeaderList;
}

/** The members that {@link mixInBody} adds. */
export interface BodyMixin {
  readonly body: ReadableStream | null;
  readonly bodyUsed: boolean;
  blob(): Promise<Blob>;
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
  json(): Promise<unknown>;
  formData(): Promise<FormData>;
  bytes(): Promise<Uint8Array>;
}

/** The methods that read a body: all of them return promises. */
export const bodyMethods = ['blob', 'arrayBuffer', 'text', 'json', 'formData', 'bytes'] as const;

/**
 * Adds the members of the `Body` mixin to a prototype.
 * @see https://fetch.spec.whatwg.org/#body-mixin
 */
export function mixInBody<T extends object>(prototype: T, carrier: (object: T) => Carrier): void {
  const mixin = {
    get body(): ReadableStream | null {
      return carrier(this as unknown as T).body?.stream ?? null;
    },
    get bodyUsed(): boolean {
      return carrier(this as unknown as T).body?.used ?? false;
    },
    async blob(this: T): Promise<Blob> {
      const { headers } = carrier(this);
      const bytes = await read(carrier(this));
      const type = extractMimeType(headers.get('content-type'));
      return blobOf(bytes, type === null ? '' : toBlobType(serializeMimeType(type)));
    },
    async arrayBuffer(this: T): Promise<ArrayBuffer> {
      return (await read(carrier(this))).slice().buffer as ArrayBuffer;
    },
    async text(this: T): Promise<string> {
      return decodeUtf8(await read(carrier(this)));
    },
    async json(this: T): Promise<unknown> {
      return JSON.parse(decodeUtf8(await read(carrier(this))));
    },
    async formData(this: T): Promise<FormData> {
      const { headers } = carrier(this);
      const bytes = await read(carrier(this));
      return parseFormData(bytes, extractMimeType(headers.get('content-type')));
    },
    async bytes(this: T): Promise<Uint8Array> {
      return (await read(carrier(this))).slice();
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(mixin));
}

/** The options of a `Request` or a `Response`. */
export function toInit(value: unknown, context: string): Dictionary {
  return toDictionary(
    value,
    context,
    () =>
      new TypeError(`${context}: Expected ${String(value)} to be one of: Null, Undefined, Object.`),
  );
}

async function read({ body }: Carrier): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  if (body.unusable) throw new TypeError('Body is unusable: Body has already been read');
  return body.consume();
}
