/**
 * Text as it crosses between QuickJS and its host: as C strings in UTF-8, which end at a NUL, know
 * no lone surrogates, and lose a byte-order mark. Text that has any travels as JSON behind a marker.
 * The prelude has the guest's half, which is this very file.
 */

const MARKER = '\u0001';
const BYTE_ORDER_MARK = '\ufeff';

export function encodeText(text: string): string {
  const crosses =
    text.isWellFormed() &&
    !text.includes('\0') &&
    !text.startsWith(MARKER) &&
    !text.startsWith(BYTE_ORDER_MARK);
  return crosses ? text : MARKER + JSON.stringify(text);
}

export function decodeText(text: string): string {
  if (!text.startsWith(MARKER)) return text;
  const decoded: unknown = JSON.parse(text.slice(1));
  return typeof decoded === 'string' ? decoded : '';
}
