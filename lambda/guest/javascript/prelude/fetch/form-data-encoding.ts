/**
 * Writes forms as `multipart/form-data`, and reads both encodings of forms.
 * @see https://html.spec.whatwg.org/#multipart-form-data
 * @see https://andreubotella.github.io/multipart-form-data/
 */

import { concatenate } from '../core/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/encoding.ts';
import { blobBytes } from '../files/blob.ts';
import { File } from '../files/file.ts';
import { URLSearchParams } from '../url/url-search-params.ts';
import { type MimeType, parseMimeType, serializeMimeType } from './body-mime.ts';
import { FormData, formDataEntries } from './form-data.ts';
import { trimSpace } from './headers-list.ts';

const CR = 13;
const LF = 10;
const DASH = 45;

/** The form as `multipart/form-data`, and the content type that names its boundary. */
export function encodeFormData(form: FormData): { content: Uint8Array; type: string } {
  const random = String(Math.floor(Math.random() * 1e11)).padStart(11, '0');
  const boundary = `----formdata-undici-0${random}`;
  const chunks: Uint8Array[] = [];
  for (const [name, value] of formDataEntries(form)) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(toCrlf(name))}"`;
    if (typeof value === 'string') {
      chunks.push(encodeUtf8(`${head}\r\n\r\n${toCrlf(value)}\r\n`));
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      chunks.push(
        encodeUtf8(
          `${head}; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`,
        ),
        blobBytes(value),
        encodeUtf8('\r\n'),
      );
    }
  }
  chunks.push(encodeUtf8(`--${boundary}--\r\n`));
  return { content: concatenate(chunks), type: `multipart/form-data; boundary=${boundary}` };
}

function toCrlf(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

function escapeName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

/** @throws {TypeError} where the type is not one of a form, or the bytes do not match it */
export function parseFormData(bytes: Uint8Array, type: MimeType | null): FormData {
  switch (type?.essence) {
    case 'multipart/form-data':
      try {
        return parseMultipart(bytes, type.parameters.get('boundary'));
      } catch (cause) {
        throw new TypeError('Failed to parse body as FormData.', { cause });
      }
    case 'application/x-www-form-urlencoded': {
      const form = new FormData();
      for (const [name, value] of new URLSearchParams(decodeUtf8(bytes))) {
        form.append(name, value);
      }
      return form;
    }
    default:
      throw new TypeError(
        'Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".',
      );
  }
}

function parseMultipart(bytes: Uint8Array, boundary: string | undefined): FormData {
  if (boundary === undefined) throw new TypeError('missing boundary in content-type header');
  const delimiter = encodeUtf8(`--${boundary}`);
  const form = new FormData();
  let position = 0;
  while (bytes[position] === CR && bytes[position + 1] === LF) position += 2;
  if (!startsWith(bytes, delimiter, position)) {
    throw new TypeError('no boundary found in multipart body');
  }
  for (;;) {
    position += delimiter.byteLength;
    if (bytes[position] === DASH && bytes[position + 1] === DASH) return form;
    if (bytes[position] !== CR || bytes[position + 1] !== LF) {
      throw new TypeError('expected CRLF');
    }
    const head = readPartHead(bytes, position + 2);
    const end = findDelimiter(bytes, delimiter, head.end);
    const content = bytes.subarray(head.end, end);
    if (head.filename === null) form.append(head.name, decodeUtf8(content));
    else form.append(head.name, new File([content], head.filename, { type: head.type }));
    position = end + 2;
  }
}

interface PartHead {
  readonly name: string;
  readonly filename: string | null;
  readonly type: string;
  /** Where the content starts. */
  readonly end: number;
}

function readPartHead(bytes: Uint8Array, start: number): PartHead {
  let name: string | null = null;
  let filename: string | null = null;
  let type = '';
  let position = start;
  for (;;) {
    const end = bytes.indexOf(LF, position);
    if (end < 0 || bytes[end - 1] !== CR) throw new TypeError('header does not end with CRLF');
    const line = decodeUtf8(bytes.subarray(position, end - 1));
    position = end + 1;
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1) throw new TypeError('header name is empty');
    const header = line.slice(0, colon).toLowerCase();
    const value = trimSpace(line.slice(colon + 1));
    if (header === 'content-disposition') {
      if (!/^form-data(?:[\t ]*;|$)/i.test(value)) {
        throw new TypeError('expected form-data for content-disposition header');
      }
      name = quotedParameter(value, 'name');
      filename = quotedParameter(value, 'filename');
    } else if (header === 'content-type') {
      const mimeType = parseMimeType(value);
      type = mimeType === null ? value : serializeMimeType(mimeType);
    }
  }
  if (name === null) throw new TypeError('header name is null');
  // RFC 7578, 4.4: a file without a type is plain text.
  return {
    name,
    filename,
    type: type === '' && filename !== null ? 'text/plain' : type,
    end: position,
  };
}

function quotedParameter(value: string, parameter: string): string | null {
  const match = new RegExp(`;[\\t ]*${parameter}=(?:"([^"]*)"|([^;\\t ]*))`, 'i').exec(value);
  const text = match?.[1] ?? match?.[2];
  if (text === undefined) return null;
  return text.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replaceAll('%22', '"');
}

/** Where the CRLF before the next delimiter is. */
function findDelimiter(bytes: Uint8Array, delimiter: Uint8Array, start: number): number {
  // Where the content is empty, the CRLF that ends the head may begin the delimiter.
  for (let at = bytes.indexOf(CR, start); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && startsWith(bytes, delimiter, at + 2)) return at;
  }
  throw new TypeError('expected boundary after body');
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array, start: number): boolean {
  return prefix.every((byte, index) => bytes[start + index] === byte);
}
