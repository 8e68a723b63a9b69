/** CommonJS: what `require` and `module.exports` do, and what Node.js says to the same files. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type ModuleFiles, plainLimits, runCode } from '../../../support/guest/module-graph.ts';

type Files = { readonly [name: string]: string };

/** By name: the code, and the files beside it. */
const programs: { readonly [what: string]: readonly [code: string, files: Files] } = {
  'exports by name, and this': [
    'exports.a = 1; this.b = 2; module.exports.c = this === exports && exports === module.exports',
    {},
  ],
  'other exports': [
    'module.exports = [require("./a.js"), require("./b.js").n]',
    {
      'a.js': 'module.exports = "a"',
      'b.js': 'exports.n = require("./a.js") + "b"',
    },
  ],
  'names without an extension': [
    'module.exports = [require("./lib"), require("./lib/two"), require("./data"), require(`./lib/`)]',
    {
      'lib/index.js': 'module.exports = require("./two") + require("..")',
      'lib/two.js': 'module.exports = 2',
      'index.js': 'module.exports = 40',
      'data.json': '{"json": [1, null]}',
    },
  ],
  'cycles, with what is exported so far': [
    'exports.done = false; exports.a = require("./a.js"); exports.done = true',
    {
      'a.js': 'exports.first = 1; exports.b = require("./b.js"); exports.second = 2',
      'b.js': 'const a = require("./a.js"); module.exports = { ...a, keys: Object.keys(a) }',
    },
  ],
  'one evaluation for all': [
    'require("./a.js"); require("./a.js"); require("./b.js"); exports.count = globalThis.count',
    { 'a.js': 'globalThis.count = (globalThis.count ?? 0) + 1', 'b.js': 'require("./a.js")' },
  ],
  'evaluation where it is required': [
    'const log = globalThis.log = []; log.push(1); require("./a.js"); log.push(3); if (0) require("./b.js"); module.exports = log',
    { 'a.js': 'log.push(2)', 'b.js': 'log.push("never")' },
  ],
  'a failed module once more': [
    'const tries = []; for (const _ of [1, 2]) try { require("./a.js") } catch (e) { tries.push(e.message) } module.exports = tries',
    { 'a.js': 'globalThis.n = (globalThis.n ?? 0) + 1; throw new Error("try " + n)' },
  ],
  'sloppy code': [
    'exports.self = (function () { return this === globalThis })(); with ({ q: 1 }) exports.q = q; undeclared = 2; exports.u = undeclared; return; exports.never = 1',
    {},
  ],
  'strict code': ['"use strict"; exports.self = (function () { return this })() === undefined', {}],
  'variables of its own': [
    'var secret = 1; function named() {} exports.types = [typeof globalThis.secret, typeof globalThis.named]; exports.a = require("./a.js")',
    { 'a.js': 'module.exports = typeof secret' },
  ],
  'module and require': [
    'exports.m = [module.id, module.loaded, require.main === module, module.children.length, typeof module.require, typeof require.resolve]; exports.a = require("./a.js")',
    {
      'a.js':
        'module.exports = [module.loaded, require.main === module, module.exports === exports]',
    },
  ],
  'the cache, emptied': [
    'require("./a.js"); delete require.cache[require.resolve("./a.js")]; require("./a.js"); module.exports = globalThis.count',
    { 'a.js': 'globalThis.count = (globalThis.count ?? 0) + 1' },
  ],
  'a parent': [
    'module.exports = require("./a.js")',
    { 'a.js': 'module.exports = module.parent.id' },
  ],
  'errors of wrong arguments': [
    'const tried = []; for (const id of [undefined, 5, ""]) try { require(id) } catch (e) { tried.push([e.name, e.code]) } module.exports = tried',
    {},
  ],
  UMD: [
    '(function (root, factory) { if (typeof define === "function" && define.amd) define([], factory); else if (typeof module === "object" && module.exports) module.exports = factory(require("./a.js")); else root.Lib = factory(root.A); })(this, (a) => ({ lib: a }))',
    {
      'a.js':
        '!function (e, t) { "object" == typeof exports && "undefined" != typeof module ? module.exports = t() : e.A = t() }(this, function () { return "umd" })',
    },
  ],
  'a bundle with a shim of require': [
    'var __require = ((x) => typeof require !== "undefined" ? require : x)(() => { throw 1 }); module.exports = typeof __require',
    {},
  ],
  'ES modules': [
    'const named = require("./named.mjs"); const both = require("./both.mjs"); module.exports = [Object.keys(named), Object.keys(both), both.default, both.x, require("./named.mjs") === named, require("./own.mjs")]',
    {
      'named.mjs': 'export const x = 1; export let y = 2',
      'both.mjs': 'import { x } from "./named.mjs"; export { x }; export default x + 1',
      'own.mjs': 'const mine = "mine"; export { mine as "module.exports" }; export default 1',
    },
  ],
  'what ES modules throw': [
    'const tried = []; for (const _ of [1, 2]) try { require("./a.mjs") } catch (e) { tried.push(e.message) } module.exports = tried',
    { 'a.mjs': 'throw new RangeError("no")' },
  ],
  'an ES module that awaits': [
    'try { require("./a.mjs") } catch (e) { exports.code = e.code; exports.ran = typeof globalThis.ran }',
    { 'a.mjs': 'import "./b.mjs"', 'b.mjs': 'globalThis.ran = 1; await 1' },
  ],
  'a cycle through an ES module, caught': [
    'try { require("./a.mjs") } catch (e) { exports.code = e.code }',
    { 'a.mjs': 'import "./main.cjs"' },
  ],
  'CommonJS that requires what imports it': [
    'module.exports = import("./a.mjs").then((m) => m.default)',
    {
      'a.mjs': 'import { code } from "./b.cjs"; export default code; export const x = 1',
      'b.cjs': 'try { require("./a.mjs") } catch (e) { exports.code = e.code }',
    },
  ],
  'an ES module that has been evaluated': [
    'module.exports = import("./a.mjs").then((m) => m.default)',
    {
      'a.mjs':
        'import "./b.mjs"; import { x, y } from "./c.cjs"; import "./d.mjs"; export default [x, y, globalThis.order]',
      'b.mjs': 'export const x = 1; (globalThis.order ??= []).push("b")',
      'c.cjs':
        'exports.x = require("./b.mjs").x; exports.y = require("./d.mjs").y; globalThis.order.push("c")',
      'd.mjs': 'export const y = 2; globalThis.order.push("d")',
    },
  ],
  'imports of CommonJS': [
    'module.exports = import("./main.mjs").then((m) => m.default)',
    {
      'main.mjs':
        'import whole, { a, c, __esModule as marked } from "./a.cjs"; import * as all from "./a.cjs"; import json from "./fn.cjs"; export default [whole, a, c, marked, Object.keys(all), all["module.exports"] === whole, typeof json, json.extra]',
      'a.cjs':
        'Object.defineProperty(exports, "__esModule", { value: true }); exports.a = 1; exports.default = "inner"; var more = require("./more.cjs"); Object.keys(more).forEach(function (k) { if (k === "default" || k === "__esModule") return; if (k in exports && exports[k] === more[k]) return; exports[k] = more[k]; }); __exportStar(require("./more.cjs"), exports); function __exportStar(m, e) { for (const k in m) if (!(k in e)) e[k] = m[k] }',
      'more.cjs': 'exports.c = 3; exports["with-dash"] = 4',
      'fn.cjs': 'module.exports = function () {}; module.exports.extra = 1',
    },
  ],
};

function inNode(code: string, files: Files): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'commonjs-'));
  try {
    for (const [name, text] of Object.entries({ ...files, 'main.cjs': code })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    writeFileSync(join(folder, 'package.json'), '{}');
    const program = join(folder, 'main.cjs');
    const print =
      'Promise.resolve(process.mainModule.exports).then((r) => process.stdout.write(JSON.stringify(r)))';
    writeFileSync(join(folder, 'print.cjs'), `setImmediate(() => { ${print} })`);
    const output = execFileSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--require', join(folder, 'print.cjs'), program],
      { encoding: 'utf8' },
    );
    return JSON.parse(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function served(files: Files): ModuleFiles {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`/app/${name}`, text]));
}

const mainUrl = 'https://code.example/app/main.cjs';

describe('a CommonJS module', () => {
  test.each(Object.entries(programs))(
    'gives what it gives in Node.js: %s',
    async (_, [code, files]) => {
      const expected = inNode(code, files);
      for (let run = 0; run < 5; run++) {
        const { result, error } = await runCode(code, served(files), { url: mainUrl });
        expect([error?.message, result]).toEqual([undefined, expected]);
      }
    },
  );
});

const input = { inputJson: '"Ada"' };

describe('the code of a request', () => {
  test.each<readonly [what: string, code: string, result: unknown, entrypoint?: string]>([
    [
      'is called where it exports a function',
      'module.exports = async (name) => ({ name })',
      { name: 'Ada' },
    ],
    ['has a handler', 'exports.handler = (name) => name.length', 3],
    ['has an entrypoint', 'exports.shout = (name) => name + "!"', 'Ada!', 'shout'],
    ['is its default', 'module.exports = (name) => name', 'Ada', 'default'],
    ['is null where it is a class', 'module.exports = class Point {}', null],
    [
      'has a handler beside a class',
      'module.exports = class { static handler(a) { return a } }',
      'Ada',
    ],
    ['is a script where a text mentions it', '"module.exports = require(1)".length', 27],
    ['is a script where a comment mentions it', '// module.exports.x = require("x")\n 6 * 7', 42],
    [
      'is a script where it declares the names',
      'const module = { exports: {} }; var require = () => 5; module.exports.x = require("x")',
      5,
    ],
    [
      'is a script where parameters have the names',
      '((exports, module) => { module.exports = 1; return exports })(2, {})',
      2,
    ],
    [
      'is a script behind a library that may be CommonJS',
      '(function (r, f) { if (typeof module === "object" && module.exports) module.exports = f(); else r.Lib = f(); })(globalThis, () => ({ a: 1 })); Lib.a',
      1,
    ],
    [
      'is a script where a bundler only asks for require',
      '(() => { var r = typeof require !== "undefined" ? require : 1; return 9 })()',
      9,
    ],
    ['is an ES module where it exports', 'export default typeof module', 'undefined'],
    ['may begin with a line for shells', '#!/usr/bin/env node\nmodule.exports = 4', 4],
  ])('%s', async (_, code, result, entrypoint = null as never) => {
    const run = await runCode(code, {}, { ...input, ...(entrypoint && { entrypoint }) });
    expect([run.error?.message, run.result]).toEqual([undefined, result]);
  });

  test('may be TypeScript', async () => {
    const code = 'import a = require("./a.ts");\nconst n: number = a.n;\nexport = { n };';
    const files = { '/app/a.ts': 'enum E { One = 1 }\nexports.n = E.One as number' };
    const { result, codeType, error } = await runCode(code, files, { codeType: 'typescript' });
    expect([error?.message, result, codeType]).toEqual([undefined, { n: 1 }, 'typescript']);
  });
});

interface Failure {
  readonly code: string;
  readonly message: RegExp;
  readonly at: string | null;
}

describe('what cannot be required', () => {
  const main = 'https://code.example/app/main.js';
  test.each<readonly [what: string, code: string, files: ModuleFiles, failure: Failure]>([
    [
      'a module of Node.js',
      '\n  require("fs")',
      {},
      {
        code: 'IMPORT_FAILED',
        message: /^Cannot require "fs" \(.*main\.js:2:\d+\): modules of Node\.js are not there/,
        at: `${main}:2`,
      },
    ],
    [
      'one with its scheme',
      'exports.x = require("node:path")',
      {},
      { code: 'IMPORT_FAILED', message: /"node:path"/, at: `${main}:1` },
    ],
    [
      'a computed name',
      'const a = "f";\n\nrequire(a + "s")',
      {},
      { code: 'IMPORT_FAILED', message: /"fs".*computed/, at: `${main}:3` },
    ],
    [
      'a bare name',
      'require("lodash")',
      {},
      { code: 'IMPORT_FAILED', message: /"lodash".*imports/, at: `${main}:1` },
    ],
    [
      'what is not there',
      'module.exports = require("./none")',
      {},
      { code: 'IMPORT_FAILED', message: /404/, at: `${main}:1` },
    ],
    [
      'in a module',
      'require("./a.js")',
      { '/app/a.js': '\nrequire("os")' },
      { code: 'IMPORT_FAILED', message: /a\.js:2:/, at: 'a.js:2' },
    ],
    [
      'what does not parse',
      'require("./a.js")',
      { '/app/a.js': 'let a;\nlet b = = 1' },
      { code: 'IMPORT_FAILED', message: /SyntaxError.*a\.js:2:9/, at: 'a.js:2' },
    ],
    [
      'what ends its function',
      'require("./a.js")',
      { '/app/a.js': '}); globalThis.evil = 1; (function () {' },
      { code: 'IMPORT_FAILED', message: /SyntaxError/, at: 'a.js:1' },
    ],
    [
      'what throws',
      'require("./a.js")',
      { '/app/a.js': 'null.x' },
      { code: 'RUNTIME_ERROR', message: /null/, at: `a.js:1:5` },
    ],
    [
      'a cycle through an ES module',
      'require("./a.mjs")',
      { '/app/a.mjs': 'import "./main.js"' },
      { code: 'RUNTIME_ERROR', message: /cycle/, at: `${main}:1` },
    ],
    [
      'no text',
      'require(5)',
      {},
      { code: 'RUNTIME_ERROR', message: /"id" argument must be of type string/, at: `${main}:1` },
    ],
  ])('%s is an error with its place', async (_, code, files, { code: errorCode, message, at }) => {
    for (let run = 0; run < 2; run++) {
      const { error } = await runCode(code, files);
      expect(error).toMatchObject({ code: errorCode });
      expect(error?.message).toMatch(message);
      expect(error?.stack).toContain(at);
    }
  });

  test('is an error that code can catch, and none where it is not called', async () => {
    const code = `if (globalThis.process) require('fs');
      try { require('crypto') } catch (error) { exports.code = error.code }`;
    expect((await runCode(code)).result).toEqual({ code: 'MODULE_NOT_FOUND' });
  });

  test('is wrong as the code itself where that does not parse', async () => {
    const { error } = await runCode('const a = require("./a.js");\n let b = = 2');
    expect(error).toMatchObject({ code: 'SYNTAX_ERROR', details: { line: 2, column: 10 } });
  });

  test('counts as a module', async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`/app/${n}.js`, '']));
    const code = 'require("./1.js"); require("./2.js"); require("./3.js")';
    const { error } = await runCode(code, files, { limits: { ...plainLimits, maxModules: 2 } });
    expect(error?.message).toMatch(/more than 2 modules/);
  });
});
