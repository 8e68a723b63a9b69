/**
 * Encodes text that crosses between QuickJS and its host. It crosses as a C string in UTF-8, which
 * ends at a NUL, cannot hold lone surrogates and loses a byte-order mark. Such text gets a marker in
 * front: where it only begins with a byte-order mark or with the marker, it follows as it is; else
 * it follows as JSON, which takes twenty times as long. Both ends use this file.
 *
 * In the realm a script may replace the functions of the language, and what crosses must stay sound:
 * this uses those it has captured, and no template, for which QuickJS calls `String.prototype.concat`.
 */

const MARKER = '\u0001';
const BYTE_ORDER_MARK = '\ufeff';

const { parse, stringify } = JSON;
const { apply } = Reflect;
const { includes, isWellFormed, slice } = String.prototype;

export function encodeText(text: string): string {
  if (apply(includes, text, ['\0']) || !apply(isWellFormed, text, [])) {
    return MARKER + stringify(text);
  }
  return begins(text, MARKER) || begins(text, BYTE_ORDER_MARK) ? MARKER + text : text;
}

export function decodeText(text: string): string {
  if (!begins(text, MARKER)) return text;
  const marked = apply(slice, text, [1]);
  if (!begins(marked, '"')) return marked;
  const decoded: unknown = parse(marked);
  return typeof decoded === 'string' ? decoded : '';
}

function begins(text: string, unit: string): boolean {
  return text.length > 0 && text[0] === unit;
}
