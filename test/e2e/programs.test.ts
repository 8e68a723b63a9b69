/** Ordinary programs that use `fetch` print the same in Node.js and through `POST /execute`. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ProgramsApi, startProgramsApi } from '../support/servers/programs-api.ts';

const folder = fileURLToPath(new URL('../guest/javascript/fetch/programs/', import.meta.url));
const programs = readdirSync(folder);

let api: ProgramsApi;
let engine: { readonly child: ChildProcess; readonly origin: string };

beforeAll(async () => {
  api = await startProgramsApi();
  engine = await startEngine(api.origin);
});

afterAll(async () => {
  engine.child.kill();
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
  const response = await fetch(`${engine.origin}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      url: `${api.origin}/programs/${program}`,
      env: { API: api.origin },
      limits: { timeoutMs: 20_000 },
    }),
  });
  const { error, stdout, stderr } = (await response.json()) as Printed & { error: unknown };
  expect(error).toBeNull();
  return { stdout, stderr };
}

function startEngine(trustedOrigin: string): Promise<typeof engine> {
  const script = fileURLToPath(new URL('../../lambda/local/main.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { PORT: '0', ENGINE_TRUSTED_ORIGINS: trustedOrigin },
  });
  let printed = '';
  return new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error(`The engine did not start: ${printed}`)));
    child.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const origin = /listens on (http:\S+)/.exec(printed)?.[1];
      if (origin !== undefined) resolve({ child, origin });
    });
  });
}
