/** The bytes are not a WebAssembly module, or one that this engine does not know how to read. */
export class MalformedModule extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} @+${offset}`);
    this.name = 'MalformedModule';
    this.offset = offset;
  }
}

/** Reads the binary format's primitives; every read is checked against the end. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    const value = this.offset < this.end ? this.bytes[this.offset] : undefined;
    if (value === undefined) throw this.malformed('unexpected end');
    this.offset += 1;
    return value;
  }

  /** Unsigned LEB128 of at most 32 bits, redundant zero bytes allowed as in the specification. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) !== 0) continue;
      if (value > 0xffff_ffff) break;
      return value;
    }
    throw this.malformed('integer over 32 bits');
  }

  u64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) !== 0) continue;
      if (value > 0xffff_ffff_ffff_ffffn) break;
      return value;
    }
    throw this.malformed('integer over 64 bits');
  }

  /** Signed LEB128 of at most 33 bits: a heap type. */
  s33(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return (byte & 0x40) === 0 ? value : value - 2 ** (shift + 7);
    }
    throw this.malformed('integer over 33 bits');
  }

  /** Length-prefixed UTF-8. */
  name(): string {
    const length = this.u32();
    const start = this.skip(length);
    try {
      return utf8.decode(this.bytes.subarray(start, this.offset));
    } catch {
      throw this.malformed('name is not UTF-8');
    }
  }

  /** Steps over `length` bytes and returns where they start. */
  skip(length: number): number {
    const start = this.offset;
    if (length > this.end - start) throw this.malformed('length beyond the end');
    this.offset = start + length;
    return start;
  }

  skipLeb(maxBytes: number): void {
    for (let count = 0; count < maxBytes; count += 1) if ((this.byte() & 0x80) === 0) return;
    throw this.malformed('integer too long');
  }

  /** A vector's length; rejected where the bytes left cannot hold that many items. */
  count(): number {
    const count = this.u32();
    if (count > this.end - this.offset) throw this.malformed('count beyond the end');
    return count;
  }

  malformed(message: string): MalformedModule {
    return new MalformedModule(message, this.offset);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a section that is a vector; no items where there is no such section. */
export function readVector<Item>(reader: Reader | null, item: (reader: Reader) => Item): Item[] {
  if (!reader) return [];
  const items: Item[] = [];
  for (let left = reader.count(); left > 0; left -= 1) items.push(item(reader));
  if (!reader.done) throw reader.malformed('section longer than its content');
  return items;
}
