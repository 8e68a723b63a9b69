import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { eventsFolder, executeEvent, readEvent } from '../support/lambda/event.ts';
import type { InvocationOptions } from '../support/lambda/runtime-api.ts';
import { type Origin, startOrigin } from '../support/servers/examples-origin.ts';
import { until } from '../support/until.ts';

const { code, variables } = synthesizeArtefact();
let image: Image;
let origin: Origin;
let environment: Environment;

beforeAll(async () => {
  origin = await startOrigin();
  image = await createImage(code);
  environment = await start();
});
afterAll(async () => {
  await environment.shutDown();
  await image.remove();
  await origin.close();
});

const start = (settings: Readonly<Record<string, string>> = {}) =>
  startEnvironment(image, {
    ...variables,
    ENGINE_TRUSTED_ORIGINS: origin.url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: origin.url,
    ...settings,
  });

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function invoke(target: Environment, event: unknown, options?: InvocationOptions) {
  const reply = await target.invoke(event, options);
  if (reply.kind === 'error') throw new Error(`${reply.errorType}: ${reply.errorMessage}`);
  if (reply.kind === 'stream') throw new Error('This handler answers as a whole');
  return reply.payload as HttpResponse; // What a function behind API Gateway answers with.
}

/** Sends an event of API Gateway with this body; `url` is relative to the examples. */
async function execute(
  request: { readonly url: string; readonly [name: string]: unknown },
  options?: InvocationOptions,
  target = environment,
) {
  const url = new URL(`/examples/${request.url}`, origin.url).href;
  const response = await invoke(target, executeEvent({ ...request, url }), options);
  return { statusCode: response.statusCode, ...JSON.parse(response.body) };
}

describe('the artefact on Lambda', () => {
  test('starts, runs JavaScript and answers', async () => {
    expect(environment.started).toBe('ready');
    expect(await execute({ url: 'hello.js' })).toMatchObject({
      statusCode: 200,
      status: 'success',
      result: { greeting: 'Hello' },
      stdout: expect.stringContaining('Hello from Earth'),
    });
  });

  test('runs WebAssembly, with files and arguments', async () => {
    const files = { 'poem.txt': 'a rose is a rose' };
    const answer = await execute({ url: 'wordcount.wasm', args: ['poem.txt', '2'], files });
    expect(answer).toMatchObject({ status: 'success', stdout: '   2  a\n   2  rose\n' });
  });

  test.each(readdirSync(eventsFolder))('understands the event %s', async (name) => {
    const { statusCode, body } = await invoke(environment, readEvent(name));
    if (name.startsWith('health')) {
      expect([statusCode, JSON.parse(body)]).toMatchObject([200, { status: 'ok' }]);
    } else {
      // Its code is somewhere in the Internet, where tests do not go.
      expect([200, 502, 504]).toContain(statusCode);
      expect(JSON.parse(body)).toHaveProperty('metadata.requestId');
    }
  });

  test('serves its description', async () => {
    const event = { ...readEvent('health-rest.json'), path: '/openapi.json' };
    const { statusCode, body } = await invoke(environment, {
      ...event,
      resource: '/openapi.json',
      requestContext: { ...event.requestContext, resourcePath: '/openapi.json' },
    });
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  });

  test('an answer is never larger than Lambda takes, whatever a script prints', async () => {
    // Two escapes deep, a control character has seven times its size.
    origin.publish(
      'flood.js',
      `
      const flood = '\\u0001'.repeat(2 ** 20);
      console.log(flood);
      console.error(flood);
      for (let entry = 0; entry < 1000; entry++) app_log('info', flood.slice(0, 2000));
      throw new Error(flood);
    `,
    );
    expect(await execute({ url: 'flood.js', limits: { timeoutMs: 20_000 } })).toMatchObject({
      statusCode: 200,
      error: { code: 'RUNTIME_ERROR' },
      metadata: { truncated: { stdout: true, stderr: true, logs: true, error: true } },
    });
  });

  test('answers before its invocation is over, however long a script may run', async () => {
    const deadline = Date.now() + 4000;
    const answer = await execute(
      { url: 'endless.js', limits: { timeoutMs: 20_000 } },
      { timeoutMs: 4000 },
    );
    expect(Date.now()).toBeLessThan(deadline);
    expect(answer).toMatchObject({ statusCode: 200, error: { code: 'TIMEOUT' } });
    expect(answer.stdout).toContain('Counting for ever');
  });

  test('takes no sandbox for hung after a freeze', async () => {
    // Whatever an earlier test has had replaced is there again.
    await execute({ url: 'hello.js' });
    for (const url of ['hello.js', 'loan.wasm', 'hello.js']) {
      const before = environment.processes();
      await environment.freeze(1500);
      const entrypoint = url === 'loan.wasm' ? { entrypoint: 'fibonacci', args: ['90'] } : {};
      expect(await execute({ url, ...entrypoint })).toMatchObject({ status: 'success' });
      expect(environment.processes()).toEqual(before);
    }
  });

  test('a freeze while a sandbox is being replaced does no harm', async () => {
    for (const pause of [0, 50, 1500]) {
      const stopped = await execute({ url: 'endless.js', limits: { timeoutMs: 100 } });
      expect(stopped.error.code).toBe('TIMEOUT');
      await environment.freeze(pause);
      expect(await execute({ url: 'hello.js' })).toMatchObject({ status: 'success' });
    }
  });

  test('what a script logs is in the script log when the caller has the answer', async () => {
    const other = await start();
    const { metadata } = await execute({ url: 'log.js' }, {}, other);
    const entries = origin.logEvents.map(({ group, message }) => [group, JSON.parse(message)]);
    await other.shutDown();
    expect(entries.filter(([, { request_id }]) => request_id === metadata.requestId)).toMatchObject(
      [
        ['script-log', { message: 'Import started', fields: { source: 'orders.csv' } }],
        ['script-log', { message: 'Row skipped', level: 'warn' }],
        ['script-log', { message: 'Import finished' }],
      ],
    );
  });

  test('each execution leaves one line and its metrics in the log', async () => {
    const { metadata } = await execute({ url: 'greet.mjs', input: { name: 'Ada' } });
    const own = () =>
      environment.log
        .map((line) => JSON.parse(line))
        .filter(({ request_id }) => request_id === metadata.requestId)
        .filter(({ message }) => message !== 'outbound_request');
    await until(() => own().length >= 2);
    // Whatever comes, comes before what the next request leaves.
    await execute({ url: 'hello.js' });
    expect(own()).toMatchObject([
      { message: 'invocation', outcome: 'SUCCESS', sha256: metadata.sha256 },
      { _aws: { CloudWatchMetrics: [{ Namespace: 'ScriptEngine' }] }, Executions: 1 },
    ]);
  });

  test('a sandbox has none of its variables, nor can anything be written but to /tmp', async () => {
    const [, ...sandboxes] = environment.processes();
    expect(sandboxes.length).toBeGreaterThan(0);
    for (const pid of sandboxes) {
      const inherited = readFileSync(`/proc/${pid}/environ`, 'utf8');
      expect(inherited).not.toMatch(/AWS|ENGINE|PATH/);
    }
    expect(fingerprint(image.taskRoot)).toBe(fingerprint(code));
  });

  test('the tenant that Lambda names is in the log', async () => {
    const begin = environment.log.length;
    await execute({ url: 'hello.js' }, { tenantId: 'blue' });
    await until(() => environment.log.slice(begin).join('\n').includes('"tenant":"blue"'));
  });

  test('says which setting keeps it from starting', async () => {
    const broken = await start({ ENGINE_TIMEOUT_MS: 'soon' });
    expect(broken.started).toMatchObject({
      kind: 'error',
      errorMessage: expect.stringContaining('ENGINE_TIMEOUT_MS'),
    });
    await broken.shutDown();
  });

  test.each([
    ['at rest', 'hello.js'],
    ['in the middle of a run', 'endless.js'],
  ])('leaves no process behind when Lambda ends it %s', async (_, url) => {
    const other = await start();
    const answer = execute({ url }, {}, other).catch((error: Error) => error.message);
    if (url === 'hello.js') await answer;
    expect(await other.shutDown()).toEqual([]);
  });
});

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    hash.update(entry.name);
    if (entry.isFile()) hash.update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
}
