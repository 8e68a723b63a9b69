/** URLs of code that comes with its request. They lead to nothing but the request itself. */

import { type CodeType, languages } from './languages.ts';

const ROOT = 'inline:///';

/** URL of the code of a request. */
export function inlineCodeUrl(codeType: CodeType): string {
  return `${ROOT}main.${languages[codeType].extensions[0]}`;
}

/** The URL of code that has turned out to be of a language: that of a request is named after it. */
export function urlAs(url: string, codeType: CodeType): string {
  return url === inlineCodeUrl('javascript') ? inlineCodeUrl(codeType) : url;
}

/** @param path of a module of a request, absolute */
export function inlineModuleUrl(path: string): string {
  return new URL(path, ROOT).href;
}

export function isInlineUrl(url: string): boolean {
  return /^inline:/i.test(url);
}
