/** `POST /mcp` over the local server, by the protocol's own client, in both kinds of its versions. */

import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { responseSchema } from '../../../lambda/api/response.ts';
import { startEngine } from '../../support/engine-process.ts';
import { startServedEngine } from '../../support/served-engine.ts';

const { engine, fixtures } = await startServedEngine();

interface Told {
  readonly logs: { readonly level: string; readonly logger?: string; readonly data: unknown }[];
  readonly progress: { readonly progress: number; readonly message?: string | undefined }[];
}

describe.each([
  ['2025-11-25', {}],
  ['2026-07-28', { versionNegotiation: { mode: 'auto' } }],
] as const)('version %s', (version, options) => {
  const client = new Client({ name: 'test', version: '1' }, options);
  const told: Told = { logs: [], progress: [] };
  client.setNotificationHandler('notifications/message', ({ params }) => {
    told.logs.push(params as Told['logs'][number]);
  });

  beforeAll(async () => {
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', engine.origin)));
    // The client checks answers by the output schemas that it has seen.
    await client.listTools();
  });
  afterAll(() => client.close());

  const call = async (name: string, request?: Record<string, unknown>, isTold = false) => {
    told.logs.length = 0;
    told.progress.length = 0;
    const onprogress = (progress: Told['progress'][number]) => void told.progress.push(progress);
    const result = await client.callTool(
      { name, ...(request && { arguments: request }) },
      isTold ? { onprogress } : undefined,
    );
    return { ...result, answer: responseSchema().parse(result.structuredContent) };
  };

  test('is spoken', () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    expect(client.getServerVersion()).toMatchObject({ name: 'script-engine' });
  });

  test('lists two tools with the schemas of requests and answers', async () => {
    const { tools } = await client.listTools();
    const byName = Object.fromEntries(tools.map((tool) => [tool.name, tool]));
    expect(Object.keys(byName)).toEqual(['run_code', 'run_url']);
    const { run_code: code, run_url: url } = byName;
    expect(code?.inputSchema).toMatchObject({ required: ['code'], additionalProperties: false });
    expect(url?.inputSchema).toMatchObject({ required: ['url'], additionalProperties: false });
    const fields = (tool: typeof code) => Object.keys(tool?.inputSchema.properties ?? {});
    expect(fields(code)).toEqual(expect.arrayContaining(['code', 'modules', 'input', 'limits']));
    expect(fields(code)).not.toContain('url');
    expect(fields(url)).toEqual(expect.arrayContaining(['url', 'input', 'integrity']));
    expect(fields(url)).not.toContain('code');
    expect(Object.keys(code?.outputSchema?.properties ?? {})).toContain('metadata');
  });

  test('runs code, and code from a URL', async () => {
    const ran = await call('run_code', { code: 'console.log("hi"); input + 1', input: 1 });
    expect(ran.isError).toBeFalsy();
    expect(ran.answer).toMatchObject({ status: 'success', result: 2, stdout: 'hi\n' });
    expect(JSON.parse((ran.content as { text: string }[])[0]?.text ?? '')).toMatchObject({
      result: 2,
      stdout: 'hi\n',
    });
    const url = fixtures.serve('export default (input) => input.n', { extension: '.mjs' });
    expect((await call('run_url', { url, input: { n: 3 } })).answer).toMatchObject({ result: 3 });
    const many = await call('run_code', { code: 'input * 2', inputs: [1, 2] });
    expect(many.answer.results?.map(({ result }) => result)).toEqual([2, 4]);
  });

  test.each([
    ['run_code', { code: 'null.x' }, 'RUNTIME_ERROR'],
    ['run_code', { code: 'for (;;);', limits: { timeoutMs: 100 } }, 'TIMEOUT'],
    ['run_code', {}, 'INVALID_REQUEST'],
    ['run_code', { code: 5 }, 'INVALID_REQUEST'],
    ['run_code', { code: '1', extra: 1 }, 'INVALID_REQUEST'],
    ['run_code', { code: '1', limits: { timeoutMs: 1e9 } }, 'INVALID_REQUEST'],
    ['run_code', { url: 'https://example.com/x.js' }, 'INVALID_REQUEST'],
    ['run_url', { code: '1' }, 'INVALID_REQUEST'],
    ['run_url', { url: 'http://169.254.169.254/latest' }, 'URL_NOT_ALLOWED'],
    ['run_url', { url: 'file:///etc/passwd' }, 'URL_NOT_ALLOWED'],
  ])('%s %j: a tool error with %s', async (name, request, code) => {
    const { isError, answer } = await call(name, request);
    expect(isError).toBe(true);
    expect(answer).toMatchObject({ status: 'error', error: { code } });
  });

  test.each([
    ['run_code', 'code'],
    ['run_url', 'url'],
  ])('%s without arguments names the field that it needs', async (name, path) => {
    for (const request of [{}, undefined]) {
      const { answer } = await call(name, request);
      expect(answer.error).toMatchObject({
        message: expect.stringContaining(`${path}: is missing`),
        details: [{ path, reason: 'is missing' }],
      });
    }
  });

  test('knows no other tool', async () => {
    await expect(client.callTool({ name: 'run_all', arguments: {} })).rejects.toThrow('run_all');
  });

  test('tells progress while the code runs, and the answer has all the same', async () => {
    const code = 'console.log("out"); console.error("err"); app_log("warn", "m", { a: 1 }); 7';
    const { answer } = await call('run_code', { code }, true);
    expect(answer).toMatchObject({ result: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(answer.logs).toHaveLength(1);
    expect(told.progress[0]).toMatchObject({
      progress: 0,
      message: expect.stringContaining('javascript'),
    });
    // From 2026 on, logs are for those who ask for a level.
    if (version === '2025-11-25') {
      expect(told.logs).toEqual([
        { level: 'info', logger: 'stdout', data: 'out\n' },
        { level: 'info', logger: 'stderr', data: 'err\n' },
        { level: 'warning', logger: 'app_log', data: { message: 'm', fields: { a: 1 } } },
      ]);
    }
    await call('run_code', { code: 'input', inputs: [1, 2, 3] }, true);
    expect(told.progress.at(-1)).toMatchObject({ progress: 3, message: '3 of 3 inputs' });
  });

  test('what is printed counts as it does elsewhere', async () => {
    const code = 'const line = "x".repeat(99_999); for (let i = 0; i < 20; i++) console.log(line);';
    const { answer } = await call('run_code', { code }, true);
    expect(Buffer.byteLength(answer.stdout)).toBe(2 ** 20);
    expect(answer.metadata.truncated.stdout).toBe(true);
  });
});

async function post(body: string, headers: Record<string, string> = {}, origin = engine.origin) {
  const response = await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

test.each([
  ['no JSON', '{', {}, 400, -32700],
  ['no body', '', {}, 400, -32700],
  ['a list', `[${ping},${ping}]`, {}, 400, -32600],
  ['too much', `"${'x'.repeat(6_000_000)}"`, {}, 413, -32600],
  ['no JSON by its type', ping, { 'content-type': 'text/plain' }, 415, -32600],
  ['too deep', '['.repeat(300), {}, 400, -32700],
])('%s is an error of the protocol', async (_, body, headers, status, code) => {
  const answer = await post(body, headers);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } });
});

test('a page of another origin may not call it, nor a name that leads here; one of its own may', async () => {
  const url = fixtures.serve('ran');
  const code = `await fetch(${JSON.stringify(url)})`;
  const body = JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'run_code', arguments: { code } },
  });
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
    expect((await post(body, { origin })).status).toBe(403);
  }
  const rebound = await new Promise((resolve, reject) => {
    const headers = { host: 'rebound.example', 'content-type': 'application/json' };
    httpRequest(`${engine.origin}/mcp`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });
  expect(rebound).toBe(403);
  expect(fixtures.hits(url)).toBe(0);
  expect((await post(body, { origin: engine.origin })).status).toBe(200);
  expect(fixtures.hits(url)).toBe(1);
});

test('has no sessions and no other methods', async () => {
  for (const method of ['GET', 'DELETE']) {
    const response = await fetch(`${engine.origin}/mcp`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  }
});

test('is not there where it is off', async () => {
  const closed = await startEngine({ ENGINE_MCP: 'false' });
  try {
    expect((await post(ping, {}, closed.origin)).status).toBe(404);
  } finally {
    await closed.stop();
  }
});
