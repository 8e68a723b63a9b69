/** `script-engine run --endpoint`: the same, on an API elsewhere. */

import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';
import { type Loopback, listenOnLoopback } from '../support/servers/loopback.ts';
import { run } from './command.ts';

const { engine } = await startServedEngine();

test('prints and ends as a run on this machine does', async () => {
  const stdin = 'console.log("there"); console.error("err"); input + 1';
  const args = ['run', '-', '--input', '1', '--endpoint', engine.origin];
  expect(await run(args, { stdin })).toMatchObject({
    code: 0,
    stdout: 'there\n2\n',
    stderr: 'err\n',
  });
  const failed = await run(['run', '-', '--endpoint', engine.origin], { stdin: 'null.x' });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('at <stdin>:1:5');
});

test('says why nobody answers', async () => {
  const ended = await run(['run', '-', '--endpoint', 'http://127.0.0.1:1'], { stdin: '1' });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/^fetch failed: \S/);
});

let loopback: Loopback;
let received: IncomingHttpHeaders = {};
beforeAll(async () => {
  const server = createServer((request, response) => {
    received = request.headers;
    request.resume();
    const metadata = { exitCode: null, missingOutputs: [], truncated: {} };
    const printed = { stdout: '', stderr: '', logs: [], files: [] };
    const answer = { status: 'success', result: 1, error: null, ...printed, metadata };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  loopback = await listenOnLoopback(server);
});
afterAll(() => loopback.close());

const keys = {
  AWS_ACCESS_KEY_ID: 'AKID',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_REGION: 'eu-central-1',
};

test.each([
  ['no credentials', [], {}, {}],
  ['--api-key', ['--api-key', 'k'], keys, { key: 'k' }],
  ['a key of the environment', [], { SCRIPT_ENGINE_API_KEY: 'e' }, { key: 'e' }],
  [
    'keys of AWS',
    [],
    keys,
    {
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=\S*host;\S*, Signature=[0-9a-f]{64}$/,
      ),
      token: 'token',
    },
  ],
])('with %s', async (_, args, env, headers) => {
  const endpoint = `http://127.0.0.1:${loopback.port}/prod`;
  const ended = await run(['run', '-', '--endpoint', endpoint, ...args], { stdin: '1', env });
  expect(ended).toMatchObject({ code: 0, stdout: '1\n', stderr: '' });
  const { authorization, 'x-api-key': key, 'x-amz-security-token': token } = received;
  expect({ authorization, key, token }).toEqual(headers);
});
