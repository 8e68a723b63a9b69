#!/bin/sh
# What goes along with a small Buffer that is cloned or posted to a worker.
#
# Guess: its own bytes.
# Seen: structuredClone, and postMessage to a worker or a MessagePort, copy the whole ArrayBuffer
#   below it: for small Buffers the pool of 64 KiB that Buffer.from shares among them, with the bytes of
#   others in it. The receiver reads them by `.buffer`. v8.serialize, and with it the messages of
#   child processes, take the bytes of the view alone; so does Uint8Array.from.
# Version: Node.js 24.21.0.
# Source: HTML, StructuredSerializeInternal (a view is serialized with its buffer);
#   https://nodejs.org/api/worker_threads.html warns of the pool for transfers
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
import { deserialize, serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

const other = Buffer.from('of somebody else');
const token = Buffer.from('public');
const { port1, port2 } = new MessageChannel();
port1.postMessage(token);
const copies = {
  structuredClone: structuredClone(token),
  postMessage: receiveMessageOnPort(port2).message,
  'v8.serialize': deserialize(serialize(token)),
  'structuredClone of Uint8Array.from': structuredClone(Uint8Array.from(token)),
};
port1.close();
console.log(`Buffer.from('public'), ${token.byteLength} bytes`);
const has = {};
for (const [how, { buffer, byteLength }] of Object.entries(copies)) {
  has[how] = Buffer.from(buffer).includes(other);
  console.log(`${how.padEnd(36)} ${byteLength} bytes in a buffer of ${buffer.byteLength}`,
    has[how] ? 'with the other' : '');
}
assert.deepEqual(Object.values(has), [true, true, false, false], 'changed: what is copied');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
