import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';

/** Starts a command of the repository as npm would, on the built `dist/`. */
function command(
  name: 'main' | 'demo',
  env: Record<string, string> = {},
  args: readonly string[] = [],
) {
  const script = fileURLToPath(new URL(`../../lambda/local/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { env: { PORT: '0', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exit = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  /** Settles with the first group of the pattern once it stands in the output. */
  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(stdout);
        if (found) resolve(found[1] ?? found[0]);
      };
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(`It ended without: ${stdout}${stderr}`)));
      look();
    });
  return { child, exit, printed };
}

async function execute(origin: string, body: object) {
  const response = await fetch(`${origin}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function busySandboxes(origin: string): Promise<number> {
  const response = await fetch(`${origin}/health`);
  const health = (await response.json()) as { readonly sandboxes: { readonly busy: number } };
  return health.sandboxes.busy;
}

describe('npm start', () => {
  test('says where it listens and what to try, logs requests for people, and stops with 0', async () => {
    const { child, exit, printed } = command('main');
    const origin = await printed(/listens on (http:\/\/127\.0\.0\.1:\d+) /);
    const body = await printed(/-d '(.*)'\n/);
    const answer = await execute(origin, JSON.parse(body));
    expect(answer).toMatchObject({ status: 200, body: { status: 'success' } });

    const viaName = `${origin.replace('127.0.0.1', 'localhost')}/examples/hello.js?secret=1`;
    expect(await execute(origin, { url: viaName })).toMatchObject({ status: 200 });
    expect(await execute(origin, { url: `${origin}/examples/error.js` })).toMatchObject({
      body: { error: { code: 'RUNTIME_ERROR' } },
    });
    const port = 'http://10.0.0.1:8655';
    expect(await execute(origin, { url: `${port}/` })).toMatchObject({
      status: 403,
      body: {
        error: { message: expect.stringContaining(`ENGINE_TRUSTED_ORIGINS=${port} allows`) },
      },
    });
    expect((await fetch(`${origin}/nope`)).status).toBe(404);

    child.kill('SIGTERM');
    const { code, stdout, stderr } = await exit;
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const lines = stdout.split('\n').filter((line) => /^\d\d:\d\d:\d\d /.test(line));
    expect(lines.map((line) => line.replace(/^\S+ /, '').replace(/ [\d.]+ ms$/, ''))).toEqual([
      `POST /execute 200 success javascript ${origin}/examples/hello.js`,
      `POST /execute 200 success javascript ${viaName.replace('?secret=1', '')}`,
      `POST /execute 200 RUNTIME_ERROR javascript ${origin}/examples/error.js`,
      'POST /execute 403 URL_NOT_ALLOWED http://10.0.0.1:8655/',
      'GET /nope 404',
    ]);
    expect(stdout).not.toContain('{"level"');
  });

  test('answers what is under way when it is told to stop', async () => {
    const { child, exit, printed } = command('main');
    const origin = await printed(/listens on (\S+) /);
    const url = `${origin}/examples/endless.js`;
    const answer = execute(origin, { url, limits: { timeoutMs: 4000 } });
    await until(async () => (await busySandboxes(origin)) === 1);
    child.kill('SIGINT');
    expect(await answer).toMatchObject({ body: { error: { code: 'TIMEOUT' } } });
    expect((await exit).code).toBe(0);
  });

  test("shows the engine's own log where it is asked to", async () => {
    const { child, exit, printed } = command('main', { POWERTOOLS_LOG_LEVEL: 'INFO' });
    const origin = await printed(/listens on (\S+) /);
    await execute(origin, { url: `${origin}/examples/log.js` });
    child.kill('SIGTERM');
    const { stdout } = await exit;
    expect(stdout).toContain('"message":"invocation"');
    expect(stdout).toContain('"message":"app_log"');
  });

  test('says that its port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await command('main', { PORT: String(port) }).exit;
    await new Promise((resolve) => other.close(resolve));
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^Port ${port} is in use`)),
    ]);
  });

  test.each(['--help', '-h'])('explains itself with %s, and starts no server', async (argument) => {
    const { code, stdout, stderr } = await command('main', {}, [argument]).exit;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: (.|\n)*\bPORT\b/);
  });

  test('starts no server with an argument that it does not know', async () => {
    const { code, stdout, stderr } = await command('main', {}, ['--port=80']).exit;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('"--port=80"');
  });

  test.each([
    [{ PORT: 'http' }, /^PORT must be .*"http"/],
    [{ PORT: '65536' }, /^PORT must be /],
    [{ ENGINE_TIMEOUT_MS: 'soon' }, /^ENGINE_TIMEOUT_MS: .*"soon"/],
    [{ ENGINE_TIMEOUT: '1' }, /^ENGINE_TIMEOUT: is no setting; .* ENGINE_TIMEOUT_MS\?/],
  ])('does not start with %j, and says why in one line', async (env, message) => {
    const { code, stderr } = await command('main', env).exit;
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('npm run demo', () => {
  test('executes every example, and ends with 0', async () => {
    const { code, stdout } = await command('demo').exit;
    expect(stdout).toMatch(/All \d+ examples ended as expected\.\n$/);
    expect(code).toBe(0);
  });

  test('says in one line which setting does not parse', async () => {
    const { code, stdout, stderr } = await command('demo', { ENGINE_TIMEOUT_MS: 'soon' }).exit;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^ENGINE_TIMEOUT_MS: [^\n]*"soon"\n$/);
  });
});
