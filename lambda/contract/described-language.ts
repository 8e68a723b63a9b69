/** The language of code as its content type and its URL describe it. */

import { type CodeType, codeTypes, type Language, languages } from './languages.ts';

export interface Description {
  readonly contentType: string | null;
  /** Final URL, whose path may end in an extension; `null` where the code has none. */
  readonly url: string | null;
}

type Described =
  | { readonly codeType: CodeType; readonly describedBy: 'content-type' | 'extension' }
  /** A language with elements in it, which no language here has. */
  | { readonly dialect: Dialect };

export type Dialect = 'JSX' | 'TSX';

const dialects = new Map<string, Dialect>([
  ['jsx', 'JSX'],
  ['tsx', 'TSX'],
]);
const dialectTypes = /^(?:text|application)\/(?:x-)?([jt]sx)$/;

const byContentType = codeTypesBy(({ contentTypes }) => contentTypes);
const byExtension = codeTypesBy(({ extensions }) => extensions);
const byBoth = codeTypesBy(({ extensions, contentTypesByExtension = [] }) =>
  extensions.flatMap((extension) => contentTypesByExtension.map((type) => `${type} ${extension}`)),
);

function codeTypesBy(
  names: (language: Language) => readonly string[],
): ReadonlyMap<string, CodeType> {
  return new Map(
    codeTypes.flatMap((codeType) =>
      names(languages[codeType]).map((name) => [name, codeType] as const),
    ),
  );
}

/** @returns `null` where neither the content type nor the extension shows a language */
export function describedLanguage({ contentType, url }: Description): Described | null {
  const essence = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const pathname = (url === null ? null : URL.parse(url)?.pathname) ?? '';
  const extension = /\.([a-z0-9]+)$/i.exec(pathname)?.[1]?.toLowerCase() ?? '';
  const ofContentType = byContentType.get(essence) ?? byBoth.get(`${essence} ${extension}`);
  if (ofContentType !== undefined) {
    return { codeType: ofContentType, describedBy: 'content-type' };
  }
  const dialect = dialects.get(dialectTypes.exec(essence)?.[1] ?? extension);
  if (dialect !== undefined) return { dialect };
  const ofExtension = byExtension.get(extension);
  return ofExtension === undefined ? null : { codeType: ofExtension, describedBy: 'extension' };
}
