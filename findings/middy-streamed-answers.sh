#!/bin/sh
# When Middy's after hooks run for an answer that is streamed from Lambda.
#
# Guess: after the answer, so that a middleware in `after` can log how long it took, flush metrics or
#   release what the stream reads from; what fails within the stream goes to `onError`; and
#   timeoutEarlyInMillis ends a stream before Lambda does.
# Seen: `after` runs before the first byte leaves, as the handler has returned a stream by then.
#   A stream that fails later comes to no onError, and timeoutEarlyInMillis does not watch over it.
#   The hook requestEnd of middy's options runs at the end.
# Version: @middy/core 7.9.2. awslambda.streamifyResponse, which Lambda has, is a stand-in of five lines.
# Source: https://middy.js.org/docs/intro/streamify-response, https://middy.js.org/docs/intro/hooks
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 @middy/core@7.9.2'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';

globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: { from: (stream) => stream },
};

/** Runs a handler whose answer is a stream of these steps, of which an error fails it. */
async function run(steps) {
  const seen = [];
  const handler = middy({
    executionMode: executionModeStreamifyResponse,
    timeoutEarlyInMillis: 50,
    timeoutEarlyResponse: () => seen.push('timeoutEarly'),
    requestEnd: () => seen.push('requestEnd'),
  })
    .use({ after: () => void seen.push('after'), onError: () => void seen.push('onError') })
    .handler(async () => {
      const body = Readable.from(
        (async function* () {
          for (const step of steps) {
            await sleep(100);
            if (step instanceof Error) throw step;
            yield step;
          }
        })(),
      );
      return { statusCode: 200, body };
    });
  const response = new Writable({
    write(chunk, _, done) {
      if (chunk.length > 0) seen.push(`wrote ${chunk}`);
      done();
    },
  });
  try {
    await handler({}, response, { getRemainingTimeInMillis: () => 100 });
  } catch (error) {
    seen.push(`invocation fails: ${error.message}`);
  }
  return seen.join(', ');
}
const whole = await run(['one', 'two']);
const broken = await run(['one', new Error('lost')]);
console.log('100 ms are left when the handler starts');
console.log(`a stream of 200 ms: ${whole}\none that fails:     ${broken}`);
assert.equal(whole, 'after, wrote one, wrote two, requestEnd', 'changed: a whole stream');
assert.equal(broken, 'after, wrote one, requestEnd, invocation fails: lost', 'changed: a broken stream');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
