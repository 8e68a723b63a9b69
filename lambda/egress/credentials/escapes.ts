/** Characters as URLs, JSON, JavaScript and HTML spell them. */

/** The longest of them: `\u0027`, `&#x27;`, `&quot;`. */
export const MAX_ESCAPE_BYTES = 6;

/** One character in such a spelling. */
interface Escape {
  /** Its code; of a letter, that of the small one. */
  readonly byte: number;
  /** Bytes of the spelling. */
  readonly length: number;
}

const [PERCENT, AMPERSAND, BACKSLASH, ZERO, NINE] = [0x25, 0x26, 0x5c, 0x30, 0x39];
const [SMALL_A, SMALL_F, SMALL_U, SMALL_X] = [0x61, 0x66, 0x75, 0x78];

const reference = /^&(?:#x([0-9a-f]{2})|#(\d{2,3})|(amp|lt|gt|quot|apos));/;
const entities: Readonly<Record<string, number>> = {
  amp: AMPERSAND,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
};

/** Whether an escape may begin with it. */
export function beginsEscape(byte: number | undefined): boolean {
  return byte === PERCENT || byte === AMPERSAND || byte === BACKSLASH;
}

/**
 * @param bytes with small letters in the place of capitals
 * @returns `null` where none begins here
 */
export function escapeAt(bytes: Buffer, at: number): Escape | null {
  switch (bytes[at]) {
    case PERCENT:
      return hexEscape(bytes, at, 1);
    case BACKSLASH:
      return backslashEscape(bytes, at);
    case AMPERSAND:
      return htmlReference(bytes, at);
    default:
      return null;
  }
}

function backslashEscape(bytes: Buffer, at: number): Escape | null {
  const kind = bytes[at + 1];
  if (kind === SMALL_X) return hexEscape(bytes, at, 2);
  if (kind === SMALL_U) {
    return bytes[at + 2] === ZERO && bytes[at + 3] === ZERO ? hexEscape(bytes, at, 4) : null;
  }
  // Of any other character than a letter or a digit, it stands for that.
  return kind === undefined || /[0-9a-z]/.test(String.fromCharCode(kind))
    ? null
    : { byte: kind, length: 2 };
}

/** @param before bytes before its two digits */
function hexEscape(bytes: Buffer, at: number, before: number): Escape | null {
  const high = hexDigit(bytes[at + before]);
  const low = hexDigit(bytes[at + before + 1]);
  if (high < 0 || low < 0) return null;
  return { byte: small(high * 16 + low), length: before + 2 };
}

function hexDigit(byte = 0): number {
  if (byte >= ZERO && byte <= NINE) return byte - ZERO;
  return byte >= SMALL_A && byte <= SMALL_F ? byte - SMALL_A + 10 : -1;
}

function htmlReference(bytes: Buffer, at: number): Escape | null {
  const found = reference.exec(bytes.toString('latin1', at, at + MAX_ESCAPE_BYTES));
  if (found === null) return null;
  const [{ length }, hex, decimal, entity = ''] = found;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return { byte: entities[entity] ?? small(code), length };
}

function small(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}
