/** `dist/` as Lambda runs it, with `POST /mcp` on: the protocol's client sends events in place of requests. */

import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { readEvent } from '../support/lambda/event.ts';
import { until } from '../support/until.ts';

const { code, variables } = synthesizeArtefact();
let image: Image;
beforeAll(async () => {
  image = await createImage(code);
});
afterAll(() => image.remove());

/** Answers that are whole come as a result, and streams behind their headers. */
function sender(environment: Environment): typeof fetch {
  // An environment has one invocation at a time.
  let before: Promise<unknown> = Promise.resolve();
  return (_, init) => {
    const answer = before.then(() => send(init));
    before = answer.catch(() => {});
    return answer;
  };

  async function send(init: RequestInit | undefined): Promise<Response> {
    const reply = await environment.invoke({
      ...readEvent('execute-rest.json'),
      httpMethod: init?.method ?? 'GET',
      path: '/mcp',
      resource: '/mcp',
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: init?.body ?? null,
    });
    if (reply.kind === 'error') throw new Error(reply.errorMessage);
    const { statusCode, headers, body } =
      reply.kind === 'stream'
        ? { ...reply, body: await text(reply.body) }
        : (reply.payload as { statusCode: number; headers: Record<string, string>; body: string });
    return new Response(statusCode === 202 ? null : body, { status: statusCode, headers });
  }
}

describe.each(['stream.handler', 'handler.handler'])('%s', (handler) => {
  let environment: Environment;
  beforeAll(async () => {
    environment = await startEnvironment(image, {
      ...variables,
      _HANDLER: handler,
      ENGINE_MCP: 'true',
    });
  });
  afterAll(() => environment.shutDown());

  test.each([
    ['2025-11-25', {}],
    ['2026-07-28', { versionNegotiation: { mode: 'auto' } }],
  ] as const)('speaks %s', async (version, options) => {
    const client = new Client({ name: 'test', version: '1' }, options);
    const url = new URL('https://api.example.com/v1/mcp');
    await client.connect(new StreamableHTTPClientTransport(url, { fetch: sender(environment) }));
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    expect((await client.listTools()).tools).toHaveLength(2);
    const progress: number[] = [];
    const told = await client.callTool(
      { name: 'run_code', arguments: { code: 'console.log("hi"); input', inputs: [1, 2] } },
      { onprogress: (step) => void progress.push(step.progress) },
    );
    expect(told.structuredContent).toMatchObject({ status: 'success' });
    expect(progress).toEqual(handler === 'stream.handler' ? [0, 1, 2] : []);
    const failed = await client.callTool({ name: 'run_code', arguments: { code: 'null.x' } });
    expect(failed).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'RUNTIME_ERROR' } },
    });
    await client.close();
    // Each call leaves the line of an execution in the log.
    const outcomes = () =>
      environment.log
        .map((line) => JSON.parse(line))
        .filter(
          ({ path, http_status, outcome }) => path === '/mcp' && http_status === 200 && outcome,
        )
        .map(({ outcome }) => outcome);
    await until(() => outcomes().at(-1) === 'RUNTIME_ERROR');
    expect(outcomes().slice(-2)).toEqual(['SUCCESS', 'RUNTIME_ERROR']);
  });
});

test('is not there unless the operator turns it on', async () => {
  const environment = await startEnvironment(image, { ...variables, _HANDLER: 'handler.handler' });
  try {
    const send = sender(environment);
    const response = await send('', {
      method: 'POST',
      body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    });
    expect(response.status).toBe(404);
  } finally {
    await environment.shutDown();
  }
});
