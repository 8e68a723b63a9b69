/** The request's `url`, `code` and `modules`: where the code is, or the code itself. */

import * as z from 'zod';
import type { CodeSource } from '../contract/execution.ts';
import { inlineCodeUrl, inlineModuleUrl } from '../contract/inline.ts';
import { codeTypes } from '../contract/languages.ts';
import { MAX_MODULES } from '../settings/settings.ts';
import { type Complaint, contentBytes, fileSchema, normalPath } from './files.ts';

export const MAX_URL_LENGTH = 2048;

/** Fields of the request's schema. */
export const codeFields = {
  url: z
    .string()
    .max(MAX_URL_LENGTH, `is longer than ${MAX_URL_LENGTH} characters`)
    .refine((url) => URL.canParse(url), 'is not an absolute URL')
    .refine((url) => !hasCredentials(url), 'has a user name or password in it')
    .optional()
    .meta({
      description: 'http: or https: URL of the code to run, without user name and password.',
      examples: ['https://example.com/hello.js'],
      format: 'uri',
    }),
  code: fileSchema.optional().meta({
    description:
      'The code itself, in place of `url`: its text, or, as WebAssembly is, its bytes in base64. Its URL is `inline:///main.js` (or `.wasm`).',
    examples: ["'Hello, ' + input.name", { base64: 'AGFzbQEAAAA=' }],
  }),
  modules: z
    .record(z.string(), z.string())
    .refine(
      (modules) => Object.keys(modules).length <= MAX_MODULES,
      `has more than ${MAX_MODULES} entries`,
    )
    .optional()
    .meta({
      description:
        'With `code`: texts of modules that it and they import by relative path, each at `inline:///` and its path.',
      examples: [{ 'lib/tax.js': 'export const rate = 0.2;' }],
    }),
};

/** In JSON Schema, what {@link codeSource} checks of the fields together. */
export const codeFieldsTogether = { oneOf: [{ required: ['url'] }, { required: ['code'] }] };

interface CodeFields {
  readonly url?: string | undefined;
  readonly code?: string | { readonly base64: string } | undefined;
  readonly modules?: Readonly<Record<string, string>> | undefined;
}

/**
 * @param complain called for each mistake
 * @returns `null` after some mistakes; after any, the result is not to be used
 */
export function codeSource(
  { url, code, modules }: CodeFields,
  complain: (complaint: Complaint) => void,
): CodeSource | null {
  if (url === undefined && code === undefined) {
    complain({ path: 'url', reason: 'is missing: a request has either `url` or `code`' });
    return null;
  }
  if (url !== undefined && code !== undefined) {
    complain({ path: 'code', reason: 'cannot be there with `url`: a request has one of them' });
    return null;
  }
  if (code === undefined && modules !== undefined) {
    complain({ path: 'modules', reason: 'are imported by `code`, which is not there' });
  }
  if (url !== undefined) {
    return { kind: 'url', url };
  }
  const bytes = bytesOf(code ?? '');
  if (typeof bytes === 'string') complain({ path: 'code', reason: bytes });
  return {
    kind: 'inline',
    bytes: typeof bytes === 'string' ? Buffer.alloc(0) : bytes,
    modules: moduleTexts(modules ?? {}, complain),
  };
}

/** @returns a text that says why there are none */
function bytesOf(code: string | { readonly base64: string }): Buffer | string {
  if (typeof code === 'string') {
    return code.isWellFormed() ? Buffer.from(code) : 'is not well-formed Unicode';
  }
  return contentBytes(code) === null
    ? 'is not base64 (RFC 4648 section 4, with padding)'
    : Buffer.from(code.base64, 'base64');
}

/** Where the code itself may be. */
const codeUrls: ReadonlySet<string> = new Set(codeTypes.map(inlineCodeUrl));

/** @returns the modules by their URLs */
function moduleTexts(
  modules: Readonly<Record<string, string>>,
  complain: (complaint: Complaint) => void,
): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const [name, text] of Object.entries(modules)) {
    const reject = (reason: string) => complain({ path: `modules.${name}`, reason });
    const path = normalPath(name);
    if (path.wrong !== null) reject(path.wrong);
    else if (path.directory) reject('names a directory');
    else if (/[?#]|%2e/i.test(name)) reject('cannot have ?, # or %2e in it');
    else {
      const url = inlineModuleUrl(path.absolute);
      if (codeUrls.has(url)) reject('is where `code` itself is');
      else if (found.has(url)) reject(`contradicts another path that also means ${url}`);
      else if (!text.isWellFormed()) reject('is not well-formed Unicode');
      found.set(url, Buffer.from(text));
    }
  }
  return found;
}

export function hasCredentials(text: string): boolean {
  if (!text.includes('@')) return false;
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '');
}
