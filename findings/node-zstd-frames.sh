#!/bin/sh
# A zstd file of two frames, as `cat a.zst b.zst`, pzstd and appenders of logs make it.
#
# Guess: zlib.zstdDecompressSync gives all of it, as gunzipSync does of two gzip members, or an error.
# Seen: it gives the first frame and drops the rest without a word. As a stream it depends on how the
#   bytes come: the same file gives all of it where each frame is written by itself, and the first
#   frame where one write has both; so does a fetched body in Content-Encoding: zstd.
#   With rejectGarbageAfterEnd the second frame is an error. DecompressionStream('gzip') takes no second
#   member either, and says so.
# Version: Node.js 24.21.0.
# Source: RFC 8878, section 3 (frames may follow each other); https://github.com/nodejs/node/issues/64741
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
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import zlib from 'node:zlib';

const frames = ['one, ', 'two'].map((part) => zlib.zstdCompressSync(part));
const members = ['one, ', 'two'].map((part) => zlib.gzipSync(part));
async function streamed(chunks) {
  const stream = zlib.createZstdDecompress();
  const all = text(stream);
  for (const chunk of chunks) await new Promise((done) => stream.write(chunk, done));
  stream.end();
  return all;
}
async function fetched(body) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'zstd' }).end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const answer = await (await fetch(`http://127.0.0.1:${server.address().port}`)).text();
  server.close();
  return answer;
}
const outcome = async (act) => {
  try {
    return String(await act());
  } catch (error) {
    return `${error.name} ${error.code ?? ''} ${error.message}`;
  }
};
const both = Buffer.concat(frames);
const bothMembers = Buffer.concat(members);
const seen = {
  'gunzipSync': await outcome(() => zlib.gunzipSync(bothMembers)),
  'zstdDecompressSync': await outcome(() => zlib.zstdDecompressSync(both)),
  'zstd stream, a write for each frame': await outcome(() => streamed(frames)),
  'zstd stream, one write': await outcome(() => streamed([both])),
  'zstd, rejectGarbageAfterEnd': await outcome(() =>
    zlib.zstdDecompressSync(both, { rejectGarbageAfterEnd: true })),
  'fetch, Content-Encoding: zstd': await outcome(() => fetched(both)),
  "DecompressionStream('gzip')": await outcome(() =>
    text(new Blob([bothMembers]).stream().pipeThrough(new DecompressionStream('gzip')))),
};
console.log(`zstd of Node.js: ${process.versions.zstd}`);
for (const [how, came] of Object.entries(seen)) console.log(`${how.padEnd(36)} ${came}`);
const [gunzip, zstd, pieces, whole, , byFetch, gzipStream] = Object.values(seen);
assert.equal(gunzip, 'one, two', 'changed: gunzipSync');
assert.equal(zstd, 'one, ', 'changed: zstdDecompressSync');
assert.deepEqual([pieces, whole], ['one, two', 'one, '], 'changed: the stream');
assert.equal(byFetch, 'one, ', 'changed: fetch');
assert.match(gzipStream, /^TypeError/, 'changed: DecompressionStream');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
