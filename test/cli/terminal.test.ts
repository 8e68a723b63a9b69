/** In a pipe and in a terminal: what is the same, and the line that only people see. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { command, follow, run, spawnOptions } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
beforeAll(() => {
  writeFileSync(join(folder, 'rows'), '1\n2\n3\n');
  writeFileSync(join(folder, 'code.js'), 'console.log("a"); console.error("b"); input');
  writeFileSync(join(folder, 'much.js'), 'console.log(0); console.log("x".repeat(500_000));');
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

/** To the start of the line, and what is there goes. */
const clear = '\r\x1b[K';

function inTerminal(args: string) {
  const line = `'${process.execPath}' '${command}' ${args}`;
  return follow(spawn('script', ['-qec', line, '/dev/null'], spawnOptions({ cwd: folder }))).ended;
}

(hasTerminal ? test : test.skip)('a terminal shows how many inputs have ended', async () => {
  const { code, stdout } = await inTerminal('run code.js --inputs rows');
  expect(code).toBe(0);
  expect(stdout).toContain(`${clear}1 of 3 inputs`);
  // The line is gone before anything is printed, and in the end.
  const plain = stdout
    .split(clear)
    .filter((part) => !/^[123] of 3 inputs$/.test(part))
    .join('');
  expect(plain.replaceAll('\r\n', '\n')).toBe('a\nb\n1\na\nb\n2\na\nb\n3\n');
});

(hasTerminal ? test : test.skip)('a terminal has the exit code, too', async () => {
  expect(await inTerminal('run code.js --input 5')).toMatchObject({
    code: 0,
    stdout: 'a\r\nb\r\n5\r\n',
  });
  expect((await inTerminal('run absent.js')).code).toBe(2);
});

test('a pipe has no progress', async () => {
  const ended = await run(['run', 'code.js', '--inputs', 'rows'], { cwd: folder });
  expect(ended).toMatchObject({ stdout: 'a\n1\na\n2\na\n3\n', stderr: 'b\nb\nb\n' });
});

test('ends without a word where nobody reads on', async () => {
  const line = `'${process.execPath}' '${command}' run much.js | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['--norc', '-c', line], spawnOptions({ cwd: folder }));
  expect(await follow(child).ended).toMatchObject({ stdout: '0\n141\n', stderr: '' });
});
