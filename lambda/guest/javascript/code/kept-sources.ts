/**
 * The texts of code that the sandbox has run, by hash: the host need not send them again, and they are
 * not read again for what they import, nor is TypeScript made JavaScript again.
 */

import { LRUCache } from 'lru-cache';
import { describedLanguage } from '../../../contract/described-language.ts';
import { urlAs } from '../../../contract/inline.ts';
import type { RunMessage } from '../../../contract/protocol.ts';
import {
  checkContentType,
  checkText,
  type DownloadedModule,
  decodeModule,
  InvalidModule,
  InvalidSyntax,
  isJson,
  isModule,
  type ModuleType,
  readModule,
  type SourceModule,
} from '../modules/module-source.ts';
import type { CommonJsReading } from '../source/commonjs.ts';
import { mentionsCommonJs, wrapCommonJs } from '../source/commonjs-mention.ts';
import { composeSources } from '../source/compose-positions.ts';
import { forgetLexed } from '../source/lexed.ts';
import { parses, prepareSource } from '../source/prepare-source.ts';
import type { PreparedSource, SourceKind, SourceLanguage } from '../source/prepared-source.ts';
import { TypeScriptSyntaxError, TypeScriptTooComplex } from '../typescript/failure.ts';
import type { LoadTransformer } from '../typescript/transformer.ts';

interface KeptSource {
  readonly text: string;
  /** Its language, where its text alone shows it; `null` until somebody has asked. */
  shown: SourceLanguage | null;
  readonly programs: { [language in SourceLanguage]?: Program };
}

/** What the text alone shows of the kind of a source. */
type Signs = { readonly [sign in 'isModule' | 'mentionsCommonJs']: boolean };

/** A source as it is in one language. */
interface Program {
  readonly language: SourceLanguage;
  readonly javascript: PreparedSource;
  /** Of the code itself; `null` until somebody has asked. */
  kind: SourceKind | null;
  /** What its text shows; undefined until somebody has asked: all of it is read for that. */
  signs?: Signs;
  /** What it has of CommonJS; `null` where that is nothing, undefined until somebody has asked. */
  commonJs?: CommonJsReading | null;
  readonly prepared: { [kind in SourceKind]?: PreparedSource };
  /** By type and URL. */
  readonly readings: Map<string, SourceModule>;
}

/** The code itself. */
export interface EntrySource {
  /** That of the request, unless that was named after another language. */
  readonly url: string;
  readonly text: string;
  readonly language: SourceLanguage;
  readonly kind: SourceKind;
  /** The text as JavaScript. */
  readonly javascript: PreparedSource;
  /** What QuickJS is given of it. */
  readonly prepared: PreparedSource;
  /** The code as a module. */
  read(): SourceModule;
  /**
   * The code as TypeScript, where its language was guessed and it is no JavaScript.
   * @throws {TypeScriptSyntaxError} it is neither
   */
  reconsider(): Promise<EntrySource | null>;
}

/** Which source the entry is. */
type EntryMessage = Pick<RunMessage, 'url' | 'sha256' | 'codeType' | 'isGuessed'>;

/** The host counts these hashes, too: see `sandbox/message.ts`. */
const MAX_SOURCES = 900;
/** A text that is served at more URLs is read anew at each of the others. */
const MAX_READINGS = 16;

const utf8 = new TextDecoder();

export class KeptSources {
  readonly #loadTransformer: LoadTransformer;
  readonly #kept: LRUCache<string, KeptSource> | null;
  /** Used in the run under way. They are kept when it ends: until then the host counts on what it knows. */
  readonly #used = new Map<string, KeptSource>();

  /** @param maxBytes of all texts together; 0 to keep none */
  constructor(maxBytes: number, loadTransformer: LoadTransformer) {
    this.#loadTransformer = loadTransformer;
    this.#kept =
      maxBytes === 0
        ? null
        : new LRUCache<string, KeptSource>({
            max: MAX_SOURCES,
            maxSize: maxBytes,
            sizeCalculation: ({ text, programs }) =>
              2 * text.length * (programs.typescript === undefined ? 1 : 2) + 1,
          });
  }

  /**
   * @param code empty where the host knows that it is kept
   * @returns a promise only where the source has to be parsed
   * @throws {TypeScriptSyntaxError}
   * @throws {TypeScriptTooComplex}
   */
  entry(message: EntryMessage, code: Uint8Array): EntrySource | Promise<EntrySource> {
    const { codeType, isGuessed, sha256 } = message;
    const source = this.#obtain(sha256, () => utf8.decode(code));
    if ((isGuessed ? source.shown : codeType) === 'typescript') {
      return this.#typeScriptOf(source).then((program) => this.#entryOf(message, source, program));
    }
    const entry = this.#entryOf(message, source, javaScriptOf(source));
    if (entry instanceof Promise) return entry;
    // What TypeScript imports for its types only must not be loaded.
    const mustKnow = isGuessed && entry.kind === 'module' && entry.read().imports.length > 0;
    if (!mustKnow) return entry;
    return entry.reconsider().then(
      (other) => other ?? entry,
      () => entry, // QuickJS reports what is wrong with it.
    );
  }

  #entryOf(
    message: EntryMessage,
    source: KeptSource,
    program: Program,
  ): EntrySource | Promise<EntrySource> {
    const { text } = source;
    const { language, javascript } = program;
    const url = message.isGuessed ? urlAs(message.url, language) : message.url;
    if (program.kind === null) {
      const signs = signsOf(program);
      const kind = signs.isModule ? 'module' : 'script';
      if (signs.mentionsCommonJs) {
        return commonJsOf(program).then((reading) => {
          program.kind = reading?.isProgram ? 'commonjs' : kind;
          return this.#entryOf(message, source, program);
        });
      }
      program.kind = kind;
    }
    const { kind } = program;
    const prepared = prepare(program, kind);
    return {
      url,
      text,
      language,
      kind,
      javascript,
      prepared,
      read: () => read(source, program, kind, { ...message, url, type: 'javascript' }, prepared),
      reconsider: async () => {
        if (!message.isGuessed || language === 'typescript') return null;
        if (parses(text, kind)) return null;
        const typed = await this.#typeScriptOf(source);
        if (typed.javascript.text === text) return null;
        source.shown = 'typescript';
        return await this.#entryOf(message, source, typed);
      },
    };
  }

  /**
   * @param asked `required` where the module says by itself what it is
   * @throws {InvalidModule} it is not what the import asks for
   */
  async module(
    downloaded: DownloadedModule,
    asked: ModuleType | 'required',
  ): Promise<SourceModule> {
    const { url, sha256, contentType } = downloaded;
    const ofRequire = isJson(contentType, url) ? 'json' : 'javascript';
    const type = asked === 'required' ? ofRequire : asked;
    checkContentType(downloaded, type);
    const source = this.#obtain(sha256, () => decodeModule(downloaded.body));
    checkText(source.text, type);
    const program = await this.#programOf(source, downloaded, type);
    if (type === 'json') {
      const prepared = { text: source.text, positions: null };
      return read(source, program, 'module', { url, sha256, type }, prepared);
    }
    const kind = await moduleKind(program, url, asked === 'required');
    return read(source, program, kind, { url, sha256, type }, prepare(program, kind));
  }

  async #programOf(
    source: KeptSource,
    downloaded: DownloadedModule,
    type: ModuleType,
  ): Promise<Program> {
    if (type === 'json') return javaScriptOf(source);
    const described = describedLanguage(downloaded);
    if (described !== null && 'dialect' in described) {
      throw new InvalidModule(`it is ${described.dialect}: compile it to JavaScript first`);
    }
    const language = described?.codeType ?? (await this.#languageOf(source));
    if (language !== 'typescript') return javaScriptOf(source);
    try {
      return await this.#typeScriptOf(source);
    } catch (error) {
      if (error instanceof TypeScriptSyntaxError) throw new InvalidSyntax(error);
      if (error instanceof TypeScriptTooComplex) throw new InvalidModule(error.message);
      throw error;
    }
  }

  /** The language of a module of which nothing but its text shows it. */
  async #languageOf(source: KeptSource): Promise<SourceLanguage> {
    source.shown ??=
      !parses(source.text, 'module') && (await this.#isTypeScript(source))
        ? 'typescript'
        : 'javascript';
    return source.shown;
  }

  async #isTypeScript(source: KeptSource): Promise<boolean> {
    try {
      return (await this.#typeScriptOf(source)).javascript.text !== source.text;
    } catch (error) {
      if (error instanceof TypeScriptSyntaxError || error instanceof TypeScriptTooComplex) {
        return false;
      }
      throw error;
    }
  }

  async #typeScriptOf(source: KeptSource): Promise<Program> {
    const known = source.programs.typescript;
    if (known !== undefined) return known;
    const [createTransformer, { removeTypes }] = await Promise.all([
      this.#loadTransformer(),
      import('../typescript/remove-types.ts'),
    ]);
    const program = newProgram('typescript', removeTypes(source.text, createTransformer));
    source.programs.typescript = program;
    return program;
  }

  /** The run under way is over. */
  settle(): void {
    forgetLexed();
    if (this.#used.size === 0) return;
    for (const [sha256, source] of this.#used) this.#kept?.set(sha256, source);
    this.#used.clear();
  }

  hashes(): readonly string[] {
    return this.#kept === null ? [] : [...this.#kept.keys()];
  }

  #obtain(sha256: string, decode: () => string): KeptSource {
    const known = this.#used.get(sha256) ?? this.#kept?.get(sha256);
    if (known !== undefined) return known;
    const source: KeptSource = { text: decode(), shown: null, programs: {} };
    if (this.#kept !== null && sha256 !== '') this.#used.set(sha256, source);
    return source;
  }
}

function javaScriptOf(source: KeptSource): Program {
  source.programs.javascript ??= newProgram('javascript', { text: source.text, positions: null });
  return source.programs.javascript;
}

/** QuickJS reports why it does not parse. */
const noReading: CommonJsReading = {
  parses: false,
  isProgram: true,
  isModule: true,
  requires: [],
  exports: [],
  reexports: [],
};

function newProgram(language: SourceLanguage, javascript: PreparedSource): Program {
  return { language, javascript, kind: null, prepared: {}, readings: new Map() };
}

function signsOf(program: Program): Signs {
  if (program.signs === undefined) {
    const { text } = program.javascript;
    const isOne = isModule(text);
    program.signs = { isModule: isOne, mentionsCommonJs: !isOne && mentionsCommonJs(text) };
  }
  return program.signs;
}

function prepare(program: Program, kind: SourceKind): PreparedSource {
  const known = program.prepared[kind];
  if (known !== undefined) return known;
  const { javascript } = program;
  const mended = prepareSource(javascript.text, kind);
  const compiled = kind === 'commonjs' ? composeSources(mended, wrapCommonJs(mended)) : mended;
  const prepared = composeSources(javascript, compiled);
  program.prepared[kind] = prepared;
  return prepared;
}

async function commonJsOf(program: Program): Promise<CommonJsReading | null> {
  if (program.commonJs === undefined) {
    const { readCommonJs } = await import('../source/commonjs.ts');
    program.commonJs = readCommonJs(program.javascript.text);
  }
  return program.commonJs;
}

/** @param isRequired without a sign of what it is it is CommonJS, and else an ES module */
async function moduleKind(
  program: Program,
  url: string,
  isRequired: boolean,
): Promise<'module' | 'commonjs'> {
  const path = URL.parse(url)?.pathname ?? '';
  if (/\.m[jt]s$/.test(path) || signsOf(program).isModule) return 'module';
  const isSure = isRequired || /\.c[jt]s$/.test(path);
  if (!isSure && !signsOf(program).mentionsCommonJs) return 'module';
  const reading = await commonJsOf(program);
  return isSure || reading?.isModule ? 'commonjs' : 'module';
}

function read(
  { text }: KeptSource,
  program: Program,
  kind: SourceKind,
  { url, type, sha256 }: Pick<SourceModule, 'url' | 'type' | 'sha256'>,
  prepared: PreparedSource,
): SourceModule {
  const { language, javascript, readings } = program;
  const key = `${kind} ${type} ${url}`;
  const known = readings.get(key);
  if (known !== undefined) return known;
  const content = { source: text, language, javascript, prepared, sha256 };
  const commonJs = kind === 'commonjs' ? (program.commonJs ?? noReading) : null;
  const module = readModule(url, type, content, commonJs);
  if (readings.size < MAX_READINGS) readings.set(key, module);
  return module;
}
