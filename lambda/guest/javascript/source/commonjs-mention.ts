/** Whether a source mentions what only CommonJS has: by its text alone, as every script is asked. */

import type { PreparedSource } from './prepared-source.ts';

const mention = /(?<![\w$.])(?:require\b|exports\b|module\s*(?:\??\.\s*[\w$]|[[),;&|?]|[!=]==?))/;

/** @returns `true` for every source that does use a name of CommonJS, and for some others */
export function mentionsCommonJs(source: string): boolean {
  // Most code has none of the words: plain searches are ten times as fast.
  if (!(source.includes('exports') || source.includes('require') || source.includes('module'))) {
    return false;
  }
  return mention.test(source);
}

/** The parameters are those of Node.js. What stands for the module in ES modules calls it within this many columns. */
const HEAD = '(function (exports, require, module, __filename, __dirname) {';

/** A script whose value is the function that a CommonJS module is. */
export function wrapCommonJs(javascript: PreparedSource): PreparedSource {
  const text = javascript.text.replace(/^#!/, '//');
  return {
    text: `${HEAD}${text}\n})`,
    // Before the module's own text is nothing of its source: line 0.
    positions: { 1: [1, 0, 0, HEAD.length + 1, 1, 1] },
  };
}
