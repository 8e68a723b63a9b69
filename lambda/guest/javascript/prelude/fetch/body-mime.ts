/**
 * MIME types in headers.
 * @see https://mimesniff.spec.whatwg.org/
 */

import { isToken, trimSpace } from './headers-list.ts';

export interface MimeType {
  /** Type and subtype, lower case. */
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** @returns `null` where the text is not a MIME type */
export function parseMimeType(text: string): MimeType | null {
  const [essence = '', ...rest] = text.split(';');
  const [type = '', subtype = '', ...more] = trimSpace(essence).split('/');
  if (!isToken(type) || !isToken(subtype) || more.length > 0) return null;
  return {
    essence: `${type}/${subtype}`.toLowerCase(),
    parameters: parseParameters(rest.join(';')),
  };
}

function parseParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const pattern = /[\t\n\r ]*([^;=]*)(?:="((?:[^"\\]|\\.|\\$)*)"?[^;]*|(=[^;]*))?(?:;|$)/gsy;
  while (pattern.lastIndex < text.length) {
    const [, name = '', quoted, token] = pattern.exec(text) ?? [];
    const value =
      quoted?.replace(/\\(.)/gs, '$1') ?? (token === undefined ? token : trimSpace(token).slice(1));
    const key = name.toLowerCase();
    const valid = isToken(key) && value !== undefined && !/[^\t\x20-\x7e\x80-\xff]/.test(value);
    if (valid && (quoted !== undefined || value !== '') && !parameters.has(key)) {
      parameters.set(key, value);
    }
  }
  return parameters;
}

export function serializeMimeType({ essence, parameters }: MimeType): string {
  const parts = [...parameters].map(([name, value]) =>
    isToken(value) ? `;${name}=${value}` : `;${name}="${value.replace(/["\\]/g, '\\$&')}"`,
  );
  return essence + parts.join('');
}

/**
 * The MIME type of all `content-type` headers together: the last valid one, with the charset of
 * those before it.
 * @see https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
 */
export function extractMimeType(contentType: string | null): MimeType | null {
  if (contentType === null) return null;
  let found: MimeType | null = null;
  let charset: string | undefined;
  for (const value of splitValues(contentType)) {
    const parsed = parseMimeType(value);
    if (parsed === null || parsed.essence === '*/*') continue;
    if (parsed.essence !== found?.essence) {
      charset = parsed.parameters.get('charset');
      found = parsed;
    } else if (charset !== undefined && !parsed.parameters.has('charset')) {
      found = { ...parsed, parameters: new Map([...parsed.parameters, ['charset', charset]]) };
    } else {
      found = parsed;
    }
  }
  return found;
}

/** Splits at commas that are not within quotes. */
function splitValues(text: string): string[] {
  return (text.match(/(?:[^",]|"(?:[^"\\]|\\.|\\$)*(?:"|$))+/gs) ?? []).map(trimSpace);
}
