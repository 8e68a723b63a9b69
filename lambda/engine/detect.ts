/**
 * The language of code: from its content first, then from its content type, its
 * extension and the request's hint.
 */

import { isUtf8 } from 'node:buffer';
import {
  type Description,
  type Dialect,
  describedLanguage,
} from '../contract/described-language.ts';
import { EngineError } from '../contract/errors.ts';
import type { DetectedBy } from '../contract/execution.ts';
import {
  allLanguages,
  type BinaryLanguage,
  type CodeType,
  codeTypes,
  DEFAULT_CODE_TYPE,
  type Language,
  languages,
} from '../contract/languages.ts';

export interface Detection {
  readonly codeType: CodeType;
  readonly detectedBy: DetectedBy;
  /** Content type, extension or hint say what it is; else it may turn out to be another language. */
  readonly isDeclared: boolean;
}

interface ObtainedCode extends Description {
  readonly bytes: Uint8Array;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SHEBANG = Buffer.from('#!');
const MAX_SHEBANG_BYTES = 128;
/** An HTML page shows itself within these bytes. */
const MAX_PAGE_START_BYTES = 1024;

const magicNumbers = codeTypes.flatMap((codeType) => {
  const language: Language = languages[codeType];
  return language.format === 'binary'
    ? [{ codeType, magic: Buffer.from(language.magic, 'latin1') }]
    : [];
});

/** The more special ones first: they may be options of the others. */
const interpreters = codeTypes.toReversed().flatMap((codeType) => {
  const language: Language = languages[codeType];
  return language.format === 'text' && language.interpreters.length > 0
    ? [{ codeType, pattern: new RegExp(`\\b(?:${language.interpreters.join('|')})\\b`) }]
    : [];
});

/**
 * @param hint the request's `type`
 * @throws {EngineError} UNSUPPORTED_CODE
 */
export function detect(code: ObtainedCode, hint: CodeType | null): Detection {
  const detection = detectLanguage(code, hint);
  const language = languages[detection.codeType];
  if (language.format === 'text') {
    rejectNonText(code.bytes, language.label);
    rejectMarkup(code.bytes);
  } else if (detection.detectedBy === 'content') {
    rejectOtherKinds(code.bytes, language);
  }
  return detection;
}

function detectLanguage(code: ObtainedCode, hint: CodeType | null): Detection {
  const binary = detectByMagic(code.bytes);
  if (binary !== null) return { codeType: binary, detectedBy: 'content', isDeclared: true };
  const declared = detectByDescription(code, hint);
  const interpreted = detectByShebang(code.bytes);
  // Interpreters run more than one language.
  const isConfirmed =
    declared !== null &&
    interpreted !== null &&
    languages[declared.codeType].folder === languages[interpreted].folder &&
    declared.codeType !== interpreted;
  if (interpreted !== null && !isConfirmed) {
    return { codeType: interpreted, detectedBy: 'content', isDeclared: declared !== null };
  }
  if (declared !== null) return { ...declared, isDeclared: true };
  return { codeType: DEFAULT_CODE_TYPE, detectedBy: 'default', isDeclared: false };
}

function detectByMagic(bytes: Uint8Array): CodeType | null {
  for (const { codeType, magic } of magicNumbers) {
    if (!magic.equals(bytes.subarray(0, magic.length))) continue;
    return codeType;
  }
  return null;
}

function detectByShebang(bytes: Uint8Array): CodeType | null {
  const start = BYTE_ORDER_MARK.equals(bytes.subarray(0, 3)) ? 3 : 0;
  if (!SHEBANG.equals(bytes.subarray(start, start + 2))) return null;
  const firstLine = Buffer.from(bytes.subarray(start, MAX_SHEBANG_BYTES))
    .toString('latin1')
    .split('\n', 1)[0];
  return interpreters.find(({ pattern }) => pattern.test(firstLine ?? ''))?.codeType ?? null;
}

function detectByDescription(
  code: ObtainedCode,
  hint: CodeType | null,
): Omit<Detection, 'isDeclared'> | null {
  const described = describedLanguage(code);
  if (described === null) return hint === null ? null : { codeType: hint, detectedBy: 'hint' };
  if ('dialect' in described) rejectDialect(described.dialect);
  return { codeType: described.codeType, detectedBy: described.describedBy };
}

function rejectDialect(dialect: Dialect): never {
  throw new EngineError(
    'UNSUPPORTED_CODE',
    `This is ${dialect}, whose elements no language of the engine has; compile it to JavaScript first`,
  );
}

/** Bytes that end before their kind are left to the language, which says what is wrong with them. */
function rejectOtherKinds(bytes: Uint8Array, { label, magic, kinds }: BinaryLanguage): void {
  const known = Object.entries(kinds).map(([kind, text]) => ({
    kind,
    bytes: Buffer.from(text, 'latin1'),
  }));
  const length = known[0]?.bytes.length ?? 0;
  const found = Buffer.from(bytes.subarray(magic.length, magic.length + length));
  if (found.length < length || known.some((kind) => found.equals(kind.bytes))) return;
  const those = known.map((one) => `${spaced(one.bytes)} of a ${one.kind}`).join(' or ');
  throw new EngineError(
    'UNSUPPORTED_CODE',
    `This is ${label} of a kind or version that does not run here: its magic number is followed by ${spaced(found)}, not by the ${those}`,
  );
}

function spaced(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$& ');
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
