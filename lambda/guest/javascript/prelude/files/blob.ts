/**
 * `Blob`: bytes and a type.
 * @see https://w3c.github.io/FileAPI/#blob-section
 */

import type { ReadableStream } from 'web-streams-polyfill';
import { concatenate, viewBytes } from '../core/bytes.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import {
  iterated,
  toClampedLongLong,
  toDictionary,
  toEnumeration,
  toUsvString,
} from '../core/webidl/conversion.ts';
import { withCode } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/encoding.ts';
import { streamOf } from '../streams/streams.ts';
import { newTextDecoderStream } from '../streams/text-streams.ts';

export let isBlob: (value: unknown) => value is Blob;
/** The bytes themselves: callers must not write to them. */
export let blobBytes: (blob: Blob) => Uint8Array;
/** Makes a blob. @param bytes not copied: the caller must not write to them */
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
    const { endings: given, type } = toDictionary(options, 'options', notADictionary);
    const endings = given === undefined ? 'transparent' : toEndings(given);
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
    const from = start === undefined ? 0 : toClampedLongLong(start);
    const to = end === undefined ? this.size : toClampedLongLong(end);
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
  const invalid = (text: string): TypeError =>
    withCode(
      new TypeError(`The property 'options.endings' is invalid. Received '${text}'`),
      'ERR_INVALID_ARG_VALUE',
    );
  return toEnumeration(value, ['transparent', 'native'], 'options.endings', invalid);
}

/** Converts blob parts: bytes are copied, all else becomes text. */
function toSequence(parts: unknown): (Uint8Array | string)[] {
  const iterator = isObject(parts)
    ? (parts as { [Symbol.iterator]?: unknown })[Symbol.iterator]
    : undefined;
  if (!isObject(parts) || typeof iterator !== 'function') {
    throw invalidType('Value cannot be converted to sequence.');
  }
  return Array.from(iterated(parts, iterator), (part) => {
    if (isBlob(part)) return blobBytes(part);
    // A copy, as a later part's `toString` might change it.
    return viewBytes(part)?.slice() ?? toUsvString(part, 'Blob part');
  });
}

function notADictionary(name: string, value: unknown): TypeError {
  return invalidType(
    `The "${name}" argument must be a dictionary. Received type ${typeof value} (${String(value)})`,
  );
}

function invalidType(message: string): TypeError {
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

/** The `type` of a blob: in lower case, or empty where a character is not printable ASCII. */
export function toBlobType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase();
}

export function installBlob(prelude: Prelude): void {
  defineInterface(Blob, 'Blob', { is: isBlob, promises: ['arrayBuffer', 'text', 'bytes'] });
  defineInspection(Blob, ({ size, type }) => ({ size, type }));
  prelude.define({ Blob });
}
