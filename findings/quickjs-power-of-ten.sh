#!/bin/sh
# Powers of ten in QuickJS compiled to WebAssembly.
#
# Guess: 10 ** -5 is the number 0.00001, as in other engines.
# Seen: it is 0.000009999999999999999, and some other powers of ten are not the number of their
#   literal either: the C library in the binary rounds them to a neighbour. Prices that are rounded by
#   `10 ** -digits` differ from those of Node.js. V8 has an exponent of its own that it misses: 23.
# Version: quickjs-emscripten 0.32.0; Node.js 24.21.0 (V8 13.6).
# Source: ECMA-262, Number::exponentiate, leaves the digits to the implementation.
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

const programs = {
  power: 'String(10 ** -5)',
  equal: '10 ** -5 === 0.00001',
  // A variable: V8 may compute what is constant in another way.
  missed: `Array.from({ length: 51 }, (_, i) => i - 25)
    .filter((exponent) => 10 ** exponent !== Number('1e' + exponent)).join()`,
};
const context = (await newQuickJSWASMModuleFromVariant(variant)).newContext();
const seen = Object.entries(programs).map(([name, program]) => ({
  name,
  quickjs: context.dump(context.unwrapResult(context.evalCode(program))),
  v8: (0, eval)(program),
}));
console.log(`V8 ${process.versions.v8}`);
console.table(seen);
const [power, equal, missed] = seen;
assert.equal(power.quickjs, '0.000009999999999999999', 'changed: 10 ** -5');
assert.equal(equal.quickjs, false, 'changed: 10 ** -5');
assert.deepEqual([power.v8, equal.v8], ['0.00001', true], 'changed: V8');
assert.ok(missed.quickjs.split(',').length > 4, 'changed: the other powers');
assert.equal(missed.v8, '23', 'changed: V8');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
