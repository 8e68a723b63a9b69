/** `TextEncoder` and `TextDecoder`: Node.js's own; the guest keeps the state of a stream. */

import { concatenate, toArrayBuffer, toBytes } from '../core/bytes.ts';
import type { Host, Prelude } from '../core/host.ts';
import { defineInspection, defineInspector } from '../core/inspection.ts';
import { toDictionary, toDomString } from '../core/webidl/conversion.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';

let host: Host;

/** A loop over ASCII costs less than a call of the host, up to this length. */
const MAX_LOOP_LENGTH = 128;

/** Encodes text as UTF-8, lone surrogates as U+FFFD. The platform itself uses it too. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return (
    encodeAscii(text) ??
    new Uint8Array(host.call('encoding.encode', text.toWellFormed()) as ArrayBuffer)
  );
}

function encodeAscii(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length > MAX_LOOP_LENGTH) return null;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return null;
    bytes[index] = code;
  }
  return bytes;
}

/** Decodes UTF-8, bad sequences as U+FFFD, without its byte order mark. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decode('utf-8', bytes, { fatal: false, keepMark: false });
}

function decode(
  encoding: string,
  bytes: Uint8Array,
  options: { fatal: boolean; keepMark: boolean },
): string {
  const { fatal, keepMark } = options;
  if (
    encoding === 'utf-8' &&
    bytes.length <= MAX_LOOP_LENGTH &&
    bytes.every((byte) => byte < 0x80)
  ) {
    return String.fromCharCode(...bytes);
  }
  return host.call('encoding.decode', encoding, fatal, keepMark, toArrayBuffer(bytes)) as string;
}

class TextEncoder {
  // Methods read it to check that `this` is an instance.
  readonly #encoding = 'utf-8';

  get encoding(): string {
    return this.#encoding;
  }

  encode(input: unknown = ''): Uint8Array<ArrayBuffer> {
    this.#encoding;
    return encodeUtf8(toDomString(input));
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    this.#encoding;
    if (typeof source !== 'string') throw invalidArgument('src', 'of type string', source);
    const text = source.toWellFormed();
    if (!(destination instanceof Uint8Array)) {
      throw invalidArgument('dest', 'an instance of Uint8Array', destination);
    }
    // A UTF-16 unit takes one byte or more: the rest of the text cannot fit.
    let head = text.slice(0, destination.length + 1);
    let bytes = encodeUtf8(head);
    if (bytes.length > destination.length) {
      bytes = bytes.subarray(0, wholeSequences(bytes, destination.length));
      head = decode('utf-8', bytes, { fatal: false, keepMark: true });
    } else if (!head.isWellFormed() || head.length < text.length) {
      head = head.isWellFormed() ? head : head.slice(0, -1);
      bytes = encodeUtf8(head);
    }
    destination.set(bytes);
    return { read: head.length, written: bytes.length };
  }
}
defineInterface(TextEncoder, 'TextEncoder');

/** The most bytes, up to `limit`, that end where a sequence does. */
function wholeSequences(bytes: Uint8Array, limit: number): number {
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

/** Encodings in which every byte is a character. */
const singleByte = /^(?:ibm866|iso-8859-|koi8-|macintosh|windows-|x-mac-|x-user-defined)/;

export class TextDecoder {
  readonly #encoding: string;
  readonly #fatal: boolean;
  readonly #ignoreMark: boolean;
  /** Bytes of the stream that the next chunk needs. */
  #pending = new Uint8Array(0);
  /** How many UTF-16 units of the pending bytes were returned already. */
  #returnedUnits = 0;
  #streaming = false;
  #markPassed = false;

  constructor(label: unknown = 'utf-8', options?: unknown) {
    this.#encoding = host.call('encoding.name', toDomString(label)) as string;
    const init = toDictionary(options, 'options');
    this.#fatal = Boolean(init.fatal);
    this.#ignoreMark = Boolean(init.ignoreBOM);
  }

  get encoding(): string {
    return this.#encoding;
  }
  get fatal(): boolean {
    return this.#fatal;
  }
  get ignoreBOM(): boolean {
    return this.#ignoreMark;
  }

  decode(input?: unknown, options?: unknown): string {
    const stream = Boolean(toDictionary(options, 'options').stream);
    const bytes = input === undefined ? new Uint8Array(0) : toBytes(input, 'input');
    if (!this.#streaming) {
      this.#pending = new Uint8Array(0);
      this.#returnedUnits = 0;
      this.#markPassed = false;
    }
    if (!stream && !this.#streaming) return this.#decodeAll(bytes, this.#ignoreMark);
    this.#streaming = stream;
    const all = concatenate([this.#pending, bytes]);
    return this.#encoding.startsWith('utf-') || singleByte.test(this.#encoding)
      ? this.#decodeUnicode(all, stream)
      : this.#decodeWithHistory(all, stream);
  }

  #decodeAll(bytes: Uint8Array, keepMark: boolean): string {
    return decode(this.#encoding, bytes, { fatal: this.#fatal, keepMark });
  }

  #decodeUnicode(all: Uint8Array<ArrayBuffer>, stream: boolean): string {
    const end = stream ? all.length - incompleteTail(this.#encoding, all) : all.length;
    this.#pending = all.slice(end);
    if (end === 0) return '';
    const text = this.#decodeAll(all.subarray(0, end), true);
    if (this.#markPassed || this.#ignoreMark) return text;
    this.#markPassed = true;
    return text.startsWith('\ufeff') && this.#encoding.startsWith('utf-') ? text.slice(1) : text;
  }

  /** A byte may depend on any byte before it: decodes the whole stream anew. */
  #decodeWithHistory(all: Uint8Array<ArrayBuffer>, stream: boolean): string {
    this.#pending = all;
    const text = host.call(
      'encoding.decodePart',
      this.#encoding,
      this.#fatal,
      stream,
      toArrayBuffer(all),
    ) as string;
    const fresh = text.slice(this.#returnedUnits);
    this.#returnedUnits = text.length;
    return fresh;
  }
}
defineInterface(TextDecoder, 'TextDecoder');

/** How many bytes at the end may begin a character that the next chunk ends. */
function incompleteTail(encoding: string, bytes: Uint8Array): number {
  if (encoding === 'utf-8') return incompleteUtf8(bytes);
  if (!encoding.startsWith('utf-16')) return 0;
  const odd = bytes.length % 2;
  const high = bytes[bytes.length - odd - (encoding === 'utf-16le' ? 1 : 2)] ?? 0;
  return (high & 0xfc) === 0xd8 ? odd + 2 : odd;
}

/** @see https://encoding.spec.whatwg.org/#utf-8-decoder for the bounds of second bytes */
function incompleteUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const wanted = byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;
    if (back >= wanted) return 0;
    const second = bytes[bytes.length - back + 1];
    return back === 1 || isSecondByte(byte, second ?? 0) ? back : 0;
  }
  return 0;
}

function isSecondByte(first: number, second: number): boolean {
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}

export function installEncoding(prelude: Prelude): void {
  host = prelude.host;
  defineInspection(
    TextDecoder,
    ({ encoding, fatal, ignoreBOM }) => ({ encoding, fatal, ignoreBOM }),
    { ownName: true },
  );
  // Node.js shows no name.
  defineInspector(TextEncoder, ({ encoding }, depth, options, inspect) =>
    depth !== null && depth < 0 ? '[TextEncoder]' : inspect({ encoding }, options),
  );
  prelude.define({ TextEncoder, TextDecoder });
}
