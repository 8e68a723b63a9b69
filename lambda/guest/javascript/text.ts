/**
 * Text as it crosses between QuickJS and its host: as C strings in UTF-8, which end at a NUL and
 * know no lone surrogates. Text that has either travels as JSON behind a marker.
 * The prelude has the guest's half, which is this very file.
 */

const MARKER = '\u0001';

export function encodeText(text: string): string {
  return text.isWellFormed() && !text.includes('\0') && !text.startsWith(MARKER)
    ? text
    : MARKER + JSON.stringify(text);
}

export function decodeText(text: string): string {
  if (!text.startsWith(MARKER)) return text;
  const decoded: unknown = JSON.parse(text.slice(1));
  return typeof decoded === 'string' ? decoded : '';
}
