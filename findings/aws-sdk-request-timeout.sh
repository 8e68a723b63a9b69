#!/bin/sh
# What limits the time of a call of the AWS SDK.
#
# Guess: requestHandler: { requestTimeout: 200 } ends a call after 200 ms.
# Seen: after that time a warning is logged, and the call goes on for as long as the server takes. It
#   ends only with throwOnRequestTimeout: true beside it, or by socketTimeout (time without a byte) or
#   an abortSignal. On Lambda such a call waits until the function's own timeout.
# Version: @aws-sdk/client-cloudwatch-logs 3.1169.0, @smithy/node-http-handler 4.14.2.
# Source: types of NodeHttpHandlerOptions in @smithy/types (throwOnRequestTimeout);
#   https://github.com/aws/aws-sdk-js-v3/issues/4963 for the name
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 @aws-sdk/client-cloudwatch-logs@3.1169.0 @smithy/node-http-handler@4.14.2'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';

const ANSWER_MS = 1500;
const server = createServer((_, response) => {
  setTimeout(() => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end('{"logGroups":[]}');
  }, ANSWER_MS);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const warnings = [];
const logger = { trace() {}, debug() {}, info() {}, error() {}, warn: (text) => warnings.push(text) };
async function call(options) {
  const client = new CloudWatchLogsClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    requestHandler: { ...options, logger },
  });
  const startedAt = performance.now();
  let came = 'an answer';
  try {
    await client.send(new DescribeLogGroupsCommand({}));
  } catch (error) {
    came = error.name;
  }
  client.destroy();
  return { options: JSON.stringify(options), came, late: performance.now() - startedAt >= ANSWER_MS };
}
const seen = [
  await call({ requestTimeout: 200 }),
  await call({ requestTimeout: 200, throwOnRequestTimeout: true }),
  await call({ socketTimeout: 200 }),
];
console.log(`a server that answers after ${ANSWER_MS} ms`);
for (const { options, came, late } of seen) {
  console.log(`${options.padEnd(52)} ${came}, ${late ? 'after all of that time' : 'earlier'}`);
}
console.log('warnings:', warnings);
server.close();
server.closeAllConnections();
const [limited, thrown, idle] = seen;
assert.ok(limited.came === 'an answer' && limited.late, 'changed: requestTimeout');
assert.equal(thrown.came, 'TimeoutError', 'changed: throwOnRequestTimeout');
assert.equal(idle.came, 'TimeoutError', 'changed: socketTimeout');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
