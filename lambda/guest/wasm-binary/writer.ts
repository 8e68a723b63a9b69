/** Encodes the binary format's primitives. */

/** Unsigned LEB128. */
export function leb(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

/** Signed LEB128 of a number that is not negative: a type's index where a heap type may stand. */
export function signedLeb(value: bigint): Uint8Array {
  const bytes = leb(value);
  const last = bytes[bytes.length - 1] ?? 0;
  return last < 0x40 ? bytes : Uint8Array.from([...bytes.subarray(0, -1), last | 0x80, 0]);
}

/** Length-prefixed UTF-8. */
export function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return Uint8Array.from([...leb(BigInt(bytes.length)), ...bytes]);
}

/** A count and the items, each given in parts. */
export function vector(items: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  return [leb(BigInt(items.length)), ...items.flat()];
}

/** A section with its identifier and size. */
export function section(id: number, content: readonly Uint8Array[]): Uint8Array {
  const bytes = concatenate(content);
  return concatenate([Uint8Array.of(id), leb(BigInt(bytes.length)), bytes]);
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
