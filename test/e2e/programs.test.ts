/** Ordinary programs that use `fetch` print the same in Node.js and through `POST /execute`. */

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../support/engine-process.ts';
import { startProgramsApi } from '../support/servers/programs-api.ts';

const folder = fileURLToPath(new URL('../guest/javascript/fetch/programs/', import.meta.url));
const programs = readdirSync(folder);

const api = await startProgramsApi();
const engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: api.origin });
afterAll(async () => {
  await engine.stop();
  await api.close();
});

describe('a program written for Node.js runs here unchanged and prints the same', () => {
  test.each(programs)('%s', async (program) => {
    const [inNode, here] = await Promise.all([runInNode(program), runInEngine(program)]);
    expect(inNode.stdout).not.toBe('');
    expect(here).toEqual(inNode);
  });
});

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

async function runInNode(program: string): Promise<Printed> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [folder + program], {
    env: { API: api.origin },
  });
  return { stdout, stderr };
}

async function runInEngine(program: string): Promise<Printed> {
  const { text } = await engine.execute({
    url: `${api.origin}/programs/${program}`,
    env: { API: api.origin },
    limits: { timeoutMs: 20_000 },
  });
  const { error, stdout, stderr } = JSON.parse(text) as Printed & { error: unknown };
  expect(error).toBeNull();
  return { stdout, stderr };
}
