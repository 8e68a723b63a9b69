/** `script-engine run`: each option, as it is typed, with what it prints and how it ends. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { wat } from '../support/guest/wat.ts';
import { type FixtureServer, startFixtureServer } from '../support/servers/fixture-server.ts';
import { run, start } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
const cwd = join(folder, 'project');
let fixtures: FixtureServer;
let env: Record<string, string>;

/** Its bytes after the header are a section that nobody reads. */
function padded(module: Uint8Array, bytes: number): Buffer {
  const size = bytes + 2;
  const leb = [0, 7, 14, 21].map((shift) => ((size >> shift) & 127) | (shift < 21 ? 128 : 0));
  return Buffer.concat([module, Buffer.from([0, ...leb, 1, 120]), Buffer.alloc(bytes)]);
}

const program = `(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const CODE))))`;

const files: Readonly<Record<string, string | Uint8Array>> = {
  'project/package.json': '{}',
  'project/hello.js':
    'console.log("out"); console.error("err"); app_log("warn", "said", { a: 1 }); 42',
  'project/greet.mjs': 'export default ({ name }) => "Hi, " + name;\nexport const other = 7;',
  'project/typed.ts': 'const n: number = 5; n',
  'project/given.js': '({ input, args, env, stdin, file: files.text("in.txt") })',
  'project/src/main.ts':
    'import { twice } from "../lib/twice.ts"; import data from "./data.json" with { type: "json" }; export default twice(data.n);',
  'project/lib/twice.ts': 'export const twice = (n: number): number => n * 2;',
  'project/src/data.json': '{"n":4}',
  'project/required.cjs': 'module.exports = require("./one.cjs") + 1',
  'project/one.cjs': 'module.exports = 1',
  'project/.hidden.json': '{"secret":1}',
  'secret.json': '{"secret":1}',
  'project/input.json': '{"name":"Bo"}',
  'project/rows.ndjson': '{"n":1}\n\n{"n":2}\n{"n":0}\n',
  'project/row.js':
    'console.log("row", input.n); if (input.n === 0) throw new Error("none"); input.n * 10',
  'project/writes.js':
    'files.write("/out/a.txt", "text"); files.write("/b.bin", new Uint8Array([255, 0])); 1',
  'project/exit3.wasm': wat(program.replace('CODE', '3')),
  'project/exit256.wasm': wat(program.replace('CODE', '256')),
  'project/add.wasm': wat(
    '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))',
  ),
  'project/large.wasm': padded(
    wat('(module (func (export "main") (result i32) (i32.const 6)))'),
    7_000_000,
  ),
  'project/latin.js': Buffer.from('"caf\xe9"', 'latin1'),
  'project/asks-latin.mjs': 'import "./latin.js"; export default 1',
  'project/loop.js': 'console.log("before"); for (;;);',
  'project/hoard.js': 'const kept = []; for (;;) kept.push(new Uint8Array(1e6))',
};

beforeAll(async () => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink('circle.js', join(cwd, 'circle.js'));
  await symlink(join(folder, 'secret.json'), join(cwd, 'linked.json'));
  fixtures = await startFixtureServer();
  env = { ENGINE_TRUSTED_ORIGINS: fixtures.origin };
});
afterAll(async () => {
  await fixtures.close();
  rmSync(folder, { recursive: true });
});

/** Arguments, with blanks between them, and what comes of them. */
type Case = readonly [
  typed: string,
  expected: { code?: number; stdout?: string; stderr?: string | RegExp },
];

const cases: readonly Case[] = [
  ['hello.js', { stdout: 'out\n42\n', stderr: 'err\n[warn] said {"a":1}\n' }],
  ['hello.js --quiet', { stdout: 'out\n' }],
  ['greet.mjs --input {"name":"Ada"}', { stdout: '"Hi, Ada"\n' }],
  ['greet.mjs --input @input.json', { stdout: '"Hi, Bo"\n' }],
  ['greet.mjs --entrypoint other', { stdout: '7\n' }],
  ['typed.ts', { stdout: '5\n' }],
  ['src/main.ts', { stdout: '8\n' }],
  ['required.cjs', { stdout: '2\n' }],
  [
    'given.js --input 1 --env A=b=c --env B= --stdin input.json --file in.txt=one.cjs -- x --y',
    {
      stdout: `${JSON.stringify({ input: 1, args: ['x', '--y'], env: { A: 'b=c', B: '' }, stdin: '{"name":"Bo"}', file: 'module.exports = 1' })}\n`,
    },
  ],
  ['add.wasm --entrypoint add -- 2 3', { stdout: '5\n' }],
  ['large.wasm', { stdout: '6\n' }],
  ['exit3.wasm', { code: 3, stdout: '', stderr: /NON_ZERO_EXIT/ }],
  ['exit256.wasm', { code: 1, stdout: '' }],
  [
    'row.js --inputs rows.ndjson',
    {
      code: 1,
      stdout: expect.stringMatching(
        /^row 1\n10\nrow 2\n20\nrow 0\n\{"error":\{"code":"RUNTIME_ERROR".*\n$/,
      ) as unknown as string,
      stderr: /^BATCH_FAILED: 1 of 3 /,
    },
  ],
  ['row.js --inputs rows.ndjson --quiet', { code: 1, stdout: 'row 1\nrow 2\nrow 0\n' }],
  ['loop.js --timeout 2000', { code: 124, stdout: 'before\n', stderr: /^TIMEOUT: / }],
  ['hoard.js --memory 32', { code: 1, stdout: '', stderr: /^MEMORY_LIMIT: / }],
  ['hello.js --timeout 99999999', { code: 2, stderr: /^INVALID_REQUEST: limits\.timeoutMs/ }],
  // Wrong use.
  ['absent.js', { code: 2, stderr: 'The code: absent.js: there is no such file (ENOENT)\n' }],
  ['lib', { code: 2, stderr: 'The code: lib: it is a folder (EISDIR)\n' }],
  ['hello.js/x.js', { code: 2, stderr: /: a part of its path is no folder \(ENOTDIR\)\n$/ }],
  ['circle.js', { code: 2, stderr: /: its links lead in a circle \(ELOOP\)\n$/ }],
  [`${'x'.repeat(300)}.js`, { code: 2, stderr: /: the name is too long \(ENAMETOOLONG\)\n$/ }],
  ['hello.js --input @lib', { code: 2, stderr: '--input: lib: it is a folder (EISDIR)\n' }],
  ['hello.js --file a=circle.js', { code: 2, stderr: /^--file: circle\.js: .*\(ELOOP\)\n$/ }],
  ['latin.js', { code: 2, stderr: 'The code: latin.js is not text in UTF-8\n' }],
  ['asks-latin.mjs', { code: 2, stderr: 'latin.js is not text in UTF-8\n' }],
  ['hello.js --input {', { code: 2, stderr: /^--input is not JSON: / }],
  ['hello.js --inputs add.wasm', { code: 2, stderr: /^--inputs: add\.wasm:1 is not JSON: / }],
  ['hello.js --input 1 --inputs rows.ndjson', { code: 2, stderr: /cannot be used with/ }],
  ['hello.js --offline --allow-host *', { code: 2, stderr: /cannot be used with/ }],
  ['hello.js --env A', { code: 2, stderr: /It is not NAME=VALUE/ }],
  ['hello.js --env A=1 --env A=2', { code: 2, stderr: /A is there twice/ }],
  ['hello.js --timeout 1s', { code: 2, stderr: /It is not a whole number/ }],
  ['hello.js --type cobol', { code: 2, stderr: /Allowed choices are javascript/ }],
  ['hello.js --endpoint ftp://host', { code: 2, stderr: /is no URL of an API/ }],
  ['- --stdin -', { code: 2, stderr: /stdin can be read for one thing only/ }],
  ['- --watch', { code: 2, stderr: /stdin cannot be read again/ }],
  ['https://host.invalid/x.js --watch', { code: 2, stderr: /there is no file to wait for/ }],
  ['hello.js --unknown', { code: 2, stderr: /unknown option '--unknown'/ }],
  ['', { code: 2, stderr: /missing required argument 'source'/ }],
];

test.each(cases)('run %s', async (typed, { code = 0, stdout, stderr }) => {
  const args = typed.split(' ').filter((arg) => arg !== '');
  const ended = await run(['run', ...args], { cwd, env });
  expect(ended).toMatchObject({ code, ...(stdout !== undefined && { stdout }) });
  if (typeof stderr === 'string') expect(ended.stderr).toBe(stderr);
  if (stderr instanceof RegExp) expect(ended.stderr).toMatch(stderr);
});

test('takes code from stdin, with a type, and says the place of a mistake in it', async () => {
  const ended = await run(['run', '-', '--type', 'typescript'], {
    stdin: 'const n: number = 1;\nn.x.y',
  });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toContain('at <stdin>:2:4');
});

test('names the file of a mistake as it was typed', async () => {
  await writeFile(join(cwd, 'src/wrong.js'), 'null.x');
  const { stderr } = await run(['run', 'src/wrong.js'], { cwd });
  expect(stderr).toContain('at src/wrong.js:1:5');
  expect(stderr).not.toContain('inline:');
});

test.each(['$&.js', '$`.js', 'new\nline.js'])('names the file %j as it is', async (name) => {
  await writeFile(join(cwd, name), 'null.x');
  expect((await run(['run', name], { cwd })).stderr).toContain(`at ${name}:1:5\n`);
});

test('--json prints the whole response and nothing else', async () => {
  const { code, stdout, stderr } = await run(['run', 'hello.js', '--json'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ status: 'success', result: 42, stdout: 'out\n' });
  const failed = await run(['run', 'hello.js', '--json', '--memory', '1'], { cwd });
  expect(failed.code).toBe(2);
  expect(JSON.parse(failed.stdout)).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
});

test('the result has a line of its own', async () => {
  const wasi = wat(`(module
    (import "env" "capture_stdout" (func $print (param i32 i32)))
    (memory (export "memory") 1) (data (i32.const 0) "no end")
    (func (export "main") (result i32) (call $print (i32.const 0) (i32.const 6)) (i32.const 1)))`);
  await writeFile(join(cwd, 'print.wasm'), wasi);
  expect((await run(['run', 'print.wasm'], { cwd })).stdout).toBe('no end\n1\n');
  expect((await run(['run', 'print.wasm', '--quiet'], { cwd })).stdout).toBe('no end');
});

test('--out puts files of the run here, and a missing one is a failure', async () => {
  const out = ['--out', 'out/a.txt=made/a.txt', '--out', '/b.bin=b.bin'];
  expect(await run(['run', 'writes.js', ...out], { cwd })).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(cwd, 'made/a.txt'), 'utf8')).toBe('text');
  expect([...readFileSync(join(cwd, 'b.bin'))]).toEqual([255, 0]);
  const missing = await run(['run', 'writes.js', '--out', 'c=c'], { cwd });
  expect(missing).toMatchObject({ code: 1, stderr: 'The run has left no /c\n' });
});

test('--out that cannot be written is named, and costs neither the result nor the other files', async () => {
  await mkdir(join(cwd, 'taken'));
  const stdin = 'for (const name of ["a", "b", "c"]) files.write(name, name); 1';
  const out = ['a=taken', 'b=hello.js/b', 'c=deep/down/c'].flatMap((one) => ['--out', one]);
  const ended = await run(['run', '-', ...out], { cwd, stdin });
  expect(ended).toMatchObject({ code: 1, stdout: '1\n' });
  expect(ended.stderr).toBe(
    '--out: taken: it is a folder (EISDIR)\n--out: hello.js/b: a part of its path is no folder (ENOTDIR)\n',
  );
  expect(readFileSync(join(cwd, 'deep/down/c'), 'utf8')).toBe('c');
});

test('runs a URL, with an import map, and fetches from allowed hosts only', async () => {
  const module = fixtures.serve('export const n = 3;', { extension: '.mjs' });
  const code = `import { n } from 'three';
    const asked = await fetch(${JSON.stringify(module)}).then(({ status }) => status, String);
    export default [n, asked];`;
  const url = fixtures.serve(code, { extension: '.mjs' });
  const mapped = ['run', url, '--import', `three=${module}`];
  expect((await run(mapped, { env })).stdout).toBe('[3,200]\n');
  const allowing = await run([...mapped, '--allow-host', 'api.example.com'], { env });
  expect(allowing.stdout).toMatch(/^\[3,"TypeError: /);
});

test('--offline sends nothing, and runs modules from here all the same', async () => {
  expect((await run(['run', 'src/main.ts', '--offline'], { cwd })).stdout).toBe('8\n');
  const url = fixtures.serve('export default 1', { extension: '.mjs' });
  const stdin = `let said = []; for (const ask of [fetch, (url) => import(url)]) await ask(${JSON.stringify(url)}).catch(() => said.push('no')); said`;
  expect((await run(['run', '-', '--offline'], { stdin, env })).stdout).toBe('["no","no"]\n');
});

test('gives code no file outside of its project', async () => {
  for (const path of ['../secret.json', './.hidden.json', './linked.json']) {
    await writeFile(
      join(cwd, 'spy.mjs'),
      `import s from ${JSON.stringify(path)} with { type: 'json' }; export default s;`,
    );
    const ended = await run(['run', 'spy.mjs'], { cwd });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('Cannot import');
  }
});

test('--watch runs again when a module of the code changes', async () => {
  const { child, ended, printed } = start(['run', 'src/main.ts', '--watch'], { cwd });
  await printed(/^8\n/);
  await writeFile(join(cwd, 'src/data.json'), '{"n":"broken');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await writeFile(join(cwd, 'src/data.json'), '{"n":50}');
  await printed(/100\n$/);
  child.kill('SIGINT');
  const { signal, stderr } = await ended;
  expect(signal).toBe('SIGINT');
  expect(stderr).toContain('Waiting for a change of 3 files …\n');
});

test('shows output while the code runs', async () => {
  const gate = Promise.withResolvers<void>();
  const url = fixtures.answer(async (_, response) => {
    await gate.promise;
    response.end();
  });
  const stdin = `console.log('first'); await fetch(${JSON.stringify(url)}); 'last'`;
  const { printed, ended } = start(['run', '-'], { stdin, env });
  await printed(/^first\n$/);
  gate.resolve();
  expect((await ended).stdout).toBe('first\n"last"\n');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the run', async (signal) => {
  let child: ReturnType<typeof start>['child'] | undefined;
  const url = fixtures.answer((_, response) => {
    response.end();
    child?.kill(signal);
  });
  const started = start(['run', '-', '--timeout', '600000'], {
    stdin: `await fetch(${JSON.stringify(url)}); for (;;);`,
    env,
  });
  child = started.child;
  expect(await started.ended).toMatchObject({ signal, stdout: '' });
});

test('says in a line which setting does not parse', async () => {
  const ended = await run(['run', 'hello.js'], { cwd, env: { ENGINE_NOPE: '1' } });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/^ENGINE_NOPE: is no setting[^\n]*\n$/);
});

test('serve answers until a signal ends it', async () => {
  const { child, ended, printed } = start(['serve'], { env: { PORT: '0' } });
  await printed(/listens on http:\S+ /);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

describe('--help', () => {
  test('has examples and the exit codes', async () => {
    const { code, stdout } = await run(['run', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('script-engine run hello.js');
    expect(stdout).toContain('124 for a timeout');
    expect(stdout).not.toContain('default: ');
  });

  test('--version', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
