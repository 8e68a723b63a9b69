/** Where text in UTF-8 can be cut. */

/**
 * The length without a last character that is not complete. Bytes that are no UTF-8 count as whole.
 * @returns bytes: at most three less than there are
 */
export function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] ?? 0;
    const isContinuation = (byte & 0xc0) === 0x80;
    if (!isContinuation) return characterBytes(byte) > back ? length - back : length;
  }
  return length;
}

/** How many bytes a character has that begins with this one. */
function characterBytes(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
