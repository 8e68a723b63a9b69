/** The command in a clone, after `npm ci` alone: it builds what it needs, once, and when sources change. */

import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { follow, spawnOptions } from './command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const clone = mkdtempSync(join(tmpdir(), 'clone-'));

beforeAll(() => {
  for (const name of ['build', 'examples', 'lambda', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
});
afterAll(() => rmSync(clone, { recursive: true }));

function typed() {
  const args = [
    'lambda/cli/script-engine.mjs',
    'run',
    'examples/greet.mjs',
    '--input',
    '{"name":"Ada"}',
  ];
  return follow(spawn(process.execPath, args, spawnOptions({ cwd: clone }))).ended;
}

test('first calls at the same time do not disturb each other, and later ones build nothing', async () => {
  const stdout = '{"message":"Good day, Ada!","language":"en"}\n';
  const building = 'Building dist/, once …\nBuilding lib/, once …\n';
  for (const ended of await Promise.all([typed(), typed()])) {
    expect(ended).toMatchObject({ code: 0, stdout });
    expect(building).toContain(ended.stderr);
  }
  expect(await typed()).toMatchObject({ code: 0, stdout, stderr: '' });
  expect(existsSync(join(clone, 'dist/handler.mjs'))).toBe(true);
  expect(readdirSync(clone).filter((name) => /^\.(dist|lib)-/.test(name))).toEqual([]);
});

test('what is older than its sources is built anew', async () => {
  // As Git has it: a new file takes the place of the old one.
  const source = join(clone, 'lambda/cli/arguments.ts');
  const fresh = join(clone, 'fresh.ts');
  const text = readFileSync(source, 'utf8');
  writeFileSync(fresh, text.replaceAll('an environment variable', 'a variable anew'));
  renameSync(fresh, source);
  const help = () =>
    follow(
      spawn(
        process.execPath,
        ['lambda/cli/script-engine.mjs', 'run', '--help'],
        spawnOptions({ cwd: clone }),
      ),
    ).ended;
  const first = await help();
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('a variable anew') });
  expect(first.stderr).toBe(
    'Building dist/, as its sources have changed …\nBuilding lib/, as its sources have changed …\n',
  );
  expect(await help()).toMatchObject({ code: 0, stderr: '' });
});
