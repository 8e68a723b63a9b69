#!/bin/sh
# Errors that a child process sends to its parent.
#
# Guess: `serialization: 'advanced'` carries more of an error than 'json' does.
# Seen: it carries other things. 'advanced' has name, message, stack and cause, and loses the own
#   properties: `code`, by which errors of Node.js are told apart, `status`, and the `errors` of an
#   AggregateError, which becomes an Error; a DOMException becomes an Error without a message. 'json' has
#   the own properties that are enumerable, and neither message nor name nor stack. Neither of the two
#   throws: a parent that asks for `error.code === 'ENOENT'` sees undefined.
# Version: Node.js 24.21.0.
# Source: https://nodejs.org/api/child_process.html#advanced-serialization does not say it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const errors = {
  'ENOENT of readFileSync': () => readFileSync('none'),
  'TypeError with cause and status': () => {
    throw Object.assign(new TypeError('no', { cause: new Error('why') }), { status: 503 });
  },
  AggregateError: () => {
    throw new AggregateError([new Error('inner')], 'all failed');
  },
  DOMException: () => {
    throw new DOMException('took too long', 'TimeoutError');
  },
};
if (process.send !== undefined) {
  for (const fail of Object.values(errors)) {
    try {
      fail();
    } catch (error) {
      process.send(error);
    }
  }
  process.disconnect();
} else {
  const told = {};
  for (const serialization of ['json', 'advanced']) {
    const child = fork('show.mjs', { serialization });
    told[serialization] = [];
    child.on('message', (error) => told[serialization].push(error));
    await once(child, 'exit');
    console.log(`serialization: '${serialization}'`);
    for (const [index, name] of Object.keys(errors).entries()) {
      const { constructor, message, code, status, cause, errors: inner } = told[serialization][index];
      const seen = { class: constructor.name, message, code, status, cause: cause?.message, inner: inner?.length };
      console.log(`  ${name}:`, JSON.stringify(seen));
    }
  }
  const [noEntry, typed, aggregate, dom] = told.advanced;
  assert.match(noEntry.message, /^ENOENT/, 'changed: message');
  assert.equal(noEntry.code, undefined, 'changed: code');
  assert.ok(typed instanceof TypeError && typed.cause.message === 'why', 'changed: cause');
  assert.equal(typed.status, undefined, 'changed: own properties');
  assert.deepEqual([aggregate.constructor, aggregate.errors], [Error, undefined], 'changed: AggregateError');
  assert.equal(dom.message, '', 'changed: DOMException');
  assert.deepEqual([told.json[0].code, told.json[0].message], ['ENOENT', undefined], 'changed: json');
}
JS
node_modules/.bin/node show.mjs
echo 'as seen'
