/**
 * Text as it crosses between QuickJS and its host: as C strings in UTF-8, which end at a NUL, know
 * no lone surrogates, and lose a byte-order mark. Behind a marker comes either text that begins with
 * a byte-order mark or the marker itself, or, as JSON, which takes twenty times as long, the others.
 * The prelude has the guest's half, which is this very file.
 */

const MARKER = '\u0001';
const BYTE_ORDER_MARK = '\ufeff';

export function encodeText(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) return MARKER + JSON.stringify(text);
  return text.startsWith(MARKER) || text.startsWith(BYTE_ORDER_MARK) ? MARKER + text : text;
}

export function decodeText(text: string): string {
  if (!text.startsWith(MARKER)) return text;
  const marked = text.slice(1);
  if (!marked.startsWith('"')) return marked;
  const decoded: unknown = JSON.parse(marked);
  return typeof decoded === 'string' ? decoded : '';
}
