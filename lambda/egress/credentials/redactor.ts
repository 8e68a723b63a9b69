/**
 * Takes a secret out of what a server answers: as it is, in capitals or not, and in the spellings in
 * which servers echo what they were sent. A server that is asked to spell it otherwise can get around
 * this, so a credential is only for servers that the operator trusts with it.
 */

import { beginsEscape, escapeAt, MAX_ESCAPE_BYTES } from './escapes.ts';

const REPLACEMENT = Buffer.from('[redacted]');

/** The spellings of some texts that are looked for. */
export class Redaction {
  readonly #spellings: Spellings;

  /** @param texts printable ASCII, each at least 8 characters, else every text would be full of it */
  constructor(texts: readonly string[]) {
    this.#spellings = new Spellings(texts);
  }

  /** A text of the response's head. */
  text(value: string): string {
    const bytes = Buffer.from(value, 'latin1');
    const stream = this.stream();
    return Buffer.concat([stream.push(bytes), stream.end()]).toString('latin1');
  }

  /** For one body, whose pieces may end anywhere. */
  stream(): RedactingStream {
    return new RedactingStream(this.#spellings);
  }
}

export class RedactingStream {
  readonly #spellings: Spellings;
  #held: Buffer = Buffer.alloc(0);

  constructor(spellings: Spellings) {
    this.#spellings = spellings;
  }

  /**
   * What stays behind depends on line ends alone. Were it what may be the beginning of a secret, then
   * whoever has the server send a guess, and nothing behind it, would learn whether the guess is right.
   * @returns what can go on: all up to the last line end, and of what follows that, all but its last part
   */
  push(piece: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    const { longest } = this.#spellings;
    return this.#pass(bytes, Math.max(lineStart(bytes, longest), bytes.length - longest + 1));
  }

  /** @returns what stayed behind */
  end(): Buffer {
    return this.#pass(this.#held, this.#held.length);
  }

  /** @param settled positions before it have all the bytes behind them that a spelling could need */
  #pass(bytes: Buffer, settled: number): Buffer {
    const plain = folded(bytes);
    const parts: Buffer[] = [];
    let from = 0;
    let at = 0;
    while (at < settled) {
      const end = this.#spellings.endFrom(plain, at);
      if (end > at) {
        parts.push(bytes.subarray(from, at), REPLACEMENT);
        from = end;
      }
      at = Math.max(end, at + 1);
    }
    parts.push(bytes.subarray(from, at));
    this.#held = Buffer.from(bytes.subarray(at));
    return parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts);
  }
}

/** In no spelling is there anything but printable ASCII. @returns where the last stretch of that begins */
function lineStart(bytes: Buffer, longest: number): number {
  const first = Math.max(0, bytes.length - longest);
  for (let at = bytes.length - 1; at >= first; at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return at + 1;
  }
  return 0;
}

/** Some texts, as they are, in base64 and in hex; any character of them may be escaped. */
class Spellings {
  /** Bytes of the longest. */
  readonly longest: number;
  /** Those that begin with a byte. */
  readonly #byStart: readonly (readonly Buffer[])[];

  constructor(texts: readonly string[]) {
    const needles = [...new Set(texts.flatMap(formsOf))].map((form) => folded(Buffer.from(form)));
    this.longest = MAX_ESCAPE_BYTES * Math.max(0, ...texts.map(({ length }) => length));
    this.#byStart = Array.from({ length: 256 }, (_, byte) =>
      needles.filter(([first]) => first === byte),
    );
  }

  /** @returns where the longest of those ends that begin here; 0 where none does */
  endFrom(bytes: Buffer, at: number): number {
    const end = this.#endOfAny(bytes, bytes[at] ?? 0, at + 1);
    const escaped = escapeAt(bytes, at);
    if (escaped === null) return end;
    return Math.max(end, this.#endOfAny(bytes, escaped.byte, at + escaped.length));
  }

  /** @param second where the second character is */
  #endOfAny(bytes: Buffer, first: number, second: number): number {
    let longest = 0;
    for (const needle of this.#byStart[first] ?? []) {
      const end = endOf(needle, bytes, second);
      if (end > longest) longest = end;
    }
    return longest;
  }
}

/** @param second where the second character is. @returns where the needle ends; 0 where this is not it */
function endOf(needle: Buffer, bytes: Buffer, second: number): number {
  let at = second;
  for (let index = 1; index < needle.length; index += 1) {
    const byte = bytes[at];
    if (beginsEscape(byte)) return endOfEscaped(needle, index, bytes, at);
    if (byte !== needle[index] && !isSpace(byte, needle[index])) return 0;
    at += 1;
  }
  return at;
}

/** A secret may look like an escape itself: then both that and what it stands for go on. */
function endOfEscaped(needle: Buffer, from: number, bytes: Buffer, start: number): number {
  let ends = [start];
  for (let index = from; index < needle.length; index += 1) {
    const wanted = needle[index];
    const next: number[] = [];
    for (const at of ends) {
      if (bytes[at] === wanted || isSpace(bytes[at], wanted)) next.push(at + 1);
      const escaped = escapeAt(bytes, at);
      if (escaped !== null && escaped.byte === wanted) next.push(at + escaped.length);
    }
    if (next.length === 0) return 0;
    // Two ways may lead to one place.
    ends = next.length === 1 ? next : [...new Set(next)];
  }
  return Math.max(...ends);
}

/** In forms a space is a plus. */
function isSpace(byte: number | undefined, wanted: number | undefined): boolean {
  return byte === 0x2b && wanted === 0x20;
}

/** Small letters in the place of capitals, byte for byte. */
function folded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [text, bytes.toString('hex'), ...base64Forms(bytes)];
}

/** In base64 a text looks one of three ways, by how many bytes stand before it; the edges depend on those. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const core = padded.toString('base64').slice(first, last);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
