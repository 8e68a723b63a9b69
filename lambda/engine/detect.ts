/**
 * The language of code: from its content first, then from its content type, its
 * extension and the request's hint.
 */

import { isUtf8 } from 'node:buffer';
import { EngineError } from '../contract/errors.ts';
import type { DetectedBy } from '../contract/execution.ts';
import {
  allLanguages,
  type CodeType,
  codeTypes,
  DEFAULT_CODE_TYPE,
  type Language,
  languages,
} from '../contract/languages.ts';

export interface Detection {
  readonly codeType: CodeType;
  readonly detectedBy: DetectedBy;
}

interface ObtainedCode {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  /** Final URL; `null` of code in a request. */
  readonly url: string | null;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SHEBANG = Buffer.from('#!');
const MAX_SHEBANG_BYTES = 128;
/** Bytes 6 and 7 of a WebAssembly binary: 0 in a core module, 1 in a component. */
const COMPONENT_LAYER = 1;
/** An HTML page shows itself within these bytes. */
const MAX_PAGE_START_BYTES = 1024;

const magicNumbers = codeTypes.flatMap((codeType) => {
  const language: Language = languages[codeType];
  return language.format === 'binary'
    ? [{ codeType, magic: Buffer.from(language.magic, 'latin1') }]
    : [];
});

const interpreters = codeTypes.flatMap((codeType) => {
  const language: Language = languages[codeType];
  return language.format === 'text' && language.interpreters.length > 0
    ? [{ codeType, pattern: new RegExp(`\\b(?:${language.interpreters.join('|')})\\b`) }]
    : [];
});

const byContentType = codeTypesBy(({ contentTypes }) => contentTypes);
const byExtension = codeTypesBy(({ extensions }) => extensions);

function codeTypesBy(
  names: (language: Language) => readonly string[],
): ReadonlyMap<string, CodeType> {
  return new Map(
    codeTypes.flatMap((codeType) =>
      names(languages[codeType]).map((name) => [name, codeType] as const),
    ),
  );
}

/**
 * @param hint the request's `type`
 * @throws {EngineError} UNSUPPORTED_CODE
 */
export function detect(code: ObtainedCode, hint: CodeType | null): Detection {
  const detection = detectByContent(code.bytes) ?? detectByDescription(code, hint);
  const language = languages[detection.codeType];
  if (language.format === 'text') {
    rejectNonText(code.bytes, language.label);
    rejectMarkup(code.bytes);
  }
  return detection;
}

function detectByContent(bytes: Uint8Array): Detection | null {
  for (const { codeType, magic } of magicNumbers) {
    if (!magic.equals(bytes.subarray(0, magic.length))) continue;
    if (codeType === 'wasm') rejectComponent(bytes);
    return { codeType, detectedBy: 'content' };
  }
  const start = BYTE_ORDER_MARK.equals(bytes.subarray(0, 3)) ? 3 : 0;
  if (!SHEBANG.equals(bytes.subarray(start, start + 2))) return null;
  const firstLine = Buffer.from(bytes.subarray(start, MAX_SHEBANG_BYTES))
    .toString('latin1')
    .split('\n', 1)[0];
  const found = interpreters.find(({ pattern }) => pattern.test(firstLine ?? ''));
  return found === undefined ? null : { codeType: found.codeType, detectedBy: 'content' };
}

function detectByDescription({ contentType, url }: ObtainedCode, hint: CodeType | null): Detection {
  const essence = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const ofContentType = byContentType.get(essence);
  if (ofContentType !== undefined) {
    return { codeType: ofContentType, detectedBy: 'content-type' };
  }
  const pathname = (url === null ? null : URL.parse(url)?.pathname) ?? '';
  const extension = /\.([a-z0-9]+)$/i.exec(pathname)?.[1]?.toLowerCase() ?? '';
  const ofExtension = byExtension.get(extension);
  if (ofExtension !== undefined) return { codeType: ofExtension, detectedBy: 'extension' };
  if (hint !== null) return { codeType: hint, detectedBy: 'hint' };
  return { codeType: DEFAULT_CODE_TYPE, detectedBy: 'default' };
}

const binaryLabels = allLanguages
  .filter(({ format }) => format === 'binary')
  .map(({ label }) => label)
  .join(' nor ');

function rejectNonText(bytes: Uint8Array, label: string): void {
  if (isUtf8(bytes)) return;
  throw new EngineError(
    'UNSUPPORTED_CODE',
    `The code is neither ${binaryLabels} nor UTF-8 text; save ${label} as UTF-8`,
  );
}

/** The tags that pages start with, after blanks and comments; no program starts with one. */
const pageStart =
  /^(?:\s|<!--(?:[^-]|-(?!->))*-->)*<(?:!doctype|html|head|body|title|meta|script|\?xml|svg|div|p)\b/i;

function rejectMarkup(bytes: Uint8Array): void {
  const start = Buffer.from(bytes.subarray(0, MAX_PAGE_START_BYTES))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (!pageStart.test(start)) return;
  throw new EngineError(
    'UNSUPPORTED_CODE',
    'This is an HTML page, not code; where a URL leads to it, use the address of the raw file',
  );
}

function rejectComponent(bytes: Uint8Array): void {
  if (bytes[6] !== COMPONENT_LAYER) return;
  throw new EngineError(
    'UNSUPPORTED_CODE',
    'This is a WebAssembly component; the engine runs core modules (WASI preview 1): build for wasm32-wasip1, or extract the core module with `wasm-tools component unbundle`',
  );
}
