/** Has what reads of streams resolve with list `done` first where that of Node.js does; at build time. */

import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** In web-streams-polyfill, whose names of one letter are those of its minifier. */
const results = [
  // A chunk that was in the queue of a default reader; `_closeSteps` of a BYOB reader takes an argument.
  /(this\._promise=\w+\(){(value:e),(done:!1)}(\)}_closeSteps\(\){)/g,
  // The ends of an iteration, by itself and by `return`.
  /(if\(this\._isFinished\)return Promise\.resolve\(){(value:void 0),(done:!0)}(\))/g,
  /(if\(this\._isFinished\)return Promise\.resolve\(){(value:e),(done:!0)}(\))/g,
  /(,\(\)=>\(){(value:e),(done:!0)}(\)\)}return)/g,
  /(return \w+\(t\),\w+\(){(value:e),(done:!0)}(\))/g,
  /(_reader\),this\._resolvePromise\(){(value:void 0),(done:!0)}(\))/g,
];

/** @throws {Error} where the library is not as expected */
export const streamResults: Plugin = {
  name: 'stream-results',
  setup({ onLoad }) {
    onLoad({ filter: /web-streams-polyfill\/dist\/ponyfill\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const result of results) {
        if (contents.match(result)?.length !== 1) throw new Error(`${path} is not as expected.`);
        contents = contents.replace(result, '$1{$3,$2}$4');
      }
      return { contents, loader: 'js' };
    });
  },
};
