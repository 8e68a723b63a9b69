/** Each option in a pipe and in a terminal: what is the same, and what only people see. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { wat } from '../support/guest/wat.ts';
import { nodes } from '../support/runtimes/nodes.ts';
import { startServedEngine } from '../support/served-engine.ts';
import { command, follow, run, spawnOptions } from './command.ts';

const bin = fileURLToPath(new URL('../../lambda/cli/script-engine.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
const { engine, fixtures } = await startServedEngine();
const env = { ENGINE_TRUSTED_ORIGINS: fixtures.origin };
const three = fixtures.serve('export const n = 3;', { extension: '.mjs' });

const files: Readonly<Record<string, string | Uint8Array>> = {
  rows: '1\n2\n3\n',
  'code.js': 'console.log("a"); console.error("b"); input',
  'much.js': 'console.log(0); console.log("x".repeat(500_000));',
  'given.js': '({ args, env, stdin, file: files.text("in.txt") })',
  'writes.js': 'files.write("/made", "text"); 1',
  'mapped.mjs': 'import { n } from "three"; export default n; export const other = 7;',
  'asks.js': 'await fetch(input).then(({ status }) => status, ({ name }) => name)',
  typed: 'const n: number = 5; n',
  'wrong.js': '\nnull.x',
  'loop.js': 'console.log("before"); for (;;);',
  'hoard.js': 'const kept = []; for (;;) kept.push(new Uint8Array(1e6))',
  'open.wasm': wat(`(module
    (import "env" "capture_stdout" (func $print (param i32 i32)))
    (memory (export "memory") 1) (data (i32.const 0) "no end")
    (func (export "main") (call $print (i32.const 0) (i32.const 6)))
    (func (export "fail") (call $print (i32.const 0) (i32.const 6)) unreachable))`),
  'exit3.wasm': wat(`(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 3))))`),
};

beforeAll(() => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** util-linux's `script` runs a command in a terminal of its own. */
const hasTerminal = (() => {
  try {
    return /util-linux/.test(execFileSync('script', ['--version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();
if (!hasTerminal) {
  process.stdout.write(
    'Left out, as there is no script of util-linux: the command in a terminal\n',
  );
}
const describeInTerminal = hasTerminal ? describe : describe.skip;

const ctrlC = '\x03';
/** To the start of the line, and what is there goes. */
const clear = '\r\x1b[K';

interface Terminal {
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed; `null`: it comes later. */
  readonly keys?: string | null;
  readonly columns?: number;
  /** The Node.js, and what it starts. */
  readonly script?: readonly [node: string, file: string];
}

function inTerminal(
  args: string,
  { env: more = {}, keys = '', columns = 80, script = [process.execPath, command] }: Terminal = {},
) {
  const line = `stty cols ${columns}; exec '${script[0]}' '${script[1]}' ${args}`;
  const options = spawnOptions({ cwd: folder, env: { ...env, TERM: 'xterm', ...more } });
  return follow(spawn('script', ['-qec', line, '/dev/null'], options), keys);
}

/** As a program that has no terminal sees it. */
const inPipe = (args: string) => {
  const line = `exec '${process.execPath}' '${command}' ${args}`;
  return follow(spawn('sh', ['-c', line], spawnOptions({ cwd: folder, env }))).ended;
};

/** What was typed, what is shown (lines of stderr begin with `!`), and the exit code. */
const cases: readonly (readonly [args: string, shown: string, code?: number])[] = [
  ['run code.js --input 5', 'a\n!b\n5\n'],
  ['run code.js --input 5 --quiet', 'a\n!b\n'],
  [
    'run given.js --env A=1 --stdin rows --file in.txt=typed -- x --y',
    '{"args":["x","--y"],"env":{"A":"1"},"stdin":"1\\n2\\n3\\n","file":"const n: number = 5; n"}\n',
  ],
  ['run writes.js --out made=made', '1\n'],
  ['run writes.js --out absent=absent', '!The run has left no /absent\n1\n', 1],
  [`run mapped.mjs --import three=${three}`, '3\n'],
  [`run mapped.mjs --import three=${three} --entrypoint other`, '7\n'],
  ['run typed --type typescript', '5\n'],
  [`run asks.js --input '"${three}"'`, '200\n'],
  [`run asks.js --input '"${three}"' --allow-host api.example.com`, '"TypeError"\n'],
  [`run asks.js --input '"${three}"' --offline`, '"TypeError"\n'],
  [`run code.js --input 5 --endpoint ${engine.origin} --api-key k`, 'a\n!b\n5\n'],
  ['run - --input 2 <rows', '3\n'],
  ['run exit3.wasm', '!NON_ZERO_EXIT: The program exited with code 3.\n', 3],
  [
    'run wrong.js',
    "!  1 |\n!> 2 | null.x\n!    |     ^\n!TypeError: cannot read property 'x' of null\n!    at wrong.js:2:5\n",
    1,
  ],
  ['run loop.js --timeout 2000', 'before\n!TIMEOUT: …\n', 124],
  ['run hoard.js --memory 32', '!MEMORY_LIMIT: …\n', 1],
  ['run absent.js', '!The code: absent.js: there is no such file (ENOENT)\n', 2],
  ['run code.js --timeout soon', '!error: …\n!(--help tells what there is)\n', 2],
  ['serve now', '!error: …\n!(--help tells what there is)\n', 2],
];

/** Where a message goes on does not matter here. */
const shortened = (text: string) => text.replace(/^(TIMEOUT|MEMORY_LIMIT|error): .*/gm, '$1: …');

const linesOf = (shown: string, isOfStderr: boolean) =>
  shown
    .split(/(?<=\n)/)
    .filter((line) => line.startsWith('!') === isOfStderr)
    .map((line) => line.replace(/^!/, ''))
    .join('');

describe('in a pipe', () => {
  test.each(cases)('%s', async (args, shown, code = 0) => {
    const { stdout, stderr, ...ended } = await inPipe(args);
    expect({ stdout, stderr: shortened(stderr), code: ended.code }).toEqual({
      stdout: linesOf(shown, false),
      stderr: linesOf(shown, true),
      code,
    });
  });

  test('many inputs, and code that lets wait for itself, have no progress', async () => {
    const ended = await run(['run', 'code.js', '--inputs', 'rows'], { cwd: folder });
    expect(ended).toMatchObject({ stdout: 'a\n1\na\n2\na\n3\n', stderr: 'b\nb\nb\n' });
    expect(await inPipe(`run ${slow()}`)).toMatchObject({ stdout: '1\n', stderr: '' });
  });

  test('ends without a word where nobody reads on', async () => {
    const line = `'${process.execPath}' '${command}' run much.js | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const child = spawn('bash', ['--norc', '-c', line], spawnOptions({ cwd: folder }));
    expect(await follow(child).ended).toMatchObject({ stdout: '0\n141\n', stderr: '' });
  });
});

/** The URL of code that is there after more than two seconds. */
function slow(): string {
  return fixtures.answer((_, response) => {
    setTimeout(() => response.setHeader('content-type', 'text/javascript').end('1'), 2600);
  });
}

describeInTerminal('in a terminal', () => {
  test.each(cases)('%s', async (args, shown, code = 0) => {
    const { stdout, ...ended } = await inTerminal(args).ended;
    const screen = shortened(stdout.replaceAll('\r\n', '\n'));
    expect({ screen, code: ended.code }).toEqual({ screen: shown.replace(/^!/gm, ''), code });
  });

  test('the tables have each option that --help tells', async () => {
    const { stdout } = await run(['run', '--help']);
    const told = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name);
    const typed = cases.map(([args]) => args).join(' ');
    // Those have tests of their own.
    const others = ['--help', '--inputs', '--json', '--watch'];
    expect(told.length).toBeGreaterThan(15);
    const missing = told.filter((name) => !`${typed} ${others.join(' ')} `.includes(`${name} `));
    expect(missing).toEqual([]);
  });

  test('--json is a line, and nothing else', async () => {
    const { code, stdout } = await inTerminal('run code.js --input 5 --json').ended;
    expect(stdout).toMatch(/^\{[^\n]*\}\r\n$/);
    expect({ code, result: JSON.parse(stdout).result }).toEqual({ code: 0, result: 5 });
  });

  test('--inputs shows how many have ended', async () => {
    const { code, stdout } = await inTerminal('run code.js --inputs rows').ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`${clear}1 of 3 inputs`);
    // The line is gone before anything is printed, and in the end.
    const plain = stdout
      .split(clear)
      .filter((part) => !/^[123] of 3 inputs$/.test(part))
      .join('');
    expect(plain.replaceAll('\r\n', '\n')).toBe('a\nb\n1\na\nb\n2\na\nb\n3\n');
  });

  test('progress does not clear what a run has printed without an end of line', async () => {
    const { stdout } = await inTerminal('run open.wasm --inputs rows --quiet').ended;
    expect(stdout.slice(stdout.indexOf('no end'))).toBe('no endno endno end');
  });

  test('an error is on a line of its own', async () => {
    const { stdout } = await inTerminal('run open.wasm --entrypoint fail').ended;
    expect(stdout).toMatch(/^no end\r\nRuntimeError: /);
  });

  test.each([80, 40])(
    'code that lets wait for itself has a line, of %i columns',
    async (columns) => {
      const url = slow();
      const { stdout } = await inTerminal(`run ${url}`, { columns }).ended;
      const lines = stdout.split(clear);
      expect(lines.at(-1)).toBe('1\r\n');
      expect(lines[1]).toBe(
        columns === 80 ? `Waiting for 1 s: ${url}` : `Waiting for 1 s: ${url.slice(0, 21)}…`,
      );
    },
  );

  test('that cannot clear a line has no progress', async () => {
    const dumb = inTerminal('run code.js --inputs rows', { env: { TERM: 'dumb' } });
    expect((await dumb.ended).stdout).toBe('a\r\nb\r\n1\r\na\r\nb\r\n2\r\na\r\nb\r\n3\r\n');
  });

  test.each([{ NO_COLOR: '1' }, { NO_COLOR: '', FORCE_COLOR: '1' }])(
    'with %j there are no colours',
    async (colours) => {
      const { stdout } = await inTerminal('run wrong.js', { env: colours }).ended;
      expect(stdout).toContain('TypeError');
      expect(stdout).not.toContain('\x1b');
    },
  );

  test('shows output while the code runs', async () => {
    const gate = Promise.withResolvers<void>();
    const url = fixtures.answer(async (_, response) => {
      await gate.promise;
      response.end();
    });
    writeFileSync(
      join(folder, 'live.js'),
      `console.log(1); await fetch(${JSON.stringify(url)}); 2`,
    );
    const { printed, ended } = inTerminal('run live.js');
    await printed(/^1\r\n$/);
    gate.resolve();
    expect((await ended).stdout).toBe('1\r\n2\r\n');
  });

  test('--stdin - takes what is typed', async () => {
    writeFileSync(join(folder, 'reads.js'), 'stdin');
    const { stdout } = await inTerminal('run reads.js --stdin -', { keys: 'typed\n' }).ended;
    expect(stdout).toMatch(/typed\r\n.*"typed\\n"\r\n$/s);
  });

  test('Ctrl-C ends a run', async () => {
    const { child, printed, ended } = inTerminal('run loop.js', { keys: null });
    await printed(/before/);
    child.stdin.write(ctrlC);
    expect(await ended).toMatchObject({ code: 130, stdout: 'before\r\n^C' });
  });

  test('Ctrl-C ends the wait for code, and its line', async () => {
    const url = fixtures.answer(() => {});
    const { child, printed, ended } = inTerminal(`run ${url}`, { keys: null });
    await printed(/Waiting for 1 s/);
    child.stdin.write(ctrlC);
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout.endsWith(`^C${clear}`)).toBe(true);
  });

  test('--watch runs again, until Ctrl-C', async () => {
    const file = join(folder, 'watched.js');
    writeFileSync(file, '1');
    const { child, printed, ended } = inTerminal('run watched.js --watch', { keys: null });
    await printed(/^1\r\nWaiting for a change of 1 file …\r\n$/);
    writeFileSync(file, '20');
    await printed(/\n20\r\nWaiting for a change of 1 file …\r\n$/);
    child.stdin.write(ctrlC);
    expect((await ended).code).toBe(130);
  });

  test.each(nodes)('Ctrl-C stops serve, under Node.js %s', async (_, node) => {
    const { child, printed, ended } = inTerminal('serve', {
      keys: null,
      env: { PORT: '0' },
      script: [node, bin],
    });
    await printed(/listens on \S+ .*-d '/s);
    child.stdin.write(ctrlC);
    const { code, stdout } = await ended;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/\^CStopping …\r\n$/),
    });
  });

  test.each(['--help', 'run --help', 'serve --help', 'help run', 'help serve'])(
    '%s fits, and is the same in a pipe',
    async (args) => {
      const piped = await run(args.split(' '));
      const { code, stdout } = await inTerminal(args).ended;
      expect({ code, stdout: stdout.replaceAll('\r\n', '\n') }).toEqual({
        code: 0,
        stdout: piped.stdout,
      });
      expect(stdout).toMatch(/^Usage: script-engine /);
      for (const line of stdout.split('\r\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});
