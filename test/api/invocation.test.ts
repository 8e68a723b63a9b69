/** What an invocation leaves behind for the operator: log lines, metrics, the script log. */

import { createHash } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import type { Engine } from '../../lambda/contract/execution.ts';
import { createEngine } from '../../lambda/engine/engine.ts';
import type { SandboxResult } from '../../lambda/sandbox/run.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';
import { execution, type FakeEngine, fakeEngine } from '../support/fake-engine.ts';
import { readEvent } from '../support/lambda/event.ts';
import { handlerOf, post } from '../support/lambda/handler.ts';
import { printedLines } from '../support/printed-lines.ts';

const url = 'https://example.com/hello.js';
const lines = printedLines();

const nothing: SandboxResult = {
  codeType: 'javascript',
  outcome: { status: 'success', resultJson: 'null', exitCode: null },
  executionTimeMs: 1,
  cpuTimeMs: 1,
  memoryPeakBytes: 1,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  logs: [],
  files: [],
  truncated: { stdout: false, stderr: false, logs: false, files: false },
  kept: [],
  keptBytes: 0,
  retire: false,
};

/** An engine whose runs do nothing. @param env `ENGINE_…` variables */
function engineOfNothing(env: { readonly [name: string]: string }): Engine {
  const processes = { size: 0, idle: 0, busy: 0, starting: 0, queued: 0, failedStarts: 0 };
  const health = { ...processes, replaced: 0, keptBytes: 0, maxKeptBytes: 0 };
  const runs = { width: 1, run: async () => nothing, close() {} };
  const sandboxes = {
    run: async () => nothing,
    openBatch: () => runs,
    health: () => health,
    close: async () => {},
  };
  const onOutboundRequest = () => {};
  return createEngine({ settings: loadSettings(env), sandboxes, version: '1', onOutboundRequest });
}

describe('an invocation', () => {
  const records = () => lines.map((line) => JSON.parse(line));
  const invocations = () => records().filter(({ message }) => message === 'invocation');

  test.each([
    ['refused', { ENGINE_INLINE_CODE: 'false' }, 'CODE_NOT_ALLOWED'],
    ['run', {}, 'SUCCESS'],
  ])(
    'with code in the request shows its hash where it is %s, never its text',
    async (_, env, outcome) => {
      const engine = engineOfNothing(env);
      await handlerOf(engine)(post({ code: 'secret.call()', modules: { 'secret.js': 'secret' } }));
      await engine.close();
      const sha256 = createHash('sha256').update('secret.call()').digest('hex');
      expect(invocations()).toMatchObject([{ outcome, sha256, code_bytes: 13 }]);
      expect(lines.join()).not.toContain('secret');
    },
  );

  test('leaves one line with what an operator asks, and nothing that a caller sent', async () => {
    const engine = fakeEngine(() =>
      execution({
        fetchesRefused: 2,
        stdout: 'secret output',
        metadata: { ...execution().metadata, url: 'https://user:pw@example.com:8443/p?token=abc' },
      }),
    );
    const body = {
      url: `${url}?key=abc`,
      env: { PASSWORD: 'hunter2' },
      stdin: 'secret',
      input: 'secret',
    };
    const event = post(body);
    Object.assign(event.requestContext.identity, { apiKey: 'secret', apiKeyId: 'k3y1d' });
    await handlerOf(engine)(event, { tenantId: 'tenant-7' });
    expect(invocations()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        request_id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
        tenant: 'tenant-7',
        api_key_id: 'k3y1d',
        method: 'POST',
        path: '/execute',
        http_status: 200,
        outcome: 'SUCCESS',
        code_host: 'example.com:8443',
        code_type: 'javascript',
        sha256: 'ab'.repeat(32),
        execution_ms: 1.24,
        download_ms: 18.7,
        cpu_ms: 1.1,
        code_bytes: 312,
        fetches: 0,
        fetches_refused: 2,
        imports: 0,
        import_bytes_received: 0,
      }),
    ]);
    expect(lines.join()).not.toMatch(/token|abc\?|pw@|hunter2|secret|key=/);
  });

  test('that is refused leaves a line too', async () => {
    const event = post('{', { headers: { 'X-Amz-Tenant-Id': 't' } });
    await handlerOf()(event);
    expect(invocations()).toEqual([
      expect.objectContaining({ outcome: 'INVALID_REQUEST', http_status: 400 }),
    ]);
    // The tenant is what Lambda says, not what the caller says.
    expect(invocations()[0]).not.toHaveProperty('tenant');
  });

  test('is counted, with few dimensions', async () => {
    const error = {
      code: 'SANDBOX_CRASHED',
      name: '',
      message: '',
      stack: null,
      details: null,
    } as const;
    await handlerOf(fakeEngine(() => execution({ error, fetchesRefused: 3 })))(post({ url }));
    const metrics = records().filter((record) => '_aws' in record);
    expect(metrics).toEqual([
      expect.objectContaining({
        service: 'script-engine',
        codeType: 'javascript',
        outcome: 'guest-error',
        request_id: 'request-1',
        Executions: 1,
        ExecutionTime: 1.24,
        DownloadTime: 18.7,
        SandboxCrashes: 1,
        FetchesRefused: 3,
      }),
    ]);
    expect(metrics[0]._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'ScriptEngine',
      Dimensions: [['service'], ['service', 'codeType', 'outcome']],
    });
  });

  test('with many inputs has their counts, and counts each crash', async () => {
    const { metadata, files, ...one } = execution({ stdout: 'four', logs: [] });
    const error = { name: '', message: '', stack: null, details: null };
    const item = { ...one, ...metadata, files: null };
    const crashed = { ...item, error: { ...error, code: 'SANDBOX_CRASHED' as const } };
    const answer = execution({
      stdout: '',
      error: { ...error, code: 'BATCH_FAILED' },
      items: [item, crashed, crashed],
    });
    await handlerOf(fakeEngine(() => answer))(post({ url, inputs: ['secret', 2, 3] }));
    expect(invocations()).toMatchObject([
      { outcome: 'BATCH_FAILED', inputs: 3, inputs_failed: 2, stdout_length: 12 },
    ]);
    expect(records().find((record) => '_aws' in record)).toMatchObject({
      outcome: 'guest-error',
      Executions: 1,
      SandboxCrashes: 2,
    });
    expect(lines.join()).not.toContain('secret');
  });

  test('that executes nothing has a line and no metrics', async () => {
    await handlerOf()(readEvent('health-rest.json'));
    await handlerOf()(post({ url }, { path: '/nope', resource: '/nope' }));
    expect(invocations()).toHaveLength(2);
    expect(lines).toHaveLength(2);
  });

  test('mixes nothing with others at the same time', async () => {
    const engine: FakeEngine = fakeEngine(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      return execution({ stdout: request.inputs.stdin ?? '' });
    });
    const handler = handlerOf(engine);
    const bodies = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const event = post({ url, stdin: `token ${index}` });
        event.requestContext.requestId = `request-${index}`;
        const { json, headers } = await handler(event);
        return [json.stdout, headers['x-request-id']];
      }),
    );
    expect(bodies).toEqual(bodies.map((_, index) => [`token ${index}`, `request-${index}`]));
    const ids = invocations().map((line) => line.request_id);
    expect(new Set(ids).size).toBe(30);
    const counted = records().flatMap((record) => record.Executions ?? []);
    expect(counted.flat()).toEqual(Array(30).fill(1));
  });

  test('gives what a script logs to the script log before the response', async () => {
    const entry = {
      level: 'warn',
      message: 'm',
      timestamp: '2026-11-22T07:00:00.000Z',
      fields: null,
    } as const;
    const write = jest.fn(async () => {});
    const engine = fakeEngine(() => execution({ logs: [entry] }));
    await handlerOf(engine, { scriptLog: { write, takeDropped: () => 0 } })(post({ url }));
    expect(write.mock.calls).toEqual([
      [
        [entry],
        {
          requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
          tenant: null,
          codeHost: 'example.com',
          sha256: 'ab'.repeat(32),
        },
      ],
    ]);
  });

  test('tells the engine how much time is left, with a reserve for the response', async () => {
    const engine = fakeEngine();
    await handlerOf(engine)(post({ url }), { getRemainingTimeInMillis: () => 10_000 });
    expect(engine.calls[0]?.context.timeLeftMs).toBe(9000);
  });
});

test('the health is degraded, with 503, where no sandbox is up and none will start', async () => {
  const engine = {
    ...fakeEngine(),
    health: () => ({
      size: 1,
      idle: 0,
      busy: 0,
      starting: 1,
      queued: 3,
      failedStarts: 2,
      replaced: 0,
      keptBytes: 0,
      maxKeptBytes: 0,
    }),
  };
  const result = await handlerOf(engine)(readEvent('health-rest.json'));
  expect([result.statusCode, result.json.status]).toEqual([503, 'degraded']);
});
