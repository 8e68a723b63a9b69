/** The command in a fresh clone, after `npm ci` alone: it builds what it needs, once. */

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
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
}, 120_000);
