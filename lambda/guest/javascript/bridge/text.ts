/**
 * Encodes text that crosses between QuickJS and its host. It crosses as a C string in UTF-8, which
 * ends at a NUL, cannot hold lone surrogates and loses a byte-order mark. Such text gets a marker in
 * front: where it only begins with a byte-order mark or with the marker, it follows as it is; else
 * it follows as JSON, which takes twenty times as long. Both ends use this file.
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
