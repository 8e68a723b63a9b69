#!/bin/sh
# How `for await` closes an iterator: what releases a connection or a file in its `return`.
#
# Guess: to leave the loop calls `return` and waits for its promise; a loop that has run to its end
#   does not call it.
# Seen: QuickJS calls it and goes on at once, so that code behind the loop runs before the resource is
#   released, and what the promise rejects with is caught by nobody. It calls `return` after a
#   complete loop, too. A generator's `finally` is not hit by the latter, as it has ended.
# Version: quickjs-emscripten 0.32.0.
# Source: ECMA-262, AsyncIteratorClose, and ForIn/OfBodyEvaluation, which closes on abrupt completion only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 quickjs-emscripten-core@0.32.0 @jitl/quickjs-wasmfile-release-sync@0.32.0'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';

const program = `(async () => {
  const log = [];
  const rows = {
    [Symbol.asyncIterator]() {
      let row = 0;
      return {
        next: async () => ({ value: row++, done: row > 2 }),
        async return() {
          log.push('closing');
          await null;
          await null;
          log.push('closed');
          return {};
        },
      };
    },
  };
  for await (const row of rows) break;
  log.push('behind break');
  for await (const row of rows);
  log.push('behind all');
  await null;
  await null;
  await null;
  return log.join(', ');
})()`;
const quickjs = await newQuickJSWASMModuleFromVariant(variant);
const context = quickjs.newContext();
const promise = context.unwrapResult(context.evalCode(program));
context.runtime.executePendingJobs();
const state = context.getPromiseState(promise);
assert.equal(state.type, 'fulfilled');
const inQuickJS = context.dump(state.value);
const inV8 = await (0, eval)(program);
console.log(`QuickJS  ${inQuickJS}\nV8       ${inV8}`);
assert.equal(
  inQuickJS,
  'closing, behind break, closed, closing, behind all, closed',
  'changed: QuickJS',
);
assert.equal(inV8, 'closing, closed, behind break, behind all', 'changed: V8');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
