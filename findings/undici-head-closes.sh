#!/bin/sh
# What a HEAD request costs.
#
# Guess: less than a GET, as it has no body; the connection is kept for the next request.
# Seen: undici, and so fetch, gives up the connection after each HEAD request, whose header says
#   `connection: close`: five of them, one after the other, make five connections (and, over TLS, five
#   handshakes), five GET requests make one. With `reset: false` request() keeps it; fetch has no
#   such option.
# Version: undici 8.12.4, and the one within Node.js 24.21.0.
# Source: https://github.com/nodejs/undici/pull/1858 (why, and the option); RFC 9112, section 9.3, persists.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 undici@8.12.4'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent, request } from 'undici';

let connections = 0;
const headers = new Set();
const server = createServer((incoming, response) => {
  headers.add(`${incoming.method} connection: ${incoming.headers.connection}`);
  response.setHeader('content-length', 2);
  response.end('ok');
});
server.on('connection', () => {
  connections += 1;
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;

/** @returns how many connections five requests make */
async function countOf(send) {
  connections = 0;
  for (let sent = 0; sent < 5; sent++) {
    await send();
    // The connection is free a turn after the response.
    await new Promise(setImmediate);
  }
  return connections;
}
const agents = [];
function by(options) {
  const dispatcher = new Agent();
  agents.push(dispatcher);
  return async () => {
    const { body } = await request(url, { dispatcher, ...options });
    await body.dump();
  };
}
const byFetch = (method) => async () => {
  await (await fetch(url, { method })).arrayBuffer();
};
const seen = {
  'request, GET': await countOf(by({ method: 'GET' })),
  'request, HEAD': await countOf(by({ method: 'HEAD' })),
  'request, HEAD, reset: false': await countOf(by({ method: 'HEAD', reset: false })),
  'fetch of Node.js, GET': await countOf(byFetch('GET')),
  // The first goes by the connection that GET has left.
  'fetch of Node.js, HEAD': await countOf(byFetch('HEAD')),
};
console.log(`undici of Node.js: ${process.versions.undici}`);
for (const [how, count] of Object.entries(seen)) console.log(`${how.padEnd(28)} ${count} connection(s)`);
console.log([...headers].join('\n'));
server.close();
server.closeAllConnections();
for (const agent of agents) await agent.close();
assert.equal(seen['request, HEAD'], 5, 'changed: HEAD');
assert.ok(seen['fetch of Node.js, HEAD'] > 3, 'changed: HEAD by fetch');
assert.ok(seen['request, GET'] < 3 && seen['fetch of Node.js, GET'] < 3, 'changed: GET');
assert.ok(seen['request, HEAD, reset: false'] < 3, 'changed: reset');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
