/**
 * Takes a secret out of what a server answers: as it is, in capitals or not, and in the spellings in
 * which servers echo what they were sent. A server that is asked to spell it otherwise can get around this, so a credential
 * is only for servers that the operator trusts with it.
 */

const REPLACEMENT = Buffer.from('[redacted]');

/** The spellings of some texts that are looked for. */
export class Redaction {
  /** Longest first, so that what a header echoes whole is not replaced in part. */
  readonly #needles: readonly Buffer[];
  readonly #longest: number;
  /** The first bytes of needles, by value. */
  readonly #starts: Uint8Array;

  /** @param texts each at least 8 characters, else every text would be full of it */
  constructor(texts: readonly string[]) {
    const spellings = new Set(texts.flatMap(spellingsOf));
    this.#needles = [...spellings]
      .map((text) => folded(Buffer.from(text, 'latin1')))
      .sort((a, b) => b.length - a.length);
    this.#longest = this.#needles[0]?.length ?? 0;
    this.#starts = new Uint8Array(256);
    for (const needle of this.#needles) this.#starts[needle[0] ?? 0] = 1;
  }

  /** A text of the response's head. */
  text(value: string): string {
    const bytes = Buffer.from(value, 'latin1');
    const stream = this.stream();
    return Buffer.concat([stream.push(bytes), stream.end()]).toString('latin1');
  }

  /** For one body, whose pieces may end anywhere. */
  stream(): RedactingStream {
    return new RedactingStream(this.#needles, this.#longest, this.#starts);
  }
}

export class RedactingStream {
  readonly #needles: readonly Buffer[];
  readonly #longest: number;
  readonly #starts: Uint8Array;
  /** What may be the beginning of a secret. */
  #held: Buffer = Buffer.alloc(0);

  constructor(needles: readonly Buffer[], longest: number, starts: Uint8Array) {
    this.#needles = needles;
    this.#longest = longest;
    this.#starts = starts;
  }

  /** @returns what can go on; fewer bytes than the longest spelling stay behind */
  push(piece: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    return this.#pass(bytes, bytes.length - this.#longest + 1);
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
    while (at < bytes.length) {
      if (this.#starts[plain[at] ?? 0] !== 1) {
        at += 1;
        continue;
      }
      const found = this.#needles.find((needle) => startsAt(plain, needle, at));
      // A longer spelling could still begin here.
      if (at >= settled && this.#couldBegin(plain, at, found?.length ?? 0)) break;
      if (found === undefined) {
        at += 1;
        continue;
      }
      parts.push(bytes.subarray(from, at), REPLACEMENT);
      at += found.length;
      from = at;
    }
    parts.push(bytes.subarray(from, at));
    this.#held = Buffer.from(bytes.subarray(at));
    return parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts);
  }

  #couldBegin(bytes: Buffer, at: number, beyond: number): boolean {
    const rest = bytes.subarray(at);
    return this.#needles.some(
      (needle) =>
        needle.length > beyond &&
        needle.length > rest.length &&
        needle.subarray(0, rest.length).equals(rest),
    );
  }
}

function startsAt(bytes: Buffer, needle: Buffer, at: number): boolean {
  return (
    bytes.length - at >= needle.length &&
    bytes.compare(needle, 0, needle.length, at, at + needle.length) === 0
  );
}

/** Small letters in the place of capitals, byte for byte. */
function folded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
}

/** Latin-1 texts of the bytes to look for. */
function spellingsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const percent = encodeURIComponent(text);
  const json = JSON.stringify(text).slice(1, -1);
  const hex = bytes.toString('hex');
  const spelled = [
    bytes.toString('latin1'),
    percent,
    percent.replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;'),
    hex,
    ...base64Spellings(bytes),
  ];
  return spelled.filter((spelling) => spelling.length > 0);
}

/** In base64 a text looks one of three ways, by how many bytes stand before it; the edges depend on those. */
function base64Spellings(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const core = padded.toString('base64').slice(first, last);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
