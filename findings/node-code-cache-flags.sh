#!/bin/sh
# A compiled script (cachedData of vm.Script, NODE_COMPILE_CACHE) that is made by one process and used by
# another.
#
# Guess: it is good wherever the version of Node.js, V8 and the source are the same.
# Seen: V8 refuses it, with no error, in a process that has other flags, also such as have nothing to
#   do with compiling: --stack-trace-limit, --stack-size, --expose-gc, --wasm-max-mem-pages. Others do not
#   count: --max-old-space-size, --max-semi-space-size. NODE_COMPILE_CACHE begins a folder of its own for
#   each such set of flags: a cache that is made by the build and shipped for cold starts does nothing
#   where the function has NODE_OPTIONS=--stack-trace-limit=50.
# Version: Node.js 24.21.0 (V8 13.6).
# Source: https://nodejs.org/api/module.html#module-compile-cache names the version of Node.js; V8's hash
#   of its flags, v8.cachedDataVersionTag(), is part of it.
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
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';

const source = 'function add(a, b) { return a + b; } add(1, 2);';
if (process.argv[2] === 'use') {
  const script = new Script(source, { cachedData: readFileSync('compiled') });
  console.log(script.cachedDataRejected ? 'refused' : 'used');
} else {
  writeFileSync('tiny.cjs', 'exports.tiny = true;');
  for (const options of ['', '--max-old-space-size=256', '--stack-trace-limit=50']) {
    const env = { ...process.env, NODE_COMPILE_CACHE: 'cache', NODE_OPTIONS: options };
    execFileSync(process.execPath, ['tiny.cjs'], { env });
  }
  const folders = readdirSync('cache');
  writeFileSync('compiled', new Script(source).createCachedData());
  const withFlags = (flags, options = '') =>
    execFileSync(process.execPath, [...flags, 'show.mjs', 'use'], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: options },
    }).trim();
  const seen = {
    none: withFlags([]),
    'NODE_OPTIONS=--stack-trace-limit=50': withFlags([], '--stack-trace-limit=50'),
    '--stack-size=1000': withFlags(['--stack-size=1000']),
    '--expose-gc': withFlags(['--expose-gc']),
    '--wasm-max-mem-pages=1000': withFlags(['--wasm-max-mem-pages=1000']),
    '--max-old-space-size=256': withFlags(['--max-old-space-size=256']),
    '--max-semi-space-size=1': withFlags(['--max-semi-space-size=1']),
  };
  console.log(`V8 ${process.versions.v8}`);
  for (const [flags, came] of Object.entries(seen)) console.log(`${flags.padEnd(36)} ${came}`);
  console.log('NODE_COMPILE_CACHE without flags, with the heap, with the stack trace limit:');
  console.log(`  ${folders.length} folders, ${folders.join(', ')}`);
  const [none, limit, stack, gc, pages, old, semi] = Object.values(seen);
  assert.equal(none, 'used', 'changed: the same flags');
  assert.deepEqual([limit, stack, gc, pages], Array(4).fill('refused'), 'changed: flags that count');
  assert.deepEqual([old, semi], ['used', 'used'], 'changed: flags that do not count');
  assert.equal(folders.length, 2, 'changed: NODE_COMPILE_CACHE');
}
JS
node_modules/.bin/node show.mjs
echo 'as seen'
