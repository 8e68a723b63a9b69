/** A module as it was downloaded, and what it asks for. */

import { languages, WASM_MAGIC } from '../../../contract/languages.ts';
import type { Position } from '../errors/source-text.ts';
import type { CommonJsReading } from '../source/commonjs.ts';
import { lexed } from '../source/lexed.ts';
import type { PreparedSource, SourceLanguage } from '../source/prepared-source.ts';

export type ModuleType = 'javascript' | 'json';

/** An import, as it stands in the importing module. */
export interface ImportRequest {
  readonly specifier: string;
  readonly type: ModuleType;
  /** URL of the importing module. */
  readonly importer: string;
  /** Where it stands: UTF-16 units from the start of the JavaScript; `null` for a dynamic import. */
  readonly offset: number | null;
  /** The specifier stands as a literal in the text of the importing module. */
  readonly isLiteral: boolean;
  /** What is wrong with the import itself. */
  readonly fault: string | null;
  /** A call of `require`, which takes modules of every kind, and finds them by less than their names. */
  readonly isRequire?: boolean;
}

/** What a CommonJS module asks for, and what `import` sees of it. */
interface CommonJs {
  /** Whether it parses, as far as is known. */
  readonly parses: boolean;
  readonly requires: readonly ImportRequest[];
  readonly exports: readonly string[];
  /** Specifiers of modules whose names it exports, too. */
  readonly reexports: readonly string[];
}

interface StaticImport extends ImportRequest {
  /** The whole declaration, in which imported names stand. */
  readonly text: string;
}

export interface SourceModule {
  /** Final URL, after redirects. */
  readonly url: string;
  readonly type: ModuleType;
  readonly source: string;
  readonly language: SourceLanguage;
  /** The source as JavaScript. */
  readonly javascript: PreparedSource;
  /** What QuickJS is given of it. */
  readonly prepared: PreparedSource;
  /** Hex, of the bytes that the text was decoded from. */
  readonly sha256: string;
  readonly imports: readonly StaticImport[];
  /**
   * The specifiers that stand as literals in its calls of `import()`, and not in a comment or in
   * another text. QuickJS does not tell which call imports: a computed specifier that is equal to one
   * of these asks for nothing that the literal does not ask for.
   */
  readonly literals: ReadonlySet<string>;
  /** Whether it mentions `import.meta`. */
  readonly usesMeta: boolean;
  /** Where it is a CommonJS module; `null` where it is none. */
  readonly commonJs: CommonJs | null;
}

const wasmMagic = Buffer.from(WASM_MAGIC, 'latin1');

/** Whether the source has an `import` or `export` declaration, or `import.meta`. */
export function isModule(source: string): boolean {
  if (!/\b(?:import|export)\b/.test(source)) return false;
  try {
    return lexed(source)[3];
  } catch {
    // Not lexable: the engine reports the syntax error, as that of a script.
    return /^\s*(?:import\b(?!\s*\()|export\b)/m.test(source);
  }
}

export interface DownloadedModule {
  /** Final URL, after redirects. */
  readonly url: string;
  readonly contentType: string | null;
  /** Hex, of the body. */
  readonly sha256: string;
  /** Empty where the host knows that the text is kept. */
  readonly body: Uint8Array;
}

/** What was downloaded is not a module of the type that the import asks for; the message says why. */
export class InvalidModule extends Error {}

/** It is not the JSON that the import asks for. */
export class InvalidJson extends InvalidModule {}

interface SyntaxPlace extends Position {
  readonly message: string;
  readonly source: string;
}

/** It does not parse in its language. */
export class InvalidSyntax extends InvalidModule {
  readonly source: string;
  readonly position: Position;

  constructor({ message, source, line, column }: SyntaxPlace) {
    super(message);
    this.source = source;
    this.position = { line, column };
  }
}

/**
 * @param type what the import asks for
 * @throws {InvalidModule}
 */
export function checkContentType({ contentType, url }: DownloadedModule, type: ModuleType): void {
  if (type === 'javascript' && isJson(contentType, url)) {
    throw new InvalidModule("it is JSON: import it with { type: 'json' }");
  }
  // A URL that says by itself what it is, has no excuse of a server that does not know.
  if (type === 'javascript' && url.startsWith('data:') && !isCode(contentType)) {
    const shown = essenceOf(contentType) || 'text/plain';
    throw new InvalidModule(
      `its type is ${shown}: a data: URL of code begins data:text/javascript`,
    );
  }
}

function isCode(contentType: string | null): boolean {
  const essence = essenceOf(contentType);
  return (['javascript', 'typescript'] as const).some((language) =>
    languages[language].contentTypes.includes(essence),
  );
}

/** @throws {InvalidModule} */
export function decodeModule(bytes: Uint8Array): string {
  if (wasmMagic.equals(bytes.subarray(0, wasmMagic.length))) {
    throw new InvalidModule(
      'it is a WebAssembly module, which JavaScript cannot import here; execute its URL by a request of its own',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidModule('it is not UTF-8 text');
  }
}

/**
 * @param type what the import asks for
 * @throws {InvalidModule}
 */
export function checkText(text: string, type: ModuleType): void {
  if (text.includes('\0')) throw new InvalidModule('it has a NUL character in it');
  if (type === 'json') requireJson(text);
  else if (/^\s*<(?:!doctype|html|head|body)\b/i.test(text.slice(0, 1024))) {
    throw new InvalidModule('it is an HTML page');
  }
}

export function isJson(contentType: string | null, url: string): boolean {
  const essence = essenceOf(contentType);
  if (essence !== '') return /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(essence);
  return URL.parse(url)?.pathname.endsWith('.json') ?? false;
}

function essenceOf(contentType: string | null): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new InvalidJson(`it is not JSON: ${(error as SyntaxError).message}`);
  }
}

/** Finds the static imports of a module. */
export function readModule(
  url: string,
  type: ModuleType,
  content: Pick<SourceModule, 'source' | 'language' | 'javascript' | 'prepared' | 'sha256'>,
  commonJs: CommonJsReading | null = null,
): SourceModule {
  if (type === 'json') {
    const literals = noLiterals;
    return { url, type, ...content, imports: [], literals, usesMeta: true, commonJs: null };
  }
  const { text } = content.javascript;
  const found = lex(text);
  const imports = found.flatMap((entry): StaticImport[] => {
    if (entry.type !== 'static' && entry.type !== 'reexport-star') return [];
    const offset = entry.importStart;
    return [
      {
        specifier: entry.specifier,
        ...typeOf(entry.attributes ?? []),
        importer: url,
        offset,
        isLiteral: true,
        text: text.slice(offset, entry.importEnd),
      },
    ];
  });
  const literals = found.flatMap((entry) =>
    entry.type === 'dynamic' && !entry.glob && entry.specifier !== undefined
      ? [entry.specifier]
      : [],
  );
  return {
    url,
    type,
    ...content,
    imports,
    literals: new Set(literals),
    usesMeta: found.some(isMeta),
    commonJs: commonJs === null ? null : commonJsOf(url, commonJs),
  };
}

function commonJsOf(
  importer: string,
  { parses, requires, exports, reexports }: CommonJsReading,
): CommonJs {
  return {
    parses,
    requires: [...new Map(requires.map((found) => [found.specifier, found])).values()].map(
      ({ specifier, offset }) => ({
        specifier,
        type: 'javascript',
        importer,
        offset,
        isLiteral: true,
        fault: null,
        isRequire: true,
      }),
    ),
    exports,
    reexports,
  };
}

const noLiterals: ReadonlySet<string> = new Set();

/**
 * Finds a dynamic import by its specifier, or as the only one that may have computed it.
 * @param specifier its value at run time
 */
export function findDynamicImport(source: string, specifier: string): number | null {
  const dynamic = lex(source).filter((entry) => entry.type === 'dynamic');
  const literal = dynamic.find((entry) => !entry.glob && entry.specifier === specifier);
  if (literal !== undefined) return literal.importStart;
  const computed = dynamic.filter(
    (entry) =>
      (entry.glob || entry.specifier === undefined) &&
      specifier.startsWith(startOfText(source.slice(entry.start, entry.end))),
  );
  return computed.length === 1 ? (computed[0]?.importStart ?? null) : null;
}

/** What the value of an expression begins with, judging by its first literal. */
function startOfText(expression: string): string {
  const [, text = ''] =
    /^\s*(?:"([^"\\\n]*)"\s*\+|'([^'\\\n]*)'\s*\+|`([^`\\$]*)\$\{)/
      .exec(expression)
      ?.filter((group) => group !== undefined) ?? [];
  return text;
}

/** What import attributes ask for. */
export function typeOf(
  attributes: Iterable<readonly [string, string]>,
): Pick<ImportRequest, 'type' | 'fault'> {
  let type: ModuleType = 'javascript';
  for (const [key, value] of attributes) {
    if (key !== 'type') return { type, fault: `there is no import attribute "${key}"` };
    if (value !== 'json') return { type, fault: `an import may be of type "json", not "${value}"` };
    type = 'json';
  }
  return { type, fault: null };
}

type Entry = ReturnType<typeof lexed>[0][number];

function lex(source: string): readonly Entry[] {
  try {
    return lexed(source)[0];
  } catch {
    return []; // QuickJS reports the syntax error.
  }
}

/** Names that a module exports by itself. */
export function exportedNames(source: string): readonly string[] {
  try {
    return lexed(source)[1].flatMap((entry) => (entry.type === 'reexport-all' ? [] : [entry.name]));
  } catch {
    return []; // QuickJS reports the syntax error.
  }
}

function isMeta(entry: Entry): boolean {
  return entry.type === 'import-meta';
}
