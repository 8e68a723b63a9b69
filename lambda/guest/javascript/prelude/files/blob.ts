/**
 * `Blob`: bytes and a type.
 * @see https://w3c.github.io/FileAPI/#blob-section
 */

import type { ReadableStream } from 'web-streams-polyfill';
import {
  concatenate,
  isObject,
  iterated,
  toDictionary,
  toDomString,
  toUsvString,
  viewBytes,
} from '../core/conversion.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection, defineInterface } from '../core/interface.ts';
import { withCode } from '../core/webidl.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/encoding.ts';
import { streamOf } from '../streams/streams.ts';
import { newTextDecoderStream } from '../streams/text-streams.ts';

export let isBlob: (value: unknown) => value is Blob;
/** The bytes themselves: to be read only. */
export let blobBytes: (blob: Blob) => Uint8Array;
/** A blob of bytes that nobody else writes to. */
export let blobOf: (bytes: Uint8Array, type: string) => Blob;

export class Blob {
  #bytes: Uint8Array = new Uint8Array();
  #type = '';

  static {
    isBlob = (value): value is Blob => isObject(value) && #bytes in value;
    blobBytes = (blob) => blob.#bytes;
    blobOf = (bytes, type) => {
      const blob = new Blob();
      blob.#bytes = bytes;
      blob.#type = type;
      return blob;
    };
  }

  constructor(parts: unknown = undefined, options: unknown = undefined) {
    const sequence = parts === undefined ? [] : toSequence(parts);
    const dictionary = toBlobOptions(options);
    const endings =
      dictionary.endings === undefined ? 'transparent' : toEndings(dictionary.endings);
    const type = dictionary.type;
    this.#type = type === undefined ? '' : toBlobType(toUsvString(type, 'Blob options.type'));
    this.#bytes = concatenate(
      sequence.map((part) => {
        if (typeof part !== 'string') return part;
        return encodeUtf8(endings === 'native' ? part.replace(/\r\n?/g, '\n') : part);
      }),
    );
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  get type(): string {
    return this.#type;
  }

  slice(start: unknown = undefined, end: unknown = undefined, type: unknown = undefined): Blob {
    const contentType = type === undefined ? '' : toBlobType(toUsvString(type, 'contentType'));
    const from = start === undefined ? 0 : toClampedInteger(start);
    const to = end === undefined ? this.size : toClampedInteger(end);
    return blobOf(this.#bytes.subarray(from, Math.max(to, to < 0 ? -Infinity : from)), contentType);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer as ArrayBuffer;
  }

  async text(): Promise<string> {
    return decodeUtf8(this.#bytes);
  }

  async bytes(): Promise<Uint8Array> {
    return this.#bytes.slice();
  }

  stream(): ReadableStream<Uint8Array> {
    return streamOf(this.#bytes).stream;
  }

  textStream(): ReadableStream<string> {
    return streamOf(this.#bytes).stream.pipeThrough(newTextDecoderStream());
  }
}

function toEndings(value: unknown): string {
  const endings = toDomString(value, 'options.endings');
  if (endings === 'transparent' || endings === 'native') return endings;
  throw withCode(
    new TypeError(`The property 'options.endings' is invalid. Received '${endings}'`),
    'ERR_INVALID_ARG_VALUE',
  );
}

/** Blob parts: bytes as they are now, or text. */
function toSequence(parts: unknown): (Uint8Array | string)[] {
  const iterator = isObject(parts)
    ? (parts as { [Symbol.iterator]?: unknown })[Symbol.iterator]
    : undefined;
  if (!isObject(parts) || typeof iterator !== 'function') {
    throw invalidArgument('Value cannot be converted to sequence.');
  }
  return Array.from(iterated(parts, iterator), (part) => {
    if (isBlob(part)) return blobBytes(part);
    // A copy, as a later part's `toString` might change it.
    return viewBytes(part)?.slice() ?? toUsvString(part, 'Blob part');
  });
}

function toBlobOptions(options: unknown): { readonly [key: string]: unknown } {
  if (options !== undefined && options !== null && !isObject(options)) {
    throw invalidArgument(
      `The "options" argument must be a dictionary. Received type ${typeof options} (${String(options)})`,
    );
  }
  return toDictionary(options, 'Blob constructor');
}

function invalidArgument(message: string): TypeError {
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

/** A type as a blob has it: lower case, and none where it has more than printable ASCII. */
export function toBlobType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase();
}

/** Web IDL's `[Clamp] long long`. */
function toClampedInteger(value: unknown): number {
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  return Math.min(
    Math.max(roundHalfToEven(number), Number.MIN_SAFE_INTEGER),
    Number.MAX_SAFE_INTEGER,
  );
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

export function installBlob(prelude: Prelude): void {
  defineInterface(Blob, {
    name: 'Blob',
    is: isBlob,
    operations: { slice: 0, arrayBuffer: 0, text: 0, bytes: 0, stream: 0, textStream: 0 },
    promises: ['arrayBuffer', 'text', 'bytes'],
  });
  defineInspection(Blob, ({ size, type }) => ({ size, type }));
  prelude.define({ Blob });
}
