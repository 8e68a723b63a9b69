/** An error in a library tells where the request's own code called it. */

import { expect, test } from '@jest/globals';
import { codeUrl, runCode } from '../../../support/guest/module-graph.ts';

const files = {
  '/app/own.js': `import { f } from 'lib';\nexport function g() {\n  f();\n}`,
  'https://cdn.example/lib.js':
    'import { deep } from "./deep.js";\nexport function f() { deep(); }',
  'https://cdn.example/deep.js': 'export function deep() { throw new Error("deep"); }',
  'https://cdn.example/bad.js': 'null.x',
};
const imports = { lib: 'https://cdn.example/lib.js', 'lib/': 'https://cdn.example/' };
const ownUrl = new URL('own.js', codeUrl).href;

test.each<readonly [what: string, code: string, line: number, url: string]>([
  ['the code', `import { f } from 'lib';\nf();`, 2, codeUrl],
  [
    'the code, where it imports by URL',
    `import { f } from 'https://cdn.example/lib.js';\nf();`,
    2,
    codeUrl,
  ],
  ['the code, where it imports late', `1;\n(await import('lib')).f()`, 2, codeUrl],
  [
    'a module that the code imports by relative path',
    `import { g } from './own.js';\ng();`,
    3,
    ownUrl,
  ],
  [
    'the library, where nothing else is on the stack',
    `import 'lib/bad.js'`,
    1,
    'https://cdn.example/bad.js',
  ],
])('the place of an error in a library is of %s', async (_, code, line, url) => {
  const { error } = await runCode(code, files, { imports });
  expect(error).toMatchObject({
    stack: expect.stringContaining('https://cdn.example/'),
    details: { url, line, frame: expect.stringContaining(`> ${line} |`) },
  });
});

test('the place of an error in the code is that of the error, whatever called it', async () => {
  const library = { 'https://cdn.example/lib.js': 'export const call = (f) => f();' };
  const code = `import { call } from 'lib';\nfunction own() {\n  null.x;\n}\ncall(own);`;
  const { error } = await runCode(code, library, { imports });
  expect(error?.details).toMatchObject({ url: codeUrl, line: 3 });
});
