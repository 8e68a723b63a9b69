/** A run that starts from an image of its code ends as the first one did, and as one without an image. */

import { describe, expect, test } from '@jest/globals';
import type { RunMessage } from '../../../../lambda/contract/protocol.ts';
import { CodeImages } from '../../../../lambda/guest/javascript/code/code-images.ts';
import { CodeBudget } from '../../../../lambda/guest/runtime/code-budget.ts';
import { javascriptRuntime } from '../../../support/guest/javascript-runtime.ts';
import { plainLimits, runCode } from '../../../support/guest/module-graph.ts';

type Files = Parameters<typeof runCode>[1];

/** Enough that an image is made. */
const long = `/* ${'long '.repeat(80)} */\n`;

const withoutImages = javascriptRuntime(0);

interface Program {
  readonly code: string;
  readonly files?: Files;
  readonly message?: Partial<RunMessage>;
}

const programs: { readonly [what: string]: Program } = {
  'a script': { code: 'const a = [1, 2]; a.map((x) => x * 2)' },
  'a script that awaits': {
    code: 'const a = await Promise.resolve(3); ({ a, this: typeof this })',
  },
  'a script that declares globals': {
    code: 'var a = 1; let b = 2; function c() { return a + b } c()',
    message: { entrypoint: 'c' },
  },
  'a script that throws': { code: 'function f() {\n  null.x;\n}\nf()' },
  'a script that declares what is there': { code: 'let undefined = 1' },
  'a script that does not compile': { code: 'const a = ;' },
  'a script that reads its inputs': {
    code: '({ input, args, env })',
    message: { inputJson: '{"a":[1]}', args: ['x'], env: { Y: 'z' } },
  },
  'a script that imports': {
    code: `const m = await import('./a.js'); const again = await import('./a.js'); [m.a, m === again]`,
    files: { '/app/a.js': 'export const a = 1' },
  },
  'a module': { code: 'export default [typeof this, import.meta.url, new Error("x").stack]' },
  'a module that throws': {
    code: 'export const a = 1;\nexport default f();\nfunction f() {\n throw new TypeError("no") }',
  },
  'a module whose function is called': {
    code: 'let calls = 0; export default (given) => [(calls += 1), given, input === given]',
    message: { inputJson: '{"a":[1]}' },
  },
  'a module that reads its input before it is called': {
    code: 'const { a } = input; export default () => [a, args, env]',
    message: { inputJson: '{"a":[1]}', args: ['x'], env: { Y: 'z' } },
  },
  'a module that replaces its input': {
    code: `globalThis.input = 'mine'; delete globalThis.args;
      export default (given) => [given, input, 'args' in globalThis, stdin]`,
    message: { inputJson: '1', stdin: 'in' },
  },
  'a module that looks at its globals': {
    code: `const seen = Object.getOwnPropertyDescriptor(globalThis, 'input'); export default seen`,
    message: { inputJson: '[1]' },
  },
  'a module that awaits': {
    code: 'const a = await Promise.resolve(input); export const handler = (given) => [a, given]',
    message: { inputJson: '2' },
  },
  'a module that prints': {
    code: `console.log('code', typeof input); export default () => console.log('called')`,
    message: { inputJson: '2' },
  },
  'a module whose function throws': {
    code: 'class Odd extends Error {}\nexport default () => {\n  throw new Odd("here");\n}',
  },
  'a module with an entrypoint': {
    code: 'export const other = (given) => [given]; export default 1',
    message: { inputJson: '2', entrypoint: 'other' },
  },
  'a module with an import': {
    code: `import { a } from './a.js'; export default [a, import.meta.url]`,
    files: { '/app/a.js': 'export const a = [import.meta.url, new Error("here").stack]' },
  },
  'imports in a diamond': {
    code: `import './b.js'; import './c.js'; export default globalThis.order`,
    files: {
      '/app/a.js': 'globalThis.order = ["a"]',
      '/app/b.js': 'import "./a.js"; order.push("b")',
      '/app/c.js': 'import "./a.js"; order.push("c")',
    },
  },
  'imports in a circle': {
    code: `import './a.js'; export default globalThis.order`,
    files: {
      '/app/a.js': 'import "./b.js"; import "./x.js"; order.push("a")',
      '/app/b.js': 'import "./a.js"; (globalThis.order ??= []).push("b")',
      '/app/x.js': '(globalThis.order ??= []).push("x")',
    },
  },
  'an import of the code itself': {
    code: `import './a.js'; (globalThis.order ??= []).push('code'); export default order`,
    files: { '/app/a.js': 'import "./main.js"; (globalThis.order ??= []).push("a")' },
  },
  'an import that throws': {
    code: `import './a.js'; export default 1`,
    files: { '/app/a.js': 'export const a = 1;\n\n throw new RangeError("in a")' },
  },
  'an import without that name': {
    code: `import { b } from './a.js'; export default b`,
    files: { '/app/a.js': 'export const a = 1' },
  },
  'an import that does not compile': {
    code: `import './a.js'; export default 1`,
    files: { '/app/a.js': 'export const a = ;' },
  },
  'an import that awaits': {
    code: `import { a } from './a.js'; import { b } from './b.js'; export default [a, b, order]`,
    files: {
      '/app/a.js': `(globalThis.order ??= []).push('a'); export const a = await Promise.resolve(1); order.push('then a')`,
      '/app/b.js': `(globalThis.order ??= []).push('b'); export const b = 2`,
    },
  },
  'an import that leaves a job': {
    code: `import './a.js'; order.push('code'); await null; export default order`,
    files: {
      '/app/a.js': `globalThis.order = []; Promise.resolve().then(() => order.push('job'))`,
    },
  },
  'an import that leaves a timer': {
    code: `import { promise } from './a.js'; export default await promise`,
    files: { '/app/a.js': `export const promise = new Promise((r) => setTimeout(r, 1, 'late'))` },
  },
  'an import that leaves a rejection': {
    code: `import './a.js'; export default 1`,
    files: { '/app/a.js': `Promise.reject(new Error('nobody'))` },
  },
  'an import that reads the input': {
    code: `import { a } from './a.js'; export default [a, input]`,
    files: { '/app/a.js': 'export const a = [input, args.length, env.KEY]' },
    message: { inputJson: '{"b":2}', env: { KEY: 'v' } },
  },
  'an import that replaces the input': {
    code: `import './a.js'; export default [input, typeof env, 'args' in globalThis]`,
    files: { '/app/a.js': `globalThis.input = 'mine'; delete globalThis.args` },
    message: { inputJson: '{"b":2}' },
  },
  'an import that deletes the input': {
    code: `import './a.js'; export default 'input' in globalThis`,
    files: { '/app/a.js': `delete globalThis.input` },
    message: { inputJson: '1' },
  },
  'an import that changes what the engine uses': {
    code: `import './a.js'; export default [input, Object.isFrozen(input)]`,
    files: {
      '/app/a.js': `JSON.parse = () => 'wrong'; Object.freeze = (x) => x; Object.keys = () => [];
        Object.defineProperty = () => {}; Object.entries = () => []; Array.prototype.push = () => 0;
        Array.prototype[Symbol.iterator] = function* () {}; Object.prototype.get = () => 'wrong';`,
    },
    message: { inputJson: '{"b":[1,2]}' },
  },
  'an import that prints': {
    code: `import './a.js'; console.log('code'); export default 1`,
    files: { '/app/a.js': `console.log('a')` },
  },
  'an import that encodes': {
    code: `import { bytes } from './a.js'; export default [...bytes]`,
    files: { '/app/a.js': `export const bytes = new TextEncoder().encode('ä')` },
  },
  JSON: {
    code: `import data from './a.json' with { type: 'json' }; data.list.push(3); export default data`,
    files: { '/app/a.json': { source: '{"list":[1,2]}', contentType: 'application/json' } },
  },
  'a map of imports': {
    code: `import { a } from 'lib'; export default [a, import.meta.resolve('lib')]`,
    files: { '/lib/a.js': 'export const a = 1' },
    message: { imports: { lib: 'https://code.example/lib/a.js' } },
  },
  'state that an import keeps': {
    code: `import { next } from './a.js'; next(); export default next()`,
    files: { '/app/a.js': `let n = 0; export const next = () => (n += 1)` },
  },
  'regular expressions and classes that an import makes': {
    code: `import { match, Point } from './a.js'; export default [match('a1b22'), new Point(1, 2).sum]`,
    files: {
      '/app/a.js': `const r = /\\d+/g; export const match = (s) => s.match(r);
        export class Point { #x; #y; constructor(x, y) { this.#x = x; this.#y = y } get sum() { return this.#x + this.#y } }`,
    },
  },
};

/** What requires and is required. */
const commonJs: { readonly [what: string]: Program } = {
  CommonJS: { code: 'exports.a = [typeof module, __filename, new Error("x").stack]' },
  'CommonJS that requires': {
    code: `const { next } = require('./a.js'); next(); module.exports = [next(), require('./a.js').next()]`,
    files: { '/app/a.js': 'let n = 0; exports.next = () => (n += 1)' },
  },
  'CommonJS in a circle': {
    code: `exports.early = 1; module.exports.seen = require('./a.js').seen`,
    files: { '/app/a.js': `const main = require('./main.js'); exports.seen = { ...main }` },
  },
  'CommonJS that requires what throws': {
    code: `let e; try { require('./a.js') } catch (x) { e = x.message } module.exports = e; require('./a.js')`,
    files: { '/app/a.js': 'throw new RangeError("in a")' },
  },
  'CommonJS that requires a module': {
    code: `module.exports = [Object.keys(require('./a.mjs')), require('./a.mjs').default]`,
    files: { '/app/a.mjs': 'export default 5; export const b = 6;' },
  },
  'a module that imports CommonJS': {
    code: `import a, { b } from './a.cjs'; import * as all from './a.cjs'; export default [a, b, Object.keys(all)]`,
    files: { '/app/a.cjs': 'exports.b = 1; exports.c = require("./c.json")', '/app/c.json': '[1]' },
  },
  'a module that imports CommonJS which is required, too': {
    code: `import a from './a.cjs'; import './b.cjs'; a.push('code'); export default a`,
    files: {
      '/app/a.cjs': 'module.exports = ["a"]',
      '/app/b.cjs': `require('./a.cjs').push('b'); exports.x = 1`,
    },
  },
};

describe('every run of the same code ends the same', () => {
  test.each(Object.entries({ ...programs, ...commonJs }))(
    '%s',
    async (_what, { code, files, message = {} }) => {
      for (const source of [long + code, code]) {
        const expected = await runCode(source, files, message, withoutImages);
        for (let round = 0; round < 4; round++) {
          expect(await runCode(source, files, message)).toEqual(expected);
          // Another one in between.
          await runCode(`${long}export default ${round}`);
        }
      }
    },
  );
});

test('short code is worth an image from the second run on', () => {
  const images = new CodeImages(new CodeBudget(1024 * 1024));
  const key = (sha256: string, sourceLength: number) =>
    images.key(sha256, sourceLength, 'script', 'inline:///main.js');
  expect([key('short', 10), key('other', 10)]).toEqual([null, null]);
  expect(key('short', 10)).toBe(key('short', 10));
  expect(key('short', 10)).not.toBe(key('other', 10));
  expect([key('short', 10), key('other', 10), key('long', 1000)]).not.toContain(null);
  expect([key('', 10), key('', 10), key('', 1000)]).toEqual([null, null, null]);
});

test('a map of imports is a part of what is required', async () => {
  const code = `${long}module.exports = require('lib')`;
  const files = { '/1.js': 'exports.a = 1', '/2.js': 'exports.a = 2' };
  for (const path of ['1', '2', '1', '2']) {
    const imports = { lib: `https://code.example/${path}.js` };
    expect((await runCode(code, files, { imports })).result).toEqual({ a: Number(path) });
  }
});

describe('a run has its own', () => {
  const values = async (
    code: string,
    files: Files,
    messages: readonly Partial<RunMessage>[],
  ): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const message of messages) {
      found.push((await runCode(long + code, files, message)).result);
    }
    return found;
  };
  const three = [{}, {}, {}];

  test('inputs, whether or not an import has read them', async () => {
    const messages = [{ inputJson: '1' }, { inputJson: '2' }, {}, { args: ['x'] }];
    const read = `import { a } from './a.js'; export default [a, input ?? null, args]`;
    expect(await values(read, { '/app/a.js': 'export const a = 0' }, messages)).toEqual([
      [0, 1, []],
      [0, 2, []],
      [0, null, []],
      [0, null, ['x']],
    ]);
    expect(
      await values(read, { '/app/a.js': 'export const a = input ?? "none"' }, messages),
    ).toEqual([
      [1, 1, []],
      [2, 2, []],
      ['none', null, []],
      ['none', null, ['x']],
    ]);
  });

  test.each([
    ['random numbers', 'Math.random()'],
    ['random bytes', 'crypto.randomUUID()'],
    ['time', 'performance.now()'],
    ['date', '(await new Promise((done) => setTimeout(done, 3)), Date.now())'],
  ])('%s, where an import asks for them', async (_what, expression) => {
    const found = await values(
      `import { a } from './a.js'; import { b } from './b.js'; export default [a, b]`,
      { '/app/a.js': 'export const a = 1', '/app/b.js': `export const b = ${expression}` },
      [...three, {}],
    );
    expect(new Set(found.map(String)).size).toBe(4);
  });

  test('memory, in which that of its image counts', async () => {
    const files = { '/app/a.js': 'export const kept = new Uint8Array(40 * 1024 * 1024).fill(1)' };
    const code = `${long}import { kept } from './a.js'; export default kept.length`;
    const memory = (mib: number): Partial<RunMessage> => ({
      limits: { ...plainLimits, memoryBytes: mib * 1024 * 1024 },
    });
    for (let round = 0; round < 3; round++) {
      expect((await runCode(code, files, memory(128))).result).toBe(40 * 1024 * 1024);
      expect((await runCode(code, files, memory(32))).error?.code).toBe('MEMORY_LIMIT');
    }
  });
});

describe('other code has another image', () => {
  test('where one byte of an import differs', async () => {
    const code = `${long}import { a } from './a.js'; export default a`;
    for (const value of [1, 2, 1, 2]) {
      expect((await runCode(code, { '/app/a.js': `export const a = ${value}` })).result).toBe(
        value,
      );
    }
  });

  test('where the code is elsewhere', async () => {
    const code = `${long}export default import.meta.url`;
    for (const url of ['https://a.example/x.js', 'https://b.example/x.js']) {
      expect((await runCode(code, {}, { url })).result).toBe(url);
      expect((await runCode(code, {}, { url })).result).toBe(url);
    }
  });

  test('where a redirect or the map leads elsewhere', async () => {
    const code = `${long}import { a } from 'lib'; export default a`;
    const files = {
      '/1.js': 'export const a = import.meta.url',
      '/2.js': 'export const a = import.meta.url',
    };
    for (const path of ['1', '2', '1', '2']) {
      const url = `https://code.example/${path}.js`;
      expect((await runCode(code, files, { imports: { lib: url } })).result).toBe(url);
      const moved = { '/app/l.js': { source: files['/1.js'], finalUrl: url } };
      const elsewhere = `${long}import { a } from './l.js'; export default a`;
      expect((await runCode(elsewhere, moved)).result).toBe(url);
    }
  });
});
