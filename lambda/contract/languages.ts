/**
 * The languages of the engine, one row each. A new language is a row here and its folder in
 * `lambda/guest/`, whose `language.ts` makes its runtime: what downloads, detects, validates,
 * documents and runs code reads this table.
 */

interface LanguageBase {
  /** Folder of its runtime in `lambda/guest/`; languages of one folder share the runtime. */
  readonly folder: string;
  /** Its name as people read it. */
  readonly label: string;
  /** MIME types that mean it, in lower case; a download asks for the first one. */
  readonly contentTypes: readonly [string, ...string[]];
  /** Extensions of file names, in lower case, without the dot; code in a request has the first one. */
  readonly extensions: readonly [string, ...string[]];
  /** MIME types that mean it where the name of the file has one of its extensions. */
  readonly contentTypesByExtension?: readonly string[];
}

/** Source text in UTF-8. */
interface TextLanguage extends LanguageBase {
  readonly format: 'text';
  /** A `#!` line that names one of these programs means the language. */
  readonly interpreters: readonly string[];
  /** One cap for all of them: while text arrives, nothing shows yet which language it is. */
  readonly maxBytes: 'maxCodeBytes';
}

/** A binary format. */
export interface BinaryLanguage extends LanguageBase {
  readonly format: 'binary';
  /** The bytes that all of its code starts with, in Latin-1. */
  readonly magic: string;
  /** What may follow, by kind of binary, all of one length, in Latin-1. */
  readonly kinds: { readonly [kind: string]: string };
  /** The setting that caps the size of its code. */
  readonly maxBytes: keyof CodeSizeSettings;
}

export type Language = TextLanguage | BinaryLanguage;

/** Settings that cap the size of downloaded code. */
export interface CodeSizeSettings {
  readonly maxCodeBytes: number;
  readonly maxWasmBytes: number;
}

/** In Latin-1. */
export const WASM_MAGIC = '\0asm';

const rows = {
  javascript: {
    folder: 'javascript',
    label: 'JavaScript',
    format: 'text',
    // The JavaScript MIME types of the MIME Sniffing standard.
    contentTypes: [
      'text/javascript',
      'application/ecmascript',
      'application/javascript',
      'application/x-ecmascript',
      'application/x-javascript',
      'text/ecmascript',
      'text/jscript',
      'text/livescript',
      'text/x-ecmascript',
      'text/x-javascript',
    ],
    extensions: ['js', 'mjs', 'cjs'],
    interpreters: ['node', 'deno', 'bun'],
    maxBytes: 'maxCodeBytes',
  },
  typescript: {
    folder: 'javascript',
    label: 'TypeScript',
    format: 'text',
    contentTypes: [
      'text/typescript',
      'application/typescript',
      'application/x-typescript',
      'text/x-typescript',
    ],
    extensions: ['ts', 'mts', 'cts'],
    // Servers that look up `.ts` in a list of file types find a format of films.
    contentTypesByExtension: ['video/mp2t', 'video/vnd.dlna.mpeg-tts'],
    interpreters: ['tsx', 'ts-node'],
    maxBytes: 'maxCodeBytes',
  },
  wasm: {
    folder: 'webassembly',
    label: 'WebAssembly',
    format: 'binary',
    contentTypes: ['application/wasm'],
    extensions: ['wasm'],
    magic: WASM_MAGIC,
    // Version and layer, of the core specification and of the component model.
    kinds: { module: '\x01\0\0\0', component: '\x0d\0\x01\0' },
    maxBytes: 'maxWasmBytes',
  },
} as const satisfies { readonly [codeType: string]: Language };

export type CodeType = keyof typeof rows;

export const languages: { readonly [codeType in CodeType]: Language } = rows;

/** The keys of {@link languages}. */
export const codeTypes = Object.keys(rows) as [CodeType, ...CodeType[]];

/** Code of which nothing shows its language. */
export const DEFAULT_CODE_TYPE: CodeType = 'javascript';

/** The rows of {@link languages}. */
export const allLanguages: readonly Language[] = Object.values(languages);
