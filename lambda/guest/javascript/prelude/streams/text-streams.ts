/**
 * `TextEncoderStream` and `TextDecoderStream`.
 * @see https://encoding.spec.whatwg.org/#interface-textdecoderstream
 */

import type { ReadableStream, TransformStream, WritableStream } from 'web-streams-polyfill';
import { viewBytes } from '../core/bytes.ts';
import { preventCloning } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import { toDomString } from '../core/webidl/conversion.ts';
import { withCode } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { encodeUtf8, TextDecoder } from '../encoding/encoding.ts';
import { mixInTransform, streams } from './streams.ts';

let isTextEncoderStream: (value: unknown) => value is TextEncoderStream;
let isTextDecoderStream: (value: unknown) => value is TextDecoderStream;

class TextEncoderStream {
  declare readonly readable: ReadableStream<Uint8Array>;
  declare readonly writable: WritableStream<string>;
  #transform: TransformStream<string, Uint8Array>;

  static {
    isTextEncoderStream = (value): value is TextEncoderStream =>
      isObject(value) && #transform in value;
    mixInTransform(TextEncoderStream.prototype, (stream) => stream.#transform);
  }

  constructor() {
    let highSurrogate = '';
    this.#transform = new streams.TransformStream<string, Uint8Array>({
      transform(chunk, controller) {
        const text = highSurrogate + toDomString(chunk, 'chunk');
        const split = /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
        highSurrogate = text.slice(split);
        if (split > 0) controller.enqueue(encodeUtf8(text.slice(0, split)));
      },
      flush(controller) {
        if (highSurrogate !== '') controller.enqueue(encodeUtf8(highSurrogate));
      },
    });
  }

  get encoding(): string {
    return 'utf-8';
  }
}

class TextDecoderStream {
  #decoder: TextDecoder;
  declare readonly readable: ReadableStream<string>;
  declare readonly writable: WritableStream<Uint8Array>;
  #transform: TransformStream<Uint8Array, string>;

  static {
    isTextDecoderStream = (value): value is TextDecoderStream =>
      isObject(value) && #decoder in value;
    mixInTransform(TextDecoderStream.prototype, (stream) => stream.#transform);
  }

  constructor(label: string = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const decoder = new TextDecoder(label, options);
    this.#decoder = decoder;
    this.#transform = new streams.TransformStream<Uint8Array, string>({
      transform(chunk, controller) {
        requireBytes(chunk);
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }
}

/** Makes a decoder of UTF-8, even where a script has replaced the global. */
export function newTextDecoderStream(): TextDecoderStream {
  return new TextDecoderStream();
}

function requireBytes(chunk: unknown): void {
  if (viewBytes(chunk) !== null) return;
  throw withCode(
    new TypeError(
      'The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.',
    ),
    'ERR_INVALID_ARG_TYPE',
  );
}

export function installTextStreams(prelude: Prelude): void {
  defineInterface(TextEncoderStream, 'TextEncoderStream', { is: isTextEncoderStream });
  defineInterface(TextDecoderStream, 'TextDecoderStream', { is: isTextDecoderStream });
  preventCloning(isTextEncoderStream);
  preventCloning(isTextDecoderStream);
  defineInspection(TextEncoderStream, ({ encoding, readable, writable }) => ({
    encoding,
    readable,
    writable,
  }));
  defineInspection(TextDecoderStream, ({ encoding, fatal, ignoreBOM, readable, writable }) => ({
    encoding,
    fatal,
    ignoreBOM,
    readable,
    writable,
  }));
  prelude.define({ TextEncoderStream, TextDecoderStream });
}
