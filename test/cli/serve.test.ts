import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { command, follow, run, spawnOptions } from './command.ts';

const bin = fileURLToPath(new URL('../../lambda/cli/script-engine.mjs', import.meta.url));

test.each([
  ['from the sources', command],
  ['as it is installed', bin],
])('serve starts the API with the examples, and stops with 0: %s', async (_, script) => {
  const child = spawn(process.execPath, [script, 'serve'], spawnOptions({ env: { PORT: '0' } }));
  let origin = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    origin ||= /listens on (\S+) /.exec(text)?.[1] ?? '';
  });
  const { printed, ended } = follow(child);
  await printed(/listens on \S+ /);
  const response = await fetch(`${origin}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${origin}/examples/hello.js` }),
  });
  expect(await response.json()).toMatchObject({ status: 'success' });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test('serve takes no arguments', async () => {
  expect(await run(['serve', '--nope'])).toMatchObject({ code: 2, stdout: '' });
});
