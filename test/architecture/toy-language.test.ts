/** A language is one folder and one row: a toy one, added to a copy of the project, runs in it. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const project = fileURLToPath(new URL('../../', import.meta.url));

const row = `
  upper: {
    folder: 'upper',
    label: 'Upper',
    format: 'text',
    contentTypes: ['text/x-upper'],
    extensions: ['up'],
    interpreters: [],
    maxBytes: 'maxCodeBytes',
  },
`;
const folder = {
  'language.ts': `
    import type { CreateRuntime } from '../runtime/runtime.ts';

    /** The result of a program is its own source, in upper case. */
    export const createRuntime: CreateRuntime = () => ({
      async prepare() {},
      async execute(_run, code) {
        const resultJson = JSON.stringify(Buffer.from(code).toString('utf8').toUpperCase());
        const outcome = { status: 'success', resultJson, exitCode: null } as const;
        return { outcome, memoryPeakBytes: null, retire: false };
      },
      kept: () => [],
    });
  `,
};

/** By path: content type and body. */
const programs: Readonly<Record<string, readonly [contentType: string, source: string]>> = {
  '/by-content-type': ['text/x-upper; charset=utf-8', 'hello'],
  '/by-extension.up': ['application/octet-stream', 'hello'],
  '/by-hint': ['application/octet-stream', 'hello'],
  '/page.up': ['text/x-upper', '<!doctype html>'],
  '/script.js': ['text/javascript', '6 * 7'],
};

let root = '';
let programServer: Server;
let programOrigin = '';
let engine: ChildProcess;
let engineOrigin = '';

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'language-'));
  for (const name of ['build', 'examples', 'lambda', 'package.json', 'tsconfig.json']) {
    cpSync(join(project, name), join(root, name), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  addLanguage();
  execFileSync(process.execPath, ['build/build.ts'], { cwd: root });

  programServer = createServer((request, response) => {
    const [contentType, source] = programs[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': contentType }).end(source);
  });
  await once(programServer.listen(0, '127.0.0.1'), 'listening');
  // A listening TCP server has an address that is an object.
  programOrigin = `http://127.0.0.1:${(programServer.address() as AddressInfo).port}`;

  engine = spawn(process.execPath, ['lambda/local/main.ts'], {
    cwd: root,
    env: { ...process.env, PORT: '0', ENGINE_TRUSTED_ORIGINS: programOrigin },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  engineOrigin = await originOf(engine);
});

afterAll(async () => {
  engine?.kill('SIGTERM');
  programServer?.close();
  if (engine && engine.exitCode === null) await once(engine, 'exit');
  rmSync(root, { recursive: true, force: true });
});

function addLanguage(): void {
  const table = join(root, 'lambda/contract/languages.ts');
  const text = readFileSync(table, 'utf8');
  const end = text.indexOf('} as const satisfies');
  expect(end).toBeGreaterThan(0);
  writeFileSync(table, `${text.slice(0, end)}${row}${text.slice(end)}`);
  mkdirSync(join(root, 'lambda/guest/upper'));
  for (const [name, source] of Object.entries(folder)) {
    writeFileSync(join(root, 'lambda/guest/upper', name), source);
  }
}

/** @throws {Error} where the server ends before it says where it listens */
async function originOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The server has no stdout.');
  for await (const line of createInterface({ input: stdout })) {
    const origin = /listens on (http:\S+)/.exec(line)?.[1];
    if (origin !== undefined) return origin;
  }
  throw new Error('The server ended.');
}

async function execute(path: string, type?: string): Promise<unknown> {
  const response = await fetch(`${engineOrigin}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: programOrigin + path, type }),
  });
  return response.json();
}

test.each([
  ['a content type', '/by-content-type', undefined, 'content-type'],
  ['an extension', '/by-extension.up', undefined, 'extension'],
  ['the `type` of the request', '/by-hint', 'upper', 'hint'],
])('%s selects the language', async (_what, path, type, detectedBy) => {
  expect(await execute(path, type)).toMatchObject({
    status: 'success',
    result: 'HELLO',
    metadata: { codeType: 'upper', detectedBy },
  });
});

test('what holds for every language of text holds for it', async () => {
  expect(await execute('/page.up')).toMatchObject({
    status: 'error',
    error: { code: 'UNSUPPORTED_CODE', message: expect.stringContaining('HTML page') },
  });
});

test('the other languages run as before, and a type that there is not is refused', async () => {
  expect(await execute('/script.js')).toMatchObject({
    result: 42,
    metadata: { codeType: 'javascript' },
  });
  expect(await execute('/by-hint', 'lower')).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
});

test('OpenAPI lists it', async () => {
  const { info, components } = (await (await fetch(`${engineOrigin}/openapi.json`)).json()) as {
    info: { description: string };
    components: { schemas: Record<string, { properties: Record<string, unknown> }> };
  };
  expect(info.description).toContain('JavaScript, TypeScript, WebAssembly, or Upper');
  const codeTypes = ['javascript', 'typescript', 'wasm', 'upper'];
  expect(components.schemas.ExecuteRequest?.properties.type).toMatchObject({ enum: codeTypes });
  expect(JSON.stringify(components.schemas.ExecuteResponse)).toContain(JSON.stringify(codeTypes));
});
